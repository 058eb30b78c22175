/** How long things take, by hand, on a machine of round numbers where nothing queues. */
import { describe, expect, it } from 'vitest';
import { FN, pathLengths } from '../../../src/sim/kernel/functions.ts';
import { BASE, column, program, roundNumbers, run, stream, sum } from './runs.ts';

const read = (address: number) => ({ kind: 'read' as const, address, size: 4 });

/**
 * One line of each of 4,096 pages, again and again. Nothing of it is in the TLB (64 entries), L1 (32 lines) or L2 (512
 * lines; sets see 32 data lines and 8 lines of ptes a sweep) when it comes round again. A walk reads two entries: the
 * upper ones lie four to a line, so two lines a sweep come from memory; the ptes too, so a quarter of them do.
 */
const PAGES = 4096;
const chase = (sweeps: number) =>
  program(stream(0, sweeps * PAGES, (n) => read(BASE + (n % PAGES) * 4096 + ((n % PAGES) % 128) * 32)));

/** Time of a sweep after the first. */
function sweepNs(profile: ReturnType<typeof roundNumbers>): number {
  return run(profile, [chase(3)]).result.elapsedNs - run(profile, [chase(2)]).result.elapsedNs;
}

describe('a chase over far more than L2', () => {
  const fromMemory = 2 + PAGES / 4;
  const walks = (2 * PAGES - fromMemory) * 10 + fromMemory * 200;

  it('takes an instruction, a walk and local memory for each reference', () => {
    expect(sweepNs(roundNumbers())).toBeCloseTo(PAGES * (1 + 200) + walks, 3);
  });

  it('takes remote memory instead when its pages are bound to another node; page tables stay where they were', () => {
    const kernel = { placement: { policy: 'bind' as const, nodes: [1] } };
    expect(sweepNs(roundNumbers({ kernel }))).toBeCloseTo(PAGES * (1 + 2000) + walks, 3);
  });

  it('finds remote lines in a remote cache that is large enough', () => {
    const kernel = { placement: { policy: 'bind' as const, nodes: [1] } };
    // Frames follow pages, so the lines fall into 128 sets: 32 ways hold them.
    const machine = { remoteCache: { mib: 1, ways: 32, lineBytes: 32, hitNs: 180 } };
    expect(sweepNs(roundNumbers({ kernel, machine }))).toBeCloseTo(PAGES * (1 + 180) + walks, 3);
  });

  it('takes a fault and the clearing of each page, once', () => {
    const { totals } = run(roundNumbers(), [chase(2)]).result;
    expect(totals.faults).toBe(PAGES);
    // 128 lines of 32 bytes, each written over a bus of 1,000 MB/s; a pte page the same.
    const cleared = PAGES + PAGES / 512;
    expect(totals.clearedBytes).toBe(cleared * 4096);
    const rest = (totals.faultNs - cleared * 128 * 32) / PAGES;
    // An instruction takes 1 ns, and a fault looks at some lines that come from memory at 200: of struct pages, locks, ptes.
    const path = ['do_page_fault', 'handle_mm_fault', 'do_anonymous_page'] as const;
    expect(rest).toBeGreaterThan(sum(path.map((name) => pathLengths[FN[name]])));
    expect(rest).toBeLessThan(3000);
  });
});

describe('two CPUs that write to one line', () => {
  const RECORDS = 3000;
  /**
   * While the second CPU walks its page tables for the first time, under 1 µs, the first has the line to itself; at the
   * end, when the first is through, so has the second.
   */
  const MISSES = 2 * (RECORDS - 1000);
  const modify = (address: number) => ({ kind: 'modify' as const, address, size: 4 });
  /** The page is mapped first: a fault is long, and the other CPU would be through by its end. */
  const on = (cpus: readonly number[], apart: number, records = RECORDS) =>
    program(
      stream(0, 1, () => modify(BASE)),
      ...cpus.map((cpu, i) => stream(cpu, records, () => modify(BASE + i * apart), { after: 0 })),
    );

  it('miss every time and take it from each other', () => {
    const { totals } = run(roundNumbers(), [on([0, 1], 4)]).result;
    // Every modify finds the line in the other's cache, takes a copy, and then the right to write.
    expect(totals.servedTransfer).toBeGreaterThan(MISSES);
    expect(totals.upgrades).toBeGreaterThan(MISSES);
    expect(totals.l1dReadMisses).toBeGreaterThan(MISSES);
  });

  it('take far longer than with a line each', () => {
    const shared = run(roundNumbers(), [on([0, 1], 4)]).result;
    const apart = run(roundNumbers(), [on([0, 1], 64)]).result;
    // After the first one a private write is an instruction; a shared one two transfers and an instruction: 281 ns.
    const time = ({ elapsedNs, totals }: typeof shared): number => elapsedNs - totals.faultNs;
    expect(time(shared)).toBeGreaterThan((MISSES / 2) * (1 + 140 + 140));
    expect(time(apart)).toBeLessThan(RECORDS * 1 + 2000);
  });

  it('pay the interconnect when they are on different nodes', () => {
    // Both on other nodes than the line's home, so that neither is nearer to it.
    const records = 10 * RECORDS; // misses of the kernel are few among them
    const { totals } = run(roundNumbers({ nodes: 3 }), [on([2, 4], 4, records)]).result;
    expect(totals.servedRemoteOwner).toBeGreaterThan(2 * records - 200);
    // A copy: request and reply 2,000, and 1,800 on to the owner. The right to write: 1,800, and as much for the other.
    expect(totals.meanMissNs).toBeCloseTo((2000 + 1800 + 1800 + 1800) / 2, -2);
  });
});

describe('when streams start', () => {
  const again = (n: number) => read(BASE + (n % 8) * 4);
  const clocks = (...streams: ReturnType<typeof stream>[]): number[] => {
    return column(run(roundNumbers(), [program(...streams)]).result.cpus, 'timeNs');
  };

  it('shifts everything by the start', () => {
    const [early] = clocks(stream(0, 1000, again));
    const [late] = clocks(stream(0, 1000, again, { startNs: 123_456 }));
    expect(late).toBeCloseTo(early + 123_456, 6);
  });

  it('lets a stream wait for the end of the one that it comes after', () => {
    const [first, second] = clocks(stream(0, 1000, again), stream(1, 1000, again, { after: 0 }));
    // The second finds the pages mapped: a switch, two walk reads and a line from memory or a neighbour, then an
    // instruction each.
    expect(second).toBeGreaterThanOrEqual(first + 1000);
    expect(second).toBeLessThan(first + 1000 + 2000);
  });

  it('runs two workloads of one CPU in turn, of two CPUs beside each other', () => {
    const one = (cpu: number) => program(stream(cpu, 1_000_000, again));
    const alone = run(roundNumbers(), [one(0)]).result;
    const inTurn = run(roundNumbers(), [one(0), one(0)]).result;
    const beside = run(roundNumbers(), [one(0), one(2)]).result;
    expect(inTurn.elapsedNs).toBeGreaterThan(1.9 * alone.elapsedNs);
    expect(beside.elapsedNs).toBeLessThan(1.1 * alone.elapsedNs);
    for (const { totals } of [inTurn, beside]) expect(totals.references).toBe(2_000_000);
    // Each program has an address space of its own.
    expect([alone, inTurn, beside].map(({ totals }) => totals.faults)).toEqual([1, 2, 2]);
  });
});

describe('two streams on one CPU', () => {
  const MS = 1_000_000;
  /** task_timeslice() at nice 0: 10 + 190 * 19 / 39 ticks of 1 ms. */
  const SLICE_NS = 102 * MS;
  /** An instruction takes 1 µs. */
  const slow = (): ReturnType<typeof roundNumbers> => {
    const { machine, ...rest } = roundNumbers();
    return { ...rest, machine: { ...machine, cpu: { ...machine.cpu, instructionNs: 1000 } } };
  };
  /** References to one page for so long: a record is an instruction. */
  const busy = (ns: number, cpu = 0) => stream(cpu, ns / 1000, () => read(BASE));

  it('share it in slices: a short one is through long before a long one that came first', () => {
    const after = { ...busy(MS, 1), after: 0 };
    const { totals, cpus } = run(slow(), [program(busy(150 * MS)), program(busy(MS), after)]).result;
    // The long one has a slice, the short one all that it needs, the long one the rest; what comes after is on CPU 1.
    expect(totals.contextSwitches).toBe(4);
    const [long, follower] = column(cpus, 'timeNs');
    expect(long).toBeGreaterThan(151 * MS);
    expect(long).toBeLessThan(155 * MS);
    expect(follower).toBeGreaterThan(SLICE_NS + 2 * MS);
    expect(follower).toBeLessThan(SLICE_NS + 6 * MS);
    // CPU 1 has nothing to do but that.
    expect(totals.idleNs).toBeGreaterThan(SLICE_NS + MS + (long - follower));
    expect(totals.idleNs).toBeLessThan(long - MS);
  });

  it('take turns in the same way whatever the steps in which the run is cut', () => {
    const twice = [program(busy(220 * MS)), program(busy(220 * MS))];
    const [whole, cut] = [2 ** 30, 777].map((step) => JSON.stringify(run(slow(), twice, { step, sampleNs: 1e7 })));
    expect(cut === whole).toBe(true);
  });
});

describe('queues', () => {
  it('make many CPUs that stream from one node wait for its bus', () => {
    const cpus = [0, 1, 2, 3];
    const apart = program(
      ...cpus.map((cpu) => stream(cpu, 3000, (n) => read(BASE + cpu * 4096 * 256 + (n % 8000) * 32))),
    );
    const machine = (queued: boolean) => roundNumbers({ cpus: 4, machine: { bus: { bandwidthMBps: 100, queued } } });
    const waits = [true, false].map((queued) => run(machine(queued), [apart]).result.totals.queueNs);
    expect(waits[1]).toBe(0);
    expect(waits[0]).toBeGreaterThan(0);
    // A line takes 320 ns of the bus, an unloaded miss 211: the bus is the bottleneck and never idle for long.
    const { result } = run(machine(true), [apart]);
    const busy = column(result.nodes, 'busUtilisation');
    expect(busy[0]).toBeGreaterThan(85);
    expect(Math.max(...busy)).toBeLessThanOrEqual(100.5);
    expect(sum(column(result.links, 'bytes'))).toBe(0);
  });
});
