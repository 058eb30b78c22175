/** Tasks on CPUs, by hand: slices, sleep and wake, threads of the kernel, idle time; and tasks at random against sums. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../src/sim/base/counters.ts';
import { kaddr } from '../../../src/sim/base/units.ts';
import type { Execution, Outcome } from '../../../src/sim/engine/execution.ts';
import { THREAD_SLICE_NS } from '../../../src/sim/engine/lane.ts';
import { Lanes } from '../../../src/sim/engine/lanes.ts';
import { NOBODY } from '../../../src/sim/hardware/locality.ts';
import { Machine } from '../../../src/sim/hardware/machine.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import { FN, pathLengths } from '../../../src/sim/kernel/functions.ts';
import { LockTable } from '../../../src/sim/kernel/locks.ts';
import type { KernelThread } from '../../../src/sim/kernel/reclaim/reclaim.ts';
import { O1Scheduler } from '../../../src/sim/kernel/sched/o1.ts';
import { StaticData } from '../../../src/sim/kernel/static-data.ts';
import { Task } from '../../../src/sim/kernel/task.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import { cpu as cpuSpec, profileOf } from '../boot/machines.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

const ROUND_NS = 2048;
const INSTRUCTION_NS = 1;
const SWITCH_NS = pathLengths[FN.schedule] * INSTRUCTION_NS;

/** task_timeslice() at nice 0: 10 + 190 * 19 / 39 ticks of 1 ms. The tasks here have no task_struct: scheduling is free. */
const SLICE_NS = 102e6;

/** What a task does, one after the other: uses a CPU, waits for a disk, sleeps, waits to be woken. */
type Deed =
  | { readonly run: number }
  | { readonly disk: number }
  | { readonly sleep: number }
  | { readonly park: true }
  | { readonly does: (on: KernelCpu) => void };

class Doer implements Execution {
  wakesAt = Infinity;
  endedAt = -1;
  /** [cpu, from, to] of each stay on a CPU. */
  readonly stays: [cpu: number, from: number, to: number][] = [];
  private at = 0;
  private left = 0;

  constructor(
    readonly task: Task,
    private readonly deeds: readonly Deed[],
  ) {}

  run(on: KernelCpu, until: number): Outcome {
    const from = on.core.clock;
    const outcome = this.act(on, until);
    const last = this.stays.at(-1);
    if (last !== undefined && last[0] === on.cpu && last[2] === from) last[2] = on.core.clock;
    else this.stays.push([on.cpu, from, on.core.clock]);
    if (outcome === 'ended') this.endedAt = on.core.clock;
    return outcome;
  }

  private act(on: KernelCpu, until: number): Outcome {
    while (on.core.clock < until) {
      if (this.left > 0) {
        const ns = Math.min(this.left, until - on.core.clock);
        on.spend(ns);
        this.left -= ns;
        continue;
      }
      const deed = this.deeds.at(this.at++);
      if (this.at > this.deeds.length || deed === undefined) return 'ended';
      this.wakesAt = Infinity;
      if ('run' in deed) this.left = deed.run;
      else if ('does' in deed) deed.does(on);
      else if ('disk' in deed) {
        on.wait(deed.disk);
        return 'blocked';
      } else {
        if ('sleep' in deed) this.wakesAt = on.now + deed.sleep;
        return 'blocked';
      }
    }
    return 'more';
  }
}

class Lab {
  readonly lanes: Lanes;
  readonly machine: Machine;
  now = 0;
  private readonly cpus = new Map<number, KernelCpu>();
  private pid = 1;

  constructor(
    cpus: number,
    threads: readonly KernelThread[] = [],
    lanes = cpus,
    private readonly roundNs = ROUND_NS,
  ) {
    const cpu = { ...cpuSpec, dtlb: { entries: 4, ways: 4 } };
    const made = profileOf({ nodes: [{ id: 0, cpus, memoryMiB: 16 }], machine: { cpu } });
    const profile = { ...made, kernel: { ...made.kernel, flavour: '2.6.0' } };
    const traits = traitsOf(profile.kernel, profile.machine);
    this.machine = new Machine(profile.machine, [0], [4096], cpus, 4096);
    const locks = new LockTable();
    const data = new StaticData(0, 16);
    const parts = { profile, traits, layout: boot(profile, traits), machine: this.machine, data };
    this.lanes = new Lanes(
      {
        tlb: { loaded: () => undefined },
        threads,
        sched: new O1Scheduler(parts),
        cpu: (number) => {
          const known = this.cpus.get(number);
          if (known !== undefined) return known;
          const costs = { instructionNs: INSTRUCTION_NS, programNs: INSTRUCTION_NS, atomicNs: 0 };
          const made = new KernelCpu(this.machine.core(number), costs, locks);
          this.cpus.set(number, made);
          return made;
        },
      },
      Array.from({ length: lanes }, (_, each) => each),
    );
  }

  task(cpus: readonly number[], deeds: readonly Deed[], atNs = 0): Doer {
    const doer = new Doer(new Task(this.pid++, 'task', undefined, cpus, atNs), deeds);
    this.lanes.start(doer, atNs);
    return doer;
  }

  /** Until everybody has ended, or `until`. */
  run(until = Infinity): void {
    for (;;) {
      const from = this.lanes.nextTime(this.now);
      if (from === Infinity || from >= until) return;
      if (from < this.now) throw new Error(`time goes back from ${this.now} to ${from}`);
      this.now = from;
      this.lanes.round(from, from + this.roundNs);
    }
  }

  on(cpu: number): KernelCpu {
    const found = this.cpus.get(cpu);
    if (found === undefined) throw new Error(`CPU ${cpu} did nothing`);
    return found;
  }
}

describe('one CPU', () => {
  it('runs a task to its end without a switch but the first', () => {
    const lab = new Lab(1);
    const only = lab.task([0], [{ run: 3 * SLICE_NS }], 500);
    lab.run();
    expect(only.endedAt).toBe(500 + SWITCH_NS + 3 * SLICE_NS);
    expect(lab.on(0).core.counters[C.CONTEXT_SWITCHES]).toBe(1);
    expect([only.task.userNs, only.task.systemNs]).toEqual([3 * SLICE_NS, SWITCH_NS]);
    expect(lab.on(0).core.counters[C.IDLE_NS]).toBe(500);
    expect([only.task.state, lab.lanes.living, lab.lanes.endedAt]).toEqual(['dead', 0, only.endedAt]);
  });

  it('is shared by two tasks in slices of 102 ms, which end with a tick', () => {
    const lab = new Lab(1);
    const [first, second] = [0, 1].map(() => lab.task([0], [{ run: 1.5 * SLICE_NS }]));
    lab.run();
    expect([first.endedAt, second.endedAt]).toEqual([2.5 * SLICE_NS + 2 * SWITCH_NS, 3 * SLICE_NS + 4 * SWITCH_NS]);
    expect(lab.on(0).core.counters[C.CONTEXT_SWITCHES]).toBe(4);
    expect([first.task.userNs, second.task.userNs]).toEqual([1.5 * SLICE_NS, 1.5 * SLICE_NS]);
  });

  it('runs another while one waits for a disk, which is time of I/O', () => {
    const lab = new Lab(1);
    const reader = lab.task([0], [{ run: 1000 }, { disk: 8e6 }, { run: 1000 }]);
    const other = lab.task([0], [{ run: 5e6 }]);
    lab.run();
    // The disk outlasts the other task; the CPU is idle in between.
    expect(other.endedAt).toBe(SWITCH_NS + 1000 + SWITCH_NS + 5e6);
    expect(reader.endedAt).toBe(SWITCH_NS + 1000 + 8e6 + SWITCH_NS + 1000);
    expect([reader.task.ioNs, reader.task.waitNs]).toEqual([8e6, 0]);
    expect(lab.on(0).core.counters[C.IDLE_NS]).toBe(8e6 - SWITCH_NS - 5e6);
  });

  it('lets a sleeper that is no better wait for the end of the slice', () => {
    const lab = new Lab(1);
    const sleeper = lab.task([0], [{ sleep: 1e6 }, { run: 1000 }]);
    const hog = lab.task([0], [{ run: 1.5 * SLICE_NS }]);
    lab.run();
    expect(sleeper.endedAt).toBe(SLICE_NS + SWITCH_NS + 1000);
    expect(hog.endedAt).toBe(1.5 * SLICE_NS + 4 * SWITCH_NS + 1000);
  });

  it('goes to a sleeper that has slept long enough to be better as soon as it wakes', () => {
    const lab = new Lab(1);
    // Ten times 15 ms of 1020: a bonus of 1.
    const sleeper = lab.task([0], [{ sleep: 15e6 }, { run: 1000 }]);
    lab.task([0], [{ run: 1.5 * SLICE_NS }]);
    lab.run();
    const woken = SWITCH_NS + 15e6;
    expect(sleeper.endedAt).toBeGreaterThanOrEqual(woken + SWITCH_NS + 1000);
    expect(sleeper.endedAt).toBeLessThan(woken + SWITCH_NS + 1000 + ROUND_NS);
  });

  it('lets a killed task that waits come back to end', () => {
    const lab = new Lab(1);
    const victim = lab.task([0], [{ disk: 5e6 }, { run: 1000 }]);
    lab.task([0], [{ does: () => (victim.task.state = 'dead') }]);
    lab.run(1e6);
    expect(victim.task.state).toBe('dead');
    lab.run();
    expect(lab.lanes.living).toBe(0);
  });
});

describe('an idle CPU', () => {
  it('misses for nobody, whoever ran on it before', () => {
    const lab = new Lab(1);
    const read = (slot: number): Deed => ({ does: ({ core }) => core.kernelRead(kaddr(slot, 0)) });
    const sleeper = lab.task([0], [read(1), { sleep: 5e6 }, read(2)]);
    lab.run(1e6);
    lab.on(0).core.kernelRead(kaddr(3, 0));
    lab.run();
    const cells = [...lab.machine.locality.cells()].map(({ row, misses }) => [row, misses]);
    expect(cells.sort(([a], [b]) => a - b)).toEqual([
      [NOBODY, 1],
      [sleeper.task.locality, 2],
    ]);
  });
});

describe('several CPUs', () => {
  it('take what is runnable, and tasks stay where they were', () => {
    const lab = new Lab(2);
    const again = Array.from({ length: 20 }, (): Deed[] => [{ run: 3000 }, { sleep: 10_000 }]).flat();
    const tasks = [0, 1].map(() => lab.task([0, 1], again));
    lab.run();
    for (const { stays } of tasks) expect(new Set(stays.map(([cpu]) => cpu)).size).toBe(1);
    expect(tasks.map(({ stays }) => stays[0][0]).sort()).toEqual([0, 1]);
  });

  it('leave a task to the CPUs that it may run on', () => {
    const lab = new Lab(4);
    const pinned = [2, 2, 3].map((cpu) => lab.task([cpu], [{ run: 1000 }, { sleep: 500 }, { run: 1000 }]));
    lab.run();
    expect(pinned.map(({ stays }) => [...new Set(stays.map(([cpu]) => cpu))])).toEqual([[2], [2], [3]]);
    expect(lab.on(0).core.clock).toBe(0);
  });

  it('go on with a task that another wakes, from that time on', () => {
    const lab = new Lab(2);
    const waiter = lab.task([1], [{ park: true }, { run: 1000 }]);
    const waker = lab.task([0], [{ run: 1e6 }, { does: (on) => lab.lanes.wake(waiter, on.now, on) }, { run: 1000 }]);
    lab.run();
    expect(waiter.endedAt).toBe(SWITCH_NS + 1e6 + SWITCH_NS + 1000);
    expect(waker.endedAt).toBe(SWITCH_NS + 1e6 + 1000);
  });

  it('start a task that one of them makes', () => {
    const lab = new Lab(2);
    let child: Doer | undefined;
    const fork = (on: KernelCpu): void => void (child = lab.task([0, 1], [{ run: 1000 }], on.now));
    const parent = lab.task([0, 1], [{ run: 5000 }, { does: fork }, { run: 5000 }]);
    lab.run();
    expect(child?.endedAt).toBe(SWITCH_NS + 5000 + SWITCH_NS + 1000);
    expect(child?.stays[0][0]).toBe(1 - parent.stays[0][0]);
  });

  it('do nothing more where those that are left wait for ever', () => {
    const lab = new Lab(1);
    lab.task([0], [{ run: 1000 }, { park: true }]);
    lab.run();
    expect([lab.lanes.living, lab.lanes.nextTime(lab.now)]).toEqual([1, Infinity]);
  });
});

describe('a thread of the kernel', () => {
  /** Has work of so many steps of `ns` from `from` on. */
  const thread = (cpus: readonly number[], from: number, steps: number, ns: number) => {
    const made = {
      name: 'kswapd0',
      cpus,
      wakesAt: from,
      left: steps,
      began: -1,
      ready: (now: number) => made.left > 0 && now >= made.wakesAt,
      step: (on: KernelCpu) => {
        if (made.began < 0) made.began = on.core.clock;
        on.spend(ns);
        if (--made.left === 0) made.wakesAt = Infinity;
      },
    };
    return made;
  };

  it('runs before the task of its CPU, which pays nothing of it', () => {
    const kswapd = thread([0], 1e6, 10, 20_000);
    const lab = new Lab(1, [kswapd]);
    const only = lab.task([0], [{ run: 5e6 }]);
    lab.run();
    expect(kswapd.began).toBeGreaterThanOrEqual(1e6);
    expect(kswapd.began).toBeLessThan(1e6 + 4096 + 2 * ROUND_NS + SWITCH_NS);
    expect(only.endedAt).toBe(SWITCH_NS + 5e6 + 10 * 20_000 + 2 * SWITCH_NS);
    expect(only.task.userNs).toBe(5e6);
    // The task, the thread, the task again.
    expect(lab.on(0).core.counters[C.CONTEXT_SWITCHES]).toBe(3);
  });

  it('gives the tasks of its CPU as much time as it has had, once it has had a slice', () => {
    const kswapd = thread([0], 1e6, 400, 1e6);
    const { step } = kswapd;
    const times: number[] = [];
    kswapd.step = (on) => {
      times.push(on.core.clock);
      step(on);
    };
    const lab = new Lab(1, [kswapd], 1, 50_000);
    const [one, other] = [lab.task([0], [{ run: 80e6 }]), lab.task([0], [{ run: 80e6 }])];
    lab.run();
    const gaps = times.flatMap((time, i) =>
      i > 0 && time - times[i - 1] > 1e6 ? [[i, time - times[i - 1] - 1e6]] : [],
    );
    // The tasks' first turn is as long as the slice; the second ends when their 160 ms do, of which 1 ms came before.
    expect(gaps.map(([steps]) => steps)).toEqual([THREAD_SLICE_NS / 1e6, (2 * THREAD_SLICE_NS) / 1e6]);
    expect(gaps[0][1]).toBeGreaterThanOrEqual(THREAD_SLICE_NS);
    expect(gaps[0][1]).toBeLessThan(THREAD_SLICE_NS + 50_000 + 4 * SWITCH_NS);
    expect(gaps[1][1]).toBeLessThan(60e6);
    expect(one.task.userNs + other.task.userNs).toBe(160e6);
  });

  it('takes an idle CPU of its own rather than one at work, and one that no task may use where it must', () => {
    const [near, far] = [thread([0, 1], 1e6, 2, 20_000), thread([2], 1e6, 2, 20_000)];
    const lab = new Lab(3, [near, far], 2);
    const only = lab.task([0], [{ run: 5e6 }]);
    lab.run();
    expect(only.endedAt).toBe(SWITCH_NS + 5e6);
    expect([1, 2].map((cpu) => lab.on(cpu).core.counters[C.SYSTEM_NS])).toEqual([
      40_000 + SWITCH_NS,
      40_000 + SWITCH_NS,
    ]);
    expect(lab.lanes.all.map(({ on }) => on.cpu)).toEqual([0, 1, 2]);
  });

  it('runs while every task sleeps, and waits for its own disks', () => {
    const kswapd = thread([0], 1e6, 2, 20_000);
    const { step } = kswapd;
    const times: number[] = [];
    kswapd.step = (on) => {
      times.push(on.core.clock);
      step(on);
      on.wait(3e6);
    };
    const lab = new Lab(1, [kswapd]);
    const only = lab.task([0], [{ sleep: 10e6 }, { run: 1000 }]);
    lab.run();
    expect(times[0]).toBe(1e6 + SWITCH_NS);
    expect(times[1]).toBe(1e6 + SWITCH_NS + 20_000 + 3e6 + SWITCH_NS);
    expect(only.endedAt).toBe(SWITCH_NS + 10e6 + SWITCH_NS + 1000);
  });

  it('does not keep a run alive in which no task can go on', () => {
    const kupdate = thread([0], 1e6, 1000, 20_000);
    const lab = new Lab(1, [kupdate]);
    lab.task([0], [{ park: true }]);
    lab.run();
    expect(lab.now).toBeLessThan(1e6);
  });
});

describe('tasks at random', () => {
  const deeds = (dice: Dice): Deed[] =>
    Array.from({ length: dice.between(1, 12) }, (): Deed => {
      const ns = dice.pick([10, 1000, 50_000, 3e6, THREAD_SLICE_NS / 4]);
      const long = 1 + dice.below(ns);
      return dice.pick([{ run: long }, { run: long }, { disk: long }, { sleep: long }]);
    });
  const build = (seed: number) => {
    const dice = new Dice(seed);
    const cpus = dice.between(1, 4);
    const lab = new Lab(cpus, [], cpus, dice.pick([2048, 50_000]));
    const tasks = Array.from({ length: dice.between(1, 12) }, () => {
      const allowed = dice.chanceOf(1, 2) ? [dice.below(cpus)] : Array.from({ length: cpus }, (_, cpu) => cpu);
      const list = deeds(dice);
      return { list, doer: lab.task(allowed, list, dice.below(1e6)) };
    });
    lab.run();
    return { lab, tasks, cpus };
  };
  const total = (list: readonly Deed[], of: (deed: Deed) => number): number =>
    list.reduce((sum, deed) => sum + of(deed), 0);

  it.each(seeds(16))(
    'get the time they asked for, one on a CPU at a time, and every ns is accounted for (seed %i)',
    (seed) => {
      const { lab, tasks, cpus } = build(seed);
      for (const { list, doer } of tasks) {
        expect(doer.task.userNs).toBeCloseTo(
          total(list, (deed) => ('run' in deed ? deed.run : 0)),
          3,
        );
        expect(doer.task.ioNs).toBeCloseTo(
          total(list, (deed) => ('disk' in deed ? deed.disk : 0)),
          3,
        );
        const { stays } = doer;
        for (let i = 1; i < stays.length; i++) expect(stays[i][1] >= stays[i - 1][2], `stay ${i}`).toBe(true);
        for (const [cpu] of stays) expect(doer.task.cpus).toContain(cpu);
      }
      const end = lab.lanes.endedAt;
      for (const lane of lab.lanes.all) lane.settle(end);
      for (let cpu = 0; cpu < cpus; cpu++) {
        const stays = tasks.flatMap(({ doer }) => doer.stays.filter(([on]) => on === cpu)).sort((a, b) => a[1] - b[1]);
        for (let i = 1; i < stays.length; i++) expect(stays[i][1] >= stays[i - 1][2], `stay ${i}`).toBe(true);
        const { counters } = lab.on(cpu).core;
        const used = stays.reduce((sum, [, from, to]) => sum + to - from, 0);
        expect(used + counters[C.SYSTEM_NS] + counters[C.IDLE_NS]).toBeCloseTo(end, 3);
        expect(lab.on(cpu).profile.reduce((sum, ns) => sum + ns, 0)).toBeCloseTo(end, 3);
      }
    },
  );

  it('do the same a second time', () => {
    const ends = [3, 3].map((seed) => build(seed).tasks.map(({ doer }) => [doer.endedAt, doer.stays]));
    expect(ends[0]).toEqual(ends[1]);
  });
});
