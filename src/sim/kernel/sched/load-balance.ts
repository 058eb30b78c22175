/**
 * load_balance() of kernel/sched.c, 2.6.0: a CPU pulls tasks from the busiest runqueue of a set of CPUs. The search takes
 * no locks; a busy CPU goes by the lower of what a runqueue has and had when this CPU looked last, and only from an
 * imbalance of a quarter on; an idle CPU by what there is, and takes one task. Both runqueues are locked to move tasks, the
 * one at the lower address first.
 *
 * The source's quirk is kept: half of an imbalance of 1 is 0, and a busy CPU that counts that down before it tests it goes
 * on over everything that may be moved.
 */
import * as C from '../../base/counters.ts';
import { after } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { Task } from '../task.ts';
import { PRIORITIES } from './priority-array.ts';
import type { Queue, RunQueues } from './run-queues.ts';

export class LoadBalancer {
  private imbalance = 0;
  /** Own load as the search saw it. */
  private load = 0;

  /** `decayNs`: how long a task that has run is taken to have its lines in a cache; `pulled`: is told of a task that was. */
  constructor(
    private readonly queues: RunQueues,
    private readonly decayNs: number,
    private readonly pulled: (on: KernelCpu, task: Task) => void,
  ) {}

  /** The runqueue of `on` is locked; it may be let go and taken again. Returns how many tasks were pulled. */
  balance(on: KernelCpu, own: Queue, cpus: readonly number[], idle: boolean): number {
    const outer = on.enter(FN.load_balance);
    on.count(C.BALANCES);
    const busiest = this.findBusiest(on, own, cpus, idle);
    let moved = 0;
    if (busiest !== undefined) {
      if (this.lockOther(on, own, busiest, idle)) moved = this.pull(on, busiest, own, idle);
      this.queues.unlock(on, busiest);
    }
    on.leave(outer);
    return moved;
  }

  /** find_busiest_queue() without its locking; sets the imbalance. */
  private findBusiest(on: KernelCpu, own: Queue, cpus: readonly number[], idle: boolean): Queue | undefined {
    const { queues } = this;
    this.load = this.ownLoad(own, idle);
    let busiest: Queue | undefined;
    let most = 1;
    for (const cpu of cpus) {
      const place = queues.placeOf(cpu);
      const queue = queues.all[place];
      on.read(queue.at);
      on.write(own.seenAt(place));
      on.work(STEP.queue);
      const { running } = queue;
      const load = idle || running < own.seen[place] ? running : own.seen[place];
      own.seen[place] = running;
      if (load > most && queue !== own) {
        busiest = queue;
        most = load;
      }
    }
    this.imbalance = most - this.load;
    if (busiest === undefined || (!idle && this.imbalance * 4 < most)) return undefined;
    return busiest;
  }

  /** A busy CPU takes the higher of what it has and had. */
  private ownLoad(own: Queue, idle: boolean): number {
    const seen = own.seen[this.queues.placeOf(own.cpu)];
    return idle || own.running > seen ? own.running : seen;
  }

  /** double_lock_balance(); false where the other runqueue is no longer the longer one. */
  private lockOther(on: KernelCpu, own: Queue, other: Queue, idle: boolean): boolean {
    if (!on.tryLock('rq.lock', other.at)) {
      if (other.at < own.at) {
        this.queues.unlock(on, own);
        this.queues.lock(on, other);
        this.queues.lock(on, own);
        this.load = this.ownLoad(own, idle);
      } else this.queues.lock(on, other);
    }
    return other.running > this.load;
  }

  /** Expired tasks first, then active ones; best priority first, tail of its list first. */
  private pull(on: KernelCpu, from: Queue, to: Queue, idle: boolean): number {
    let left = Math.floor(this.imbalance / 2);
    let moved = 0;
    for (const array of [from.expired, from.active]) {
      if (array === from.expired && array.count === 0) continue;
      for (let index = array.find(on); index < PRIORITIES; index = array.find(on, index + 1)) {
        for (let task = array.last(index); task !== undefined;) {
          const { previous }: { previous: Task | undefined } = task.sched;
          if (this.mayMove(on, task, from, to, idle)) {
            this.take(on, task, from, to);
            moved++;
            left--;
            if (idle || left === 0) return moved;
          }
          task = previous;
        }
      }
    }
    return moved;
  }

  /** can_migrate_task(), cache-hot first as there. */
  private mayMove(on: KernelCpu, task: Task, from: Queue, to: Queue, idle: boolean): boolean {
    if (task.at !== 0) on.read(after(task.at, 32));
    const now = on.core.clock;
    if (!idle && now - task.sched.timestamp <= this.decayNs) return false;
    // Made or woken by a CPU that is ahead of this one.
    if (task.sched.timestamp > now) return false;
    return from.current !== task && task.cpus.includes(to.cpu);
  }

  private take(on: KernelCpu, task: Task, from: Queue, to: Queue): void {
    const outer = on.enter(FN.pull_task);
    this.queues.move(on, task, from, to);
    on.count(C.BALANCE_PULLS);
    this.pulled(on, task);
    on.leave(outer);
  }
}
