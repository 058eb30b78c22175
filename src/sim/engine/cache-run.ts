/** A run on a machine without a TLB: its one CPU's two cache levels, and nothing of a kernel. */
import { InputError, makeIssue } from '../base/errors.ts';
import { MOST_L1_LINES, TwoLevel } from '../hardware/two-level.ts';
import type { MachineProfile } from '../profiles/schema.ts';

/** A line and its dirty bit share an Int32; the last number stands for an empty way. */
const MOST_LINES = 2 ** 31 - 1;

export class CacheRun {
  private readonly caches: TwoLevel;

  /**
   * Throws InputError where more than one CPU is asked for, or one that is not there, or where addresses up to `end`
   * (folded, bytes) have line numbers that the tables cannot hold, or L1 has more lines than they have room for.
   */
  constructor(profile: MachineProfile, cpus: ReadonlySet<number>, end: number) {
    const stranger = [...cpus].find((cpu) => cpu !== 0);
    if (stranger !== undefined) {
      throw new InputError('', [
        makeIssue('no-such-cpu', 'cpus', 'CPU 0: a machine without a TLB runs one CPU', String(stranger)),
      ]);
    }
    const { cpu, localNs } = profile.machine;
    const most = MOST_LINES * cpu.l1d.lineBytes;
    if (end > most) {
      const gib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 30)} GiB`;
      throw new InputError('', [
        makeIssue(
          'trace-too-wide',
          'workloads',
          `a trace that touches 16 MiB regions of ${gib(most)} at most`,
          gib(end),
        ),
      ]);
    }
    const mostKib = (MOST_L1_LINES * cpu.l1d.lineBytes) / 1024;
    if (cpu.l1d.kib > mostKib) {
      throw new InputError('', [
        makeIssue(
          'l1-too-large',
          'machine.cpu.l1d.kib',
          `at most ${mostKib} KiB in lines of this size`,
          `${cpu.l1d.kib}`,
        ),
      ]);
    }
    const bytes = (kib: number): number => kib * 1024;
    this.caches = new TwoLevel(
      { bytes: bytes(cpu.l1d.kib), ways: cpu.l1d.ways, lineBytes: cpu.l1d.lineBytes },
      { bytes: bytes(cpu.l2.kib), ways: cpu.l2.ways, lineBytes: cpu.l2.lineBytes },
      { instructionNs: cpu.instructionNs, l2HitNs: cpu.l2.hitNs, memoryNs: localNs },
      cpu.instructions === 'skip' ? 'skip' : 'count',
    );
  }

  get clock(): number {
    return this.caches.clock;
  }

  set clock(ns: number) {
    this.caches.clock = ns;
  }

  get counters(): Float64Array {
    return this.caches.counters;
  }

  run(from: number, to: number, hasFetches: boolean): void {
    this.caches.run(from, to, hasFetches);
  }

  /** Writes dirty lines back, at the end. */
  flush(): void {
    this.caches.flush();
  }
}
