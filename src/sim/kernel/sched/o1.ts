/**
 * The O(1) scheduler: schedule(), try_to_wake_up(), wake_up_forked_process(), sched_exit() and scheduler_tick() of
 * kernel/sched.c, 2.6.0, HZ = 1000. A CPU runs the first task of the best priority of its active array; who has used up
 * its slice goes to the expired one, unless it is interactive; when the active array is empty the two change places.
 * Sleepers wake on the CPU where they slept; tasks come to other CPUs by balancing (balance.ts) and placing alone.
 *
 * Deviations: the kernel is not preempted, and a task is interrupted at the end of a round (turns.ts) at the latest;
 * real-time priorities, nice values but 0 for programs, and pipes' synchronous wake-ups are left out; kernel threads are not
 * on runqueues (engine/lane.ts), but the migration thread's work is charged. Kernels of 2.4 with this scheduler have HZ = 100.
 * Tasks of traces have no task_struct: where a CPU has no other, scheduling costs nothing.
 */
import { after } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Task } from '../task.ts';
import { type Balancer, makeBalancer } from './balance.ts';
import * as interactivity from './interactivity.ts';
import { LoadBalancer } from './load-balance.ts';
import { PRIORITIES } from './priority-array.ts';
import { Reschedules } from './reschedules.ts';
import { type Queue, RunQueues } from './run-queues.ts';
import type { Leaving, Placer, ScheduleListener, Scheduler, SchedulerParts } from './scheduler.ts';

/** Offset of the fields that schedule() looks at in task_struct. */
const FIELDS = 32;

export class O1Scheduler implements Scheduler {
  readonly tickNs = interactivity.O1_TICK_NS;
  placer: Placer | undefined;
  private queues: RunQueues;
  private resched: Reschedules;
  private balancer: Balancer;
  /** The runqueue of the CPU that balances is locked already. */
  private locked = false;
  /** Tasks on their way to another CPU: the migration thread has still to take them there. */
  private readonly movesTo = new Map<Task, number>();

  constructor(private readonly parts: SchedulerParts) {
    this.queues = new RunQueues(parts, []);
    this.resched = new Reschedules([], parts.profile.kernel.flush, { kicked: () => undefined });
    this.balancer = this.makeBalancer();
  }

  get reschedAt(): Float64Array {
    return this.resched.at;
  }

  get idleTicks(): boolean {
    return this.queues.crowded > 0;
  }

  get loads(): RunQueues {
    return this.queues;
  }

  online(cpus: readonly number[], listener: ScheduleListener): void {
    this.queues = new RunQueues(this.parts, cpus);
    this.resched = new Reschedules(cpus, this.parts.profile.kernel.flush, listener);
    this.balancer = this.makeBalancer();
  }

  start(task: Task, atNs: number): number {
    const { sched } = task;
    const queue = this.emptiest(task);
    sched.slice = interactivity.timeslice(sched.staticPriority);
    sched.priority = interactivity.effectivePriority(sched);
    sched.timestamp = atNs;
    this.queues.activate(undefined, task, queue);
    if (preempts(task, queue)) this.resched.kickAt(queue.cpu, atNs);
    return queue.cpu;
  }

  fork(on: KernelCpu, child: Task): number {
    const { parent, sched } = child;
    if (parent === undefined) return this.start(child, on.core.clock);
    const cpu = this.placer?.fork(on, parent, child) ?? on.cpu;
    const outer = on.enter(FN.wake_up_forked_process);
    const own = this.queues.of(on.cpu);
    this.queues.lock(on, own);
    this.shareSlice(on, parent, child);
    interactivity.hasForked(parent.sched, sched);
    this.touch(on, parent);
    this.touch(on, child);
    sched.timestamp = on.core.clock;
    const here = cpu === on.cpu && child.cpus.includes(cpu);
    if (here) {
      this.queues.activateBefore(on, child, parent, own);
      // The child runs first: most often it execs, and its parent then copies no pages for it.
      this.resched.kick(on, on.cpu);
    }
    this.queues.unlock(on, own);
    if (!here) this.put(on, child, this.queues.has(cpu) ? cpu : this.emptiest(child).cpu);
    on.leave(outer);
    return sched.cpu;
  }

  wake(on: KernelCpu, task: Task, by: 'task' | 'interrupt', atNs: number): number {
    const { sched } = task;
    const queue = task.cpus.includes(sched.cpu) ? this.queues.of(sched.cpu) : this.emptiest(task);
    if (task.at === 0) {
      this.activate(undefined, task, queue, by, atNs);
      if (preempts(task, queue)) this.resched.kickAt(queue.cpu, atNs);
      return queue.cpu;
    }
    const shift = atNs - on.core.clock;
    const outer = on.enter(FN.try_to_wake_up);
    this.queues.lock(on, queue);
    this.activate(on, task, queue, by, on.core.clock + shift);
    if (preempts(task, queue)) this.resched.kick(on, queue.cpu, shift);
    this.queues.unlock(on, queue);
    on.leave(outer);
    return queue.cpu;
  }

  leave(on: KernelCpu, task: Task, how: Leaving): void {
    const { sched, parent } = task;
    // Else it would go on there, asleep or dead.
    invariant(!this.movesTo.has(task), 'a task leaves that has still to go to another CPU', { pid: task.pid, how });
    sched.leaves = true;
    // A task that waits for a disk is no more interactive for it.
    sched.activated = how === 'waits' ? -1 : 0;
    if (how === 'ended' && parent !== undefined && parent.state !== 'dead') {
      this.touch(on, parent);
      interactivity.hasExited(parent.sched, sched);
    }
  }

  /** Leaves the CPU in FN.schedule: who called it enters what comes next. */
  pick(on: KernelCpu): Task | undefined {
    const { queues } = this;
    const queue = queues.of(on.cpu);
    const before = queue.current;
    const isFree = queue.paying === 0 && (before === undefined || before.at === 0);
    if (isFree) {
      this.resched.taken(on);
      return this.choose(undefined, on.core.clock, queue, before);
    }
    this.resched.taken(on);
    on.enter(FN.schedule);
    queues.lock(on, queue);
    on.read(queue.fieldsAt);
    const next = this.choose(on, on.core.clock, queue, before);
    on.write(queue.fieldsAt);
    queues.unlock(on, queue);
    if (before !== undefined) this.settle(on, before);
    return next;
  }

  tick(on: KernelCpu, jiffies: number): void {
    const queue = this.queues.of(on.cpu);
    const task = queue.current;
    const isFree = task === undefined ? this.queues.crowded === 0 : queue.paying === 0;
    if (isFree) {
      if (task !== undefined && queue.running > 1) this.useSlice(undefined, queue, task, jiffies, on.core.clock);
      return;
    }
    const outer = on.enter(FN.scheduler_tick);
    on.spend(this.parts.profile.kernel.flush.irqNs);
    if (task !== undefined) {
      this.queues.lock(on, queue);
      this.useSlice(on, queue, task, jiffies, on.core.clock);
      this.queues.unlock(on, queue);
    }
    this.balancer.tick(on, task === undefined, jiffies);
    if (task === undefined && queue.running > 0) this.resched.kick(on, on.cpu);
    on.leave(outer);
  }

  migrate(on: KernelCpu, task: Task, cpu: number): void {
    const { sched } = task;
    if (sched.cpu === cpu || !this.queues.has(cpu)) return;
    const queue = this.queues.of(sched.cpu);
    if (queue.current === task) {
      this.movesTo.set(task, cpu);
      sched.leaves = true;
      this.resched.kick(on, queue.cpu);
      return;
    }
    if (sched.array === undefined) {
      sched.cpu = cpu;
      return;
    }
    const outer = on.enter(FN.migration_thread);
    this.queues.lock(on, queue);
    this.queues.deactivate(on, task, queue);
    this.queues.unlock(on, queue);
    this.put(on, task, cpu);
    this.moved(on, queue.cpu, cpu);
    on.leave(outer);
  }

  exec(on: KernelCpu, task: Task, file: string): boolean {
    const cpu = this.placer?.exec(on, task, file) ?? on.cpu;
    if (cpu === on.cpu) return false;
    this.migrate(on, task, cpu);
    return this.movesTo.has(task);
  }

  current(cpu: number): Task | undefined {
    return this.queues.has(cpu) ? this.queues.of(cpu).current : undefined;
  }

  runnable(cpu: number): number {
    return this.queues.has(cpu) ? this.queues.running(cpu) : 0;
  }

  node(place: number): number {
    return this.queues.nodeRunning(place);
  }

  /** activate_task(): by what it has slept its priority is computed anew. */
  private activate(on: KernelCpu | undefined, task: Task, queue: Queue, by: 'task' | 'interrupt', now: number): void {
    const { sched } = task;
    interactivity.hasSlept(task, now);
    if (sched.activated === 0) sched.activated = by === 'task' ? 1 : 2;
    sched.timestamp = now;
    this.queues.activate(on, task, queue);
  }

  /** schedule() with the runqueue locked; `on` undefined: at no cost. */
  private choose(on: KernelCpu | undefined, now: number, queue: Queue, before: Task | undefined): Task | undefined {
    if (before?.sched.leaves === true) {
      before.sched.leaves = false;
      this.queues.deactivate(on, before, queue);
    }
    if (queue.running === 0 && on !== undefined) {
      this.locked = true;
      this.balancer.goesIdle(on);
      this.locked = false;
    }
    const next = this.best(on, queue, now);
    if (before !== undefined) {
      interactivity.hasRun(before.sched, now);
      before.sched.timestamp = now;
    }
    if (next !== undefined && next !== before) next.sched.timestamp = Math.max(now, next.sched.timestamp);
    queue.current = next;
    return next;
  }

  private best(on: KernelCpu | undefined, queue: Queue, now: number): Task | undefined {
    if (queue.running === 0) {
      queue.expiredSince = -1;
      return undefined;
    }
    if (queue.active.count === 0) {
      const { active } = queue;
      queue.active = queue.expired;
      queue.expired = active;
      queue.expiredSince = -1;
    }
    const index = queue.active.find(on);
    on?.read(queue.active.headAt(index));
    const next = index < PRIORITIES ? queue.active.first(index) : undefined;
    if (next === undefined) return undefined;
    if (on !== undefined) this.touch(on, next);
    if (next.sched.activated > 0) {
      queue.active.dequeue(on, next);
      interactivity.hasWaited(next, now);
      queue.active.enqueue(on, next);
    }
    next.sched.activated = 0;
    return next;
  }

  /** What the task that leaves is to do next: to another CPU, or nothing. */
  private settle(on: KernelCpu, task: Task): void {
    const cpu = this.movesTo.get(task);
    if (cpu === undefined) return;
    this.movesTo.delete(task);
    const from = task.sched.cpu;
    const outer = on.enter(FN.migration_thread);
    this.put(on, task, cpu);
    this.moved(on, from, cpu);
    on.leave(outer);
  }

  /** Onto the active array of a CPU, which is told where the task is better than what it runs. */
  private put(on: KernelCpu, task: Task, cpu: number): void {
    const queue = this.queues.of(cpu);
    this.queues.lock(on, queue);
    task.sched.timestamp = on.core.clock;
    this.queues.activate(on, task, queue);
    if (preempts(task, queue)) this.resched.kick(on, cpu);
    this.queues.unlock(on, queue);
  }

  private moved(on: KernelCpu, from: number, to: number): void {
    on.count(C.MIGRATIONS);
    if (this.queues.nodeOf(from) !== this.queues.nodeOf(to)) on.count(C.NODE_MIGRATIONS);
  }

  /** sched_fork(): what is left of the parent's slice is halved between the two. */
  private shareSlice(on: KernelCpu, { sched: parent }: Task, { sched: child }: Task): void {
    child.staticPriority = parent.staticPriority;
    child.slice = (parent.slice + 1) >> 1;
    child.firstSlice = true;
    parent.slice >>= 1;
    if (parent.slice > 0) return;
    parent.slice = 1;
    this.resched.kick(on, on.cpu);
  }

  /** The middle of scheduler_tick(). */
  private useSlice(on: KernelCpu | undefined, queue: Queue, task: Task, jiffies: number, now: number): void {
    const { sched } = task;
    // Expired, and not scheduled off yet.
    if (sched.array !== queue.active) {
      this.again(on, queue, now);
      return;
    }
    if (on !== undefined) this.touch(on, task);
    sched.slice--;
    if (sched.slice <= 0) this.expire(on, queue, task, jiffies);
    else if (this.hasHadItsTurn(task)) {
      queue.active.dequeue(on, task);
      sched.priority = interactivity.effectivePriority(sched);
      queue.active.enqueue(on, task);
    } else return;
    this.again(on, queue, now);
  }

  private expire(on: KernelCpu | undefined, queue: Queue, task: Task, jiffies: number): void {
    const { sched } = task;
    queue.active.dequeue(on, task);
    sched.priority = interactivity.effectivePriority(sched);
    sched.slice = interactivity.timeslice(sched.staticPriority);
    sched.firstSlice = false;
    if (queue.expiredSince < 0) queue.expiredSince = jiffies;
    const starving = jiffies - queue.expiredSince >= interactivity.STARVATION_LIMIT * queue.running + 1;
    const array = interactivity.isInteractive(sched) && !starving ? queue.active : queue.expired;
    array.enqueue(on, task);
  }

  /** An interactive task goes to the tail of its list every TIMESLICE_GRANULARITY ticks. */
  private hasHadItsTurn({ sched }: Task): boolean {
    if (!interactivity.isInteractive(sched)) return false;
    const turn = interactivity.granularity(sched.sleepAvg, this.queues.cpus.length);
    return (interactivity.timeslice(sched.staticPriority) - sched.slice) % turn === 0 && sched.slice >= turn;
  }

  private again(on: KernelCpu | undefined, queue: Queue, now: number): void {
    if (on === undefined) this.resched.kickAt(queue.cpu, now);
    else this.resched.kick(on, queue.cpu);
  }

  private touch(on: KernelCpu, task: Task): void {
    if (task.at !== 0) on.write(after(task.at, FIELDS));
  }

  /** The allowed CPU with the fewest runnable tasks, the first of the task's list among equals. */
  private emptiest(task: Task): Queue {
    let best: Queue | undefined;
    for (const cpu of task.cpus) {
      if (!this.queues.has(cpu)) continue;
      const queue = this.queues.of(cpu);
      if (best === undefined || queue.running < best.running) best = queue;
    }
    return best ?? this.queues.all[0];
  }

  private makeBalancer(): Balancer {
    const { traits, profile } = this.parts;
    const { queues } = this;
    const loads = new LoadBalancer(queues, cacheDecayNs(this.parts), (on, task) => {
      if (preempts(task, queues.of(on.cpu))) this.resched.kick(on, on.cpu);
    });
    return makeBalancer(traits.nodeBalance, profile.machine.bits === 64, queues, (on, cpus, idle) => {
      const own = queues.of(on.cpu);
      if (this.locked) return loads.balance(on, own, cpus, idle);
      queues.lock(on, own);
      const moved = loads.balance(on, own, cpus, idle);
      queues.unlock(on, own);
      return moved;
    });
  }
}

/** TASK_PREEMPTS_CURR; anybody preempts the idle task. */
function preempts(task: Task, { current }: Queue): boolean {
  return current === undefined || task.sched.priority < current.sched.priority;
}

/** cache_decay_ticks of arch/i386/kernel/smpboot.c: what it takes to read L2 at 350 MB/s, and one ms more. */
function cacheDecayNs({ profile }: SchedulerParts): number {
  const { kib } = profile.machine.cpu.l2;
  return (Math.floor(kib / 350) + 1) * 1e6;
}
