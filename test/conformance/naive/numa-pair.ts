/** A fast machine and its naive twin of one shape, driven record by record, and everything that both know of their state. */
import { asPfn } from '../../../src/sim/base/units.ts';
import * as C from '../../../src/sim/base/counters.ts';
import type { Core } from '../../../src/sim/hardware/core.ts';
import { Machine } from '../../../src/sim/hardware/machine.ts';
import { PageTable } from '../../../src/sim/hardware/page-table.ts';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_RW,
  PtePages,
} from '../../../src/sim/hardware/pte-pages.ts';
import { EXCLUSIVE, MODIFIED, SHARED, type SetAssoc } from '../../../src/sim/hardware/set-assoc.ts';
import type { MachineSpec } from '../../../src/sim/profiles/schema.ts';
import type { LruSets } from './lru-sets.ts';
import { NaiveNuma } from './numa.ts';
import { countNames, type Counts, type NaiveMachineShape } from './numa-shape.ts';
import { Records, type Reference } from './records.ts';

const COUNTER: Readonly<Record<keyof Counts, number>> = {
  reads: C.READS,
  writes: C.WRITES,
  fetches: C.FETCHES,
  l1dReads: C.L1D_READS,
  l1dWrites: C.L1D_WRITES,
  l1dReadMisses: C.L1D_READ_MISSES,
  l1dWriteMisses: C.L1D_WRITE_MISSES,
  l1iAccesses: C.L1I_ACCESSES,
  l1iMisses: C.L1I_MISSES,
  l2Reads: C.L2_READS,
  l2Writes: C.L2_WRITES,
  l2ReadMisses: C.L2_READ_MISSES,
  l1Writebacks: C.L1_WRITEBACKS,
  l2Writebacks: C.L2_WRITEBACKS,
  dtlbMisses: C.DTLB_MISSES,
  itlbMisses: C.ITLB_MISSES,
  walkReads: C.WALK_READS,
  local: C.SERVED_LOCAL,
  transfer: C.SERVED_TRANSFER,
  remoteCache: C.SERVED_REMOTE_CACHE,
  remote: C.SERVED_REMOTE,
  remoteOwner: C.SERVED_REMOTE_OWNER,
  homeRemote: C.HOME_REMOTE,
  upgrades: C.UPGRADES,
  invalidations: C.INVALIDATIONS,
  remoteCacheEvictions: C.REMOTE_CACHE_EVICTIONS,
};

/** Frames of each node's memory. */
const NODE_FRAMES = 4096;
/** The node that each virtual page, page-table page and upper page is to lie on. */
export interface Homes {
  readonly pages: readonly number[];
  readonly ptePage: number;
  readonly upperPage: number;
}

export class Pair {
  readonly machine: Machine;
  readonly naive: NaiveNuma;
  readonly cores: readonly Core[];
  private readonly records = new Records(64);
  private readonly granuleLines: number;
  private readonly parts: number;
  /** Home of each chunk of slots, as this test placed them. */
  private readonly homes = new Map<number, number>();
  private readonly nextFrame: number[];
  private readonly marks: () => readonly (readonly [boolean, boolean, boolean, boolean])[];

  /** The CPUs of all nodes run in one address space of homes.pages.length pages from `firstPage` on. */
  constructor(
    private readonly spec: MachineSpec,
    homes: Homes,
    firstPage: number,
    wide: boolean,
  ) {
    const nodes = spec.nodes.length;
    const starts = spec.nodes.map((_, node) => node * NODE_FRAMES);
    const ends = starts.map((start) => start + NODE_FRAMES);
    this.nextFrame = new Array<number>(nodes).fill(0);
    const cpus = spec.nodes.flatMap((node, place) => new Array<number>(node.cpus).fill(place));
    this.machine = new Machine(spec, starts, ends, cpus.length, 4096);
    this.cores = cpus.map((_, cpu) => this.machine.core(cpu));

    const entries = wide ? 512 : 1024;
    const pool = new PtePages(wide);
    const table = new PageTable(pool, firstPage + homes.pages.length);
    const upper = this.frameOn(homes.upperPage);
    const pte = this.frameOn(homes.ptePage);
    table.addUpperPage(firstPage, upper);
    table.attach(firstPage, pool.make(pte, firstPage - (firstPage % entries)), true);
    const frames = homes.pages.map((node) => this.frameOn(node));
    const bits = homes.pages.map((_, i) => ({ accessed: i % 3 > 0, dirty: i % 3 > 1 }));
    frames.forEach((frame, i) => {
      const flags = PTE_PRESENT | PTE_RW | (bits[i].accessed ? PTE_ACCESSED : 0) | (bits[i].dirty ? PTE_DIRTY : 0);
      pool.set(table.pteOf(firstPage + i), makePte(frame, flags));
    });
    this.marks = () =>
      bits.map((bit, i) => {
        const flags = pool.get(table.pteOf(firstPage + i));
        return [(flags & PTE_ACCESSED) !== 0, (flags & PTE_DIRTY) !== 0, bit.accessed, bit.dirty] as const;
      });
    for (const core of this.cores) core.switchTo(table);

    const { cpu, remoteCache, interconnect } = spec;
    const granuleBytes = remoteCache?.lineBytes ?? cpu.l2.lineBytes;
    this.granuleLines = granuleBytes / cpu.l2.lineBytes;
    this.parts = cpu.l2.lineBytes / cpu.l1d.lineBytes;
    const setsOf = ({ kib, ways, lineBytes }: { kib: number; ways: number; lineBytes: number }): Sets => {
      return { sets: (kib * 1024) / (ways * lineBytes), ways };
    };
    const tlb = (shape: { entries: number; ways: number } | undefined): Sets => {
      const { entries: all, ways } = shape ?? { entries: 64, ways: 4 };
      return { sets: all / ways, ways };
    };
    const shape: NaiveMachineShape = {
      nodes,
      nodeOfCpu: cpus,
      l1d: setsOf(cpu.l1d),
      l1i: setsOf(cpu.l1i ?? cpu.l1d),
      l2: setsOf(cpu.l2),
      dtlb: tlb(cpu.dtlb),
      itlb: tlb(cpu.itlb),
      remoteCache: remoteCache === undefined ? undefined : setsOf({ ...remoteCache, kib: remoteCache.mib * 1024 }),
      l1LineBytes: cpu.l1d.lineBytes,
      l2LineBytes: cpu.l2.lineBytes,
      granuleBytes,
      homeOf: (address) => this.homes.get(chunkOf(Math.floor(address / 4096))) ?? -1,
      walk: (page) => {
        const ptePageNumber = Math.floor(page / entries);
        return {
          frame: frames[page - firstPage],
          entries: [
            upper * 4096 + ((ptePageNumber % entries) * 4096) / entries,
            pte * 4096 + ((page % entries) * 4096) / entries,
          ],
          pte: bits[page - firstPage],
        };
      },
      missNs: (from, to) => this.machine.interconnect.missNs(from, to),
      serial: interconnect.kind !== 'none' && interconnect.invalidation === 'serial',
      dataNs: 0,
      fetchNs: cpu.instructionNs,
      l2HitNs: cpu.l2.hitNs,
      localNs: spec.localNs,
      transferNs: spec.transferNs,
      remoteCacheHitNs: remoteCache?.hitNs ?? 0,
    };
    this.naive = new NaiveNuma(shape);
  }

  /** Both execute these references on a CPU. */
  run(cpu: number, references: readonly Reference[]): void {
    const end = this.records.load(references);
    const done = this.cores[cpu].run(this.records.first, end, Infinity, true);
    if (done !== end) throw new Error(`${done - this.records.first} of ${references.length} records were executed`);
    for (const { kind, address, size } of references) {
      if (kind === 'fetch') this.naive.fetch(cpu, address, size);
      else this.naive.data(cpu, kind, address, size);
    }
  }

  /** A CPU drops its translation of a page, or all of them. */
  flush(cpu: number, page?: number): void {
    if (page === undefined) this.cores[cpu].flushTlb();
    else this.cores[cpu].flushTlbPage(page);
    this.naive.flush(cpu, page);
  }

  /** Counters and time of every CPU, and what every bus has carried, of both. */
  counts(): readonly [fast: unknown, naive: unknown] {
    const fast = this.cores.map((core) => [
      Object.fromEntries(countNames.map((name) => [name, core.counters[COUNTER[name]]])),
      core.clock.toFixed(6),
    ]);
    const naive = this.naive.cpus.map((cpu) => [cpu.counts, cpu.time.toFixed(6)]);
    const carried = this.machine.nodes.map((node) => (node.busUsed ? node.bus.bytes : 0));
    return [
      [fast, carried],
      [naive, this.naive.busBytes],
    ];
  }

  /** What is in every cache, with its state, most recent first, and the directory, as text of both. */
  contents(): readonly [fast: string, naive: string] {
    const fast: string[] = [];
    const naive: string[] = [];
    this.cores.forEach((core, i) => {
      const twin = this.naive.cpus[i];
      fast.push(`L2 ${i}: ${listOf(core.l2, (state) => ' SEM'[state])}`);
      naive.push(`L2 ${i}: ${listOfTwin(twin.l2, ({ mesi }) => mesi)}`);
      const l1 = [...core.l1Lines()];
      const text = (data: boolean): string =>
        l1.flatMap((each) => (each.data === data ? `${each.line}${each.modified ? '*' : ''}` : [])).join(' ');
      fast.push(`L1 ${i}: ${text(true)} / ${text(false)}`);
      const lines = twin.l1d.all().map(({ line, state }) => `${line}${state.dirty ? '*' : ''}`);
      const fetched = twin.l1i.all().map(({ line }) => line);
      naive.push(`L1 ${i}: ${lines.join(' ')} / ${fetched.join(' ')}`);
    });
    this.machine.nodes.forEach((node, place) => {
      const twin = this.naive.remoteCaches[place];
      if (node.remoteCache === undefined || twin === undefined) return;
      // Whether a line was written since is the naive machine's to know by its versions; here only the right to write.
      fast.push(`remote cache ${place}: ${listOf(node.remoteCache, (state) => (state === SHARED ? 'S' : 'own'))}`);
      const own = (line: number): string => (this.naive.owners.get(line) === place ? 'own' : 'S');
      naive.push(`remote cache ${place}: ${listOfTwin(twin, (_, line) => own(line))}`);
    });
    const entries: string[] = [];
    this.machine.coherence.directory.forEach((line, exclusive, nodes) => {
      entries.push(`${line}${exclusive ? '!' : ''}: ${[...nodes].sort((a, b) => a - b).join(',')}`);
    });
    const marks = this.marks();
    fast.push(`bits ${marks.map(([accessed, dirty]) => `${accessed} ${dirty}`).join(', ')}`);
    naive.push(`bits ${marks.map(([, , accessed, dirty]) => `${accessed} ${dirty}`).join(', ')}`);
    fast.push(`directory ${entries.sort().join(' ')}`);
    naive.push(`directory ${this.twinDirectory().sort().join(' ')}`);
    return [fast.join('\n'), naive.join('\n')];
  }

  /** Breaches of coherence and inclusion in the fast machine, by its own state alone. */
  breaches(): string[] {
    const found: string[] = [];
    const copies = new Map<number, { readonly cpu: number; readonly state: number }[]>();
    this.cores.forEach((core, cpu) => {
      core.l2.states.forEach((state, i) => {
        const line = core.l2.lineAt(i);
        if (line < 0) return;
        const list = copies.get(line) ?? [];
        list.push({ cpu, state });
        copies.set(line, list);
        const remote = this.machine.nodes[core.node].remoteCache;
        const away = this.homes.get(chunkOf(Math.floor((line * this.spec.cpu.l2.lineBytes) / 4096))) !== core.node;
        if (remote !== undefined && away && remote.find(Math.floor(line / this.granuleLines)) < 0) {
          found.push(`line ${line} of CPU ${cpu} is not in its node's remote cache`);
        }
      });
      for (const { line, modified } of core.l1Lines()) {
        const state = core.stateOf(Math.floor(line / this.parts));
        if (state === 0) found.push(`L1 line ${line} of CPU ${cpu} is not in L2`);
        if (modified && state !== MODIFIED) found.push(`L1 line ${line} of CPU ${cpu} is modified, its L2 line is not`);
      }
    });
    for (const [line, list] of copies) {
      const writers = list.filter(({ state }) => state >= EXCLUSIVE).length;
      if (writers > 0 && list.length > 1) found.push(`line ${line} has a writer and others: ${JSON.stringify(list)}`);
    }
    this.machine.coherence.directory.forEach((line, exclusive, nodes) => {
      if (new Set(nodes).size !== nodes.length) found.push(`a node is twice a holder of ${line}`);
      if (exclusive && nodes.length !== 1) found.push(`${line} is exclusive to ${nodes.length} nodes`);
    });
    return found;
  }

  private twinDirectory(): string[] {
    const granules = new Set<number>();
    for (const cpu of this.naive.cpus) {
      for (const { line } of cpu.l2.all()) granules.add(Math.floor(line / this.granuleLines));
    }
    for (const cache of this.naive.remoteCaches) for (const { line } of cache?.all() ?? []) granules.add(line);
    return [...granules].flatMap((granule) => {
      const nodes = [...this.naive.holders(granule)].sort((a, b) => a - b);
      return nodes.length === 0 ? [] : `${granule}${this.naive.owners.has(granule) ? '!' : ''}: ${nodes.join(',')}`;
    });
  }

  private frameOn(node: number): number {
    const frame = this.machine.frames.slotOf(node, asPfn(node * NODE_FRAMES + this.nextFrame[node]++));
    this.homes.set(chunkOf(frame), node);
    return frame;
  }
}

interface Sets {
  readonly sets: number;
  readonly ways: number;
}

const chunkOf = (slot: number): number => Math.floor(slot / 2048);

function listOf(cache: SetAssoc, show: (state: number) => string): string {
  const shown = Array.from(cache.states, (state, i) => (cache.lineAt(i) < 0 ? '' : `${cache.lineAt(i)}${show(state)}`));
  return shown.filter((text) => text !== '').join(' ');
}

function listOfTwin<State>(cache: LruSets<State>, show: (state: State, line: number) => string): string {
  return cache
    .all()
    .map(({ line, state }) => `${line}${show(state, line)}`)
    .join(' ');
}
