/**
 * A run: a profile booted, its machine and kernel wired, programs put on CPUs, and time made to pass. This file is the
 * table of contents of a run; see turns.ts for who runs next, sampling.ts for samples, results.ts for the report.
 *
 * Streams of references and the tasks of scripts run on lanes (lanes.ts), one a CPU. A machine whose CPU has no data TLB
 * is a cache simulator: two levels, no kernel, one CPU, its streams one after the other.
 */
import { InputError, invariant, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES } from '../base/units.ts';
import * as C from '../base/counters.ts';
import { Machine } from '../hardware/machine.ts';
import { Watch, type WatchFor } from '../hardware/watch.ts';
import { type Xray, xrayOf, type XrayRequest } from '../kernel/alloc/xray.ts';
import { boot } from '../kernel/boot/boot.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import { Kernel } from '../kernel/kernel.ts';
import { traitsOf } from '../profiles/resolve.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { Turn } from '../workloads/operations.ts';
import type { Program } from '../workloads/workload.ts';
import { CacheRun } from './cache-run.ts';
import { FollowLooks } from './follow-looks.ts';
import { refuseTooLarge } from './host-memory.ts';
import { listenerOf, type RunListener } from './event-fan.ts';
import { Lanes } from './lanes.ts';
import { KnobTurns } from './knob-turns.ts';
import { type LiveNews, LiveView } from './live-view.ts';
import type { Moment } from './moment.ts';
import { refuseBroken, refuseScripts } from './refusals.ts';
import type { RunConfig, RunReport, SampleFrame } from './report.ts';
import { makeReport } from './results.ts';
import { Sampling } from './sampling.ts';
import { MeanRunning, schedulingReport } from './scheduling-report.ts';
import { ScriptRun } from './script-run.ts';
import { makeRunning, type Running, startStreams } from './streams.ts';
import type { Timeline } from './events.ts';
import type { Reached, Stop } from './stops.ts';
import { Turns } from './turns.ts';

/** Rounds between two looks at how much has been done. */
const ROUNDS = 16;
/** What a round counts for where it executes nothing, in records. */
const EMPTY_ROUND = 4;

/** What waits for a reference that is to be followed, and what was seen around it. */
export interface FollowWatch {
  readonly watch: Watch;
  readonly looks: FollowLooks;
}

export class Simulation {
  private readonly machine: Machine;
  private readonly kernel: Kernel | undefined;
  private readonly layout: BootLayout;
  private readonly traits: KernelTraits;
  private readonly lanes: Lanes | undefined;
  private readonly running: MeanRunning | undefined;
  private readonly streams: readonly Running[];
  private readonly scripts: readonly ScriptRun[] = [];
  private readonly sampling: Sampling;
  private readonly turns = new Turns();
  private readonly cacheRun: CacheRun | undefined;
  private readonly wanted: number;
  private nextSample: number;
  private now = 0;
  private frames: SampleFrame[] = [];
  private ended = false;
  private readonly knobs: KnobTurns;
  /** Idle time at the end is in the counters. */
  private settled = false;
  /** Free frames of each zone when the run began. */
  private readonly freeAtStart: readonly number[] = [];
  /** What a screen sees, where one watches a run with a kernel; and who is told what kernel and tasks do. */
  private readonly live: LiveView | undefined;
  private readonly listener: RunListener | undefined;

  /**
   * `timeline`: records what the kernel and tasks do; `live`: a screen shows the run while it goes on. Throws InputError where the machine does not boot, a CPU is not
   * there, or a script is to run without a kernel.
   */
  constructor(
    private readonly config: RunConfig,
    programs: readonly Program[],
    timeline?: Timeline,
    live = false,
  ) {
    const { profile } = config;
    this.knobs = new KnobTurns(config.turns);
    const traits = traitsOf(profile.kernel, profile.machine);
    this.traits = traits;
    this.layout = boot(profile, traits);
    refuseBroken(this.layout);
    refuseTooLarge(profile, programs);
    const cpus = new Set(
      programs.flatMap(({ streams, scripted }) => [...streams.map(({ cpu }) => cpu), ...(scripted?.cpus ?? [])]),
    );
    this.machine = new Machine(
      profile.machine,
      this.layout.nodes.map((node) => node.startPfn),
      this.layout.nodes.map((node) => node.endPfn),
      cpus.size,
      this.layout.clusterFrames * FRAME_BYTES,
    );
    this.streams = makeRunning(programs);
    if (profile.machine.cpu.dtlb === undefined) {
      refuseScripts(programs);
      const mappings = programs.flatMap((program) => program.addressSpaces.flatMap((space) => space.mappings));
      this.cacheRun = new CacheRun(
        profile,
        cpus,
        mappings.reduce((end, mapping) => Math.max(end, mapping.end), 0),
      );
    } else {
      const kernel = new Kernel(profile, traits, this.layout, this.machine, config.history);
      this.kernel = kernel;
      this.lanes = new Lanes(kernel, cpus);
      this.running = new MeanRunning(kernel.sched, this.layout.nodes.length);
      if (live) this.live = new LiveView(kernel, (place) => this.layout.nodes[place].id);
      this.listener = listenerOf([timeline, this.live?.markers]);
      this.freeAtStart = kernel.allZones.map((zone) => zone.freeFrames);
      const spaces = programs.map(({ addressSpaces, streams }) =>
        addressSpaces.map((space, index) => {
          const user = streams.find(({ addressSpace }) => addressSpace === index);
          return kernel.createSpace(space, user?.cpu);
        }),
      );
      const titles = programs.map(({ title }) => title);
      startStreams(this.streams, titles, spaces, kernel.tasks, this.lanes);
      this.scripts = this.startScripts(programs, kernel, this.lanes);
      for (const on of kernel.activeCpus) on.begin();
      this.machine.measureFrom(0);
      kernel.events = this.listener;
      this.live?.begin(this.lanes.all);
    }
    this.sampling = new Sampling(config.sampleNs, this.kernel?.allZones ?? []);
    this.nextSample = config.sampleNs;
    this.wanted = this.streams.reduce((sum, { stream }) => sum + stream.records, 0);
  }

  /** 0 to 1: records executed and operations done of all that there are. */
  get progress(): number {
    const costs = this.scripts.reduce((sum, script) => sum + script.costs.total, 0);
    const done = this.scripts.reduce((sum, script) => sum + script.progress * script.costs.total, 0);
    const wanted = this.wanted + costs;
    return wanted === 0 ? 1 : Math.min(1, (this.streamed + done) / wanted);
  }

  /** Virtual time that every CPU has reached, ns. */
  get timeNs(): number {
    return this.now;
  }

  /** References that programs have made so far: records of streams, reads and writes of scripts. */
  get references(): number {
    return this.scripts.length === 0 ? this.streamed : this.made;
  }

  /**
   * Simulates about `references` more records, or references of scripts and the kernel; true when everything has ended. Throws InputError when memory runs out, or
   * where tasks wait for each other for ever.
   */
  run(references: number): boolean {
    const { cacheRun, lanes } = this;
    let left = references;
    while (!this.ended && left > 0) {
      const before = this.work;
      if (cacheRun !== undefined) this.cacheRound(cacheRun);
      else if (lanes !== undefined) for (let i = 0; i < ROUNDS && !this.ended; i++) this.round(lanes);
      left -= Math.max(this.work - before, EMPTY_ROUND);
    }
    return this.ended;
  }

  /**
   * Goes on to `to`, for about `references` more records at most: `more` where those are done and it has not come there. Stops
   * at the end of the round in which it does, and the rounds are those of run(). Throws as run() does. Events and misses are
   * those of a run that is watched: another one goes to its end.
   */
  runTo(stop: Stop, references: number): 'there' | 'ended' | 'more' {
    const { cacheRun, lanes } = this;
    let left = references;
    while (!this.ended && left > 0) {
      const before = this.work;
      for (let i = 0; i < ROUNDS && !this.ended; i++) {
        if (stop(this.reached)) return 'there';
        if (cacheRun !== undefined) this.cacheRound(cacheRun);
        else if (lanes !== undefined) this.round(lanes);
      }
      left -= Math.max(this.work - before, EMPTY_ROUND);
    }
    if (this.ended) return 'ended';
    return stop(this.reached) ? 'there' : 'more';
  }

  /** Where it stands, for stopOf(). */
  get reached(): Reached {
    const { now, live } = this;
    return { timeNs: now, events: live?.markers.events ?? 0, misses: live?.requests.misses ?? 0 };
  }

  /** The moment that a watched run with a kernel stands at; undefined of any other. */
  moment(): Moment | undefined {
    return this.live?.between(this.now);
  }

  /** Moments of sample rows, and markers, since the last call; of a run that is watched. `failed`: it cannot go on. */
  takeLive(failed = false): LiveNews {
    return this.live?.take(this.now, this.ended || failed) ?? { moments: [], markers: [], markersLeftOut: 0 };
  }

  /** Time between two timer ticks of the kernel; 0 without one. */
  get tickNs(): number {
    return this.kernel?.sched.tickNs ?? 0;
  }

  private get streamed(): number {
    return this.streams.reduce((sum, running) => sum + running.position, 0);
  }

  /** What has been done, for the length of a step: references, the kernel's own too. */
  private get work(): number {
    if (this.scripts.length === 0) return this.streamed;
    let sum = this.made;
    for (const { on } of this.lanes?.all ?? []) {
      sum += on.core.counters[C.KERNEL_READS] + on.core.counters[C.KERNEL_WRITES];
    }
    return sum;
  }

  private get made(): number {
    let sum = 0;
    for (const { on } of this.lanes?.all ?? []) sum += on.core.counters[C.READS] + on.core.counters[C.WRITES];
    return sum;
  }

  /** Sample rows made since the last call. */
  takeFrames(): readonly SampleFrame[] {
    const { frames } = this;
    this.frames = [];
    return frames;
  }

  /** The report; of a run that has not ended, as far as it is. */
  report(): RunReport {
    const zones = this.kernel?.zones.flat() ?? [];
    return makeReport({
      config: this.knobs.all.length === 0 ? this.config : { ...this.config, turns: this.knobs.all },
      traits: this.traits,
      elapsedNs: this.now,
      counters: this.counters(),
      cores: this.lanes?.all.map(({ on }) => on.core) ?? [],
      machine: this.machine,
      layout: this.layout,
      numastat: this.kernel?.pages.numastat,
      zones,
      freeAtStart: this.freeAtStart,
      samples: this.sampling.table(),
      ...(this.kernel === undefined ? {} : { kernel: this.kernel }),
      ...(this.kernel === undefined || this.running === undefined || this.scripts.length === 0
        ? {}
        : { scheduling: schedulingReport(this.kernel, this.running) }),
      transactions: this.scripts.flatMap(({ latencies }) => latencies.summary()),
      calls: this.scripts.flatMap(({ failedCalls }) => failedCalls.summary()),
    });
  }

  /**
   * Waits on a CPU for the reference that is to be followed (before the first run()); the watch has the result once it has
   * happened. Throws InputError for a CPU that is not there. What comes out of the run is the same.
   */
  watch(cpu: number, what: WatchFor): FollowWatch {
    const core = this.machine.core(cpu);
    const looks = new FollowLooks(this.machine, core, this.layout, this.kernel);
    const watch = new Watch(what, () => looks.begin());
    core.watch = watch;
    return { watch, looks };
  }

  /** A request for pages on the kernel as it stands; nothing of the run changes. Throws InputError as xrayOf() does, and without a kernel. */
  xray(request: XrayRequest): Xray {
    if (this.kernel === undefined) {
      throw new InputError('', [makeIssue('no-kernel', '', 'a machine with a kernel', 'a cache simulator')]);
    }
    return xrayOf(this.kernel, request);
  }

  /**
   * Turns a knob of the running kernel, between two calls of run(): it holds from the next moment on, and the report's
   * configuration has it, so that the run can be done again.
   */
  turn(name: Turn['name'], value: number): void {
    this.knobs.turn(this.now, name, value);
  }

  private turnKnobs(from: number): void {
    const { knobs, kernel } = this;
    for (let turn = knobs.takeBefore(from); turn !== undefined; turn = knobs.takeBefore(from)) {
      if (kernel === undefined) continue;
      kernel.sysctl[turn.name] = turn.value;
      const first = this.lanes?.all[0];
      if (first !== undefined) this.listener?.turned(first.on, turn.name, turn.value);
    }
  }

  private startScripts(programs: readonly Program[], kernel: Kernel, tasks: Lanes): readonly ScriptRun[] {
    const { listener } = this;
    const { instructionNs } = this.config.profile.machine.cpu;
    const host = {
      syscalls: kernel.syscalls,
      scheduling: kernel,
      nodeOf: (cpu: number): number => this.layout.nodes[this.machine.placeOf(cpu)].id,
      instructionNs,
      tasks,
      measure: (atNs: number): void => this.machine.measureFrom(atNs),
      ...(listener === undefined ? {} : { timeline: listener }),
    };
    const runs = programs.flatMap(({ scripted }) => (scripted === undefined ? [] : [new ScriptRun(scripted, host)]));
    for (const run of runs) run.start();
    return runs;
  }

  /** One round: every CPU that lies before its end runs up to it. */
  private round(lanes: Lanes): void {
    const from = lanes.nextTime(this.now);
    if (from === Infinity) {
      this.refuseStuck(lanes);
      this.finish();
      return;
    }
    this.now = from;
    this.sampleUpTo(from);
    this.turnKnobs(from);
    this.running?.look(from);
    this.live?.markers.look(from);
    const end = Math.min(this.turns.endOfRound(from, lanes.alone), this.nextSample);
    const { coherence } = this.machine;
    const before = coherence.interventions;
    lanes.round(from, end);
    this.turns.settle(coherence.interventions - before);
  }

  private cacheRound(run: CacheRun): void {
    const running = this.streams.find((each) => each.endedAt < 0);
    if (running === undefined) {
      run.flush();
      this.now = run.clock;
      this.finish();
      return;
    }
    run.clock = Math.max(run.clock, running.stream.startNs);
    if (running.refill()) {
      run.run(running.at, running.filled, running.stream.hasFetches);
      running.advance(running.filled);
    } else running.end(run.clock);
    this.now = run.clock;
    this.sampleUpTo(run.clock);
  }

  private sampleUpTo(now: number): void {
    if (now < this.nextSample) return;
    this.sample(this.nextSample);
    // Where nothing ran for several intervals, one row stands for all of them.
    this.nextSample +=
      this.sampling.intervalNs * Math.max(1, Math.ceil((now - this.nextSample) / this.sampling.intervalNs));
  }

  private sample(timeNs: number): void {
    // Here and not for a report in between, since sums of parts differ by how they are cut.
    for (const { on } of this.lanes?.all ?? []) on.charge();
    this.frames.push({ columns: this.sampling.columns, row: this.sampling.take(timeNs, this.counters()) });
    this.live?.row(timeNs);
  }

  private finish(): void {
    this.ended = true;
    this.now = Math.max(this.now, this.lanes?.endedAt ?? 0);
    this.sample(this.now);
    for (const lane of this.lanes?.all ?? []) lane.settle(this.now);
    this.settled = true;
  }

  /** Nobody can go on, and not because all have ended. */
  private refuseStuck(lanes: Lanes): void {
    if (lanes.living === 0) return;
    const issues = this.scripts.flatMap((script) => script.stuck);
    invariant(issues.length > 0, 'tasks wait that nobody will wake', { living: lanes.living });
    throw new InputError('', issues);
  }

  private counters(): Float64Array {
    if (this.cacheRun !== undefined) return this.cacheRun.counters;
    const sum = new Float64Array(C.COUNTERS);
    for (const lane of this.lanes?.all ?? []) {
      const { counters } = lane.on.core;
      for (let i = 0; i < C.COUNTERS; i++) sum[i] += counters[i];
      if (!this.settled) sum[C.IDLE_NS] += lane.idleNs(this.now);
    }
    return sum;
  }
}
