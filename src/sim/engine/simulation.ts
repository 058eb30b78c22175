/**
 * A run: a profile booted, its machine and kernel wired, programs put on CPUs, and time made to pass. This file is the
 * table of contents of a run; see turns.ts for who runs next, sampling.ts for samples, results.ts for the report.
 *
 * A CPU runs its streams one after the other, in the order of the workloads (no time slicing: there is no scheduler
 * yet). A machine whose CPU has no data TLB is a cache simulator: two levels, no kernel, one CPU.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES } from '../base/units.ts';
import { COUNTERS } from '../base/counters.ts';
import type { Core } from '../hardware/core.ts';
import { Machine } from '../hardware/machine.ts';
import { boot } from '../kernel/boot/boot.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import { Kernel } from '../kernel/kernel.ts';
import { traitsOf } from '../profiles/resolve.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { Program } from '../workloads/workload.ts';
import { CacheRun } from './cache-run.ts';
import { refuseTooLarge } from './host-memory.ts';
import type { RunConfig, RunReport, SampleFrame } from './report.ts';
import { makeReport } from './results.ts';
import { Sampling } from './sampling.ts';
import { makeRunning, type Running } from './streams.ts';
import { Turns } from './turns.ts';

/** One CPU and what it has to run. */
interface Lane {
  readonly core: Core;
  readonly queue: Running[];
}

export class Simulation {
  private readonly machine: Machine;
  private readonly kernel: Kernel | undefined;
  private readonly layout: BootLayout;
  private readonly traits: KernelTraits;
  private readonly lanes: readonly Lane[];
  private readonly streams: readonly Running[];
  private readonly sampling: Sampling;
  private readonly turns = new Turns();
  private readonly cacheRun: CacheRun | undefined;
  private readonly wanted: number;
  private nextSample: number;
  /** Lane that goes first in a round: each in turn, since who books a bus first waits least. */
  private first = 0;
  private now = 0;
  private frames: SampleFrame[] = [];
  private ended = false;
  /** Free frames of each zone when the run began. */
  private readonly freeAtStart: readonly number[];

  /** Throws InputError where the machine does not boot, a CPU is not there, or nothing is to be run. */
  constructor(
    private readonly config: RunConfig,
    programs: readonly Program[],
  ) {
    const { profile } = config;
    const traits = traitsOf(profile.kernel, profile.machine);
    this.traits = traits;
    this.layout = boot(profile, traits);
    refuseBroken(this.layout);
    refuseTooLarge(profile, programs);
    const cpus = new Set(programs.flatMap((program) => program.streams.map((stream) => stream.cpu)));
    this.machine = new Machine(
      profile.machine,
      this.layout.nodes.map((node) => node.startPfn),
      this.layout.nodes.map((node) => node.endPfn),
      cpus.size,
      this.layout.clusterFrames * FRAME_BYTES,
    );
    if (profile.machine.cpu.dtlb === undefined) {
      const mappings = programs.flatMap((program) => program.addressSpaces.flatMap((space) => space.mappings));
      this.cacheRun = new CacheRun(
        profile,
        cpus,
        mappings.reduce((end, mapping) => Math.max(end, mapping.end), 0),
      );
      this.streams = makeRunning(programs, []);
    } else {
      this.kernel = new Kernel(profile, traits, this.layout, this.machine);
      const { kernel } = this;
      this.streams = makeRunning(
        programs,
        programs.map((program) => program.addressSpaces.map((space) => kernel.createSpace(space))),
      );
    }
    this.lanes = this.cacheRun === undefined ? this.makeLanes() : [];
    const zones = this.kernel?.zones.flat() ?? [];
    this.freeAtStart = zones.map((zone) => zone.freeFrames);
    this.sampling = new Sampling(config.sampleNs, zones);
    this.nextSample = config.sampleNs;
    this.wanted = this.streams.reduce((sum, { stream }) => sum + stream.records, 0);
  }

  /** 0 to 1: records executed of all that there are. */
  get progress(): number {
    return this.wanted === 0 ? 1 : Math.min(1, this.references / this.wanted);
  }

  /** Virtual time that every CPU has reached, ns. */
  get timeNs(): number {
    return this.now;
  }

  /** Records executed so far. */
  get references(): number {
    return this.streams.reduce((sum, running) => sum + running.position, 0);
  }

  /** Simulates about `references` more records; true when every stream has ended. Throws InputError when memory runs out. */
  run(references: number): boolean {
    const target = this.references + references;
    while (!this.ended && this.references < target) {
      if (this.cacheRun === undefined) this.round();
      else this.cacheRound(this.cacheRun);
    }
    return this.ended;
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
      config: this.config,
      traits: this.traits,
      elapsedNs: this.now,
      counters: this.counters(),
      cores: this.cacheRun === undefined ? this.lanes.map((lane) => lane.core) : [],
      machine: this.machine,
      layout: this.layout,
      numastat: this.kernel?.numastat,
      zones,
      freeAtStart: this.freeAtStart,
      samples: this.sampling.table(),
    });
  }

  private makeLanes(): readonly Lane[] {
    const lanes = new Map<number, Lane>();
    for (const running of this.streams) {
      const { cpu } = running.stream;
      const lane = lanes.get(cpu) ?? { core: this.machine.core(cpu), queue: [] };
      lane.queue.push(running);
      lanes.set(cpu, lane);
    }
    return [...lanes.values()].sort((a, b) => a.core.cpu - b.core.cpu);
  }

  /** One round: every CPU that lies before its end runs up to it. */
  private round(): void {
    let from = Infinity;
    for (const lane of this.lanes) {
      if (ready(lane)) from = Math.min(from, lane.core.clock);
    }
    if (from === Infinity) {
      this.finish();
      return;
    }
    this.now = from;
    this.sampleUpTo(from);
    const end = Math.min(this.turns.endOfRound(from), this.nextSample);
    const before = this.machine.coherence.interventions;
    const { lanes } = this;
    this.first = (this.first + 1) % lanes.length;
    for (let i = 0; i < lanes.length; i++) this.runLane(lanes[(this.first + i) % lanes.length], end);
    this.turns.settle(this.machine.coherence.interventions - before);
  }

  private runLane(lane: Lane, end: number): void {
    const { core, queue } = lane;
    while (core.clock < end && ready(lane)) {
      const running = queue[0];
      if (running.table !== undefined) core.switchTo(running.table);
      if (!running.refill()) {
        running.end(core.clock);
        queue.shift();
        continue;
      }
      const at = core.run(running.at, running.filled, end, running.stream.hasFetches);
      running.advance(at);
    }
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
    this.frames.push({ columns: this.sampling.columns, row: this.sampling.take(timeNs, this.counters()) });
  }

  private finish(): void {
    this.ended = true;
    this.now = Math.max(this.now, ...this.streams.map((running) => running.endedAt));
    this.sample(this.now);
  }

  private counters(): Float64Array {
    if (this.cacheRun !== undefined) return this.cacheRun.counters;
    const sum = new Float64Array(COUNTERS);
    for (const { core } of this.lanes) {
      for (let i = 0; i < COUNTERS; i++) sum[i] += core.counters[i];
    }
    return sum;
  }
}

/** True when the lane's next stream may run; its CPU's clock is then not before its start. */
function ready(lane: Lane): boolean {
  const running = lane.queue[0];
  if (running === undefined) return false;
  const start = running.startsAt();
  if (start < 0) return false;
  lane.core.clock = Math.max(lane.core.clock, start);
  return true;
}

function refuseBroken(layout: BootLayout): void {
  if (layout.issues.length > 0) throw new InputError('', layout.issues);
  if (layout.boots) return;
  const found = layout.failure?.message ?? 'it does not';
  throw new InputError('', [makeIssue('does-not-boot', '', 'a machine that boots', found)]);
}
