/**
 * Who holds one cache line, as the machine stands: the state in every CPU's L1 and L2, in the nodes' remote caches, and the
 * home's directory. Only read: recency stays as it is.
 */
import type { Core } from './core.ts';
import type { Machine } from './machine.ts';
import { INVALID } from './set-assoc.ts';

export type Mesi = 'M' | 'E' | 'S' | 'I';

/** What a CPU has of the line. Its L1 of instructions knows no more than that it has it. */
export interface CpuLine {
  readonly l1d: Mesi;
  readonly l1i: boolean;
  readonly l2: Mesi;
}

export interface LineLook {
  /** CPUs that have it, by number. */
  readonly cpus: ReadonlyMap<number, CpuLine>;
  /** Remote caches that have it, by place of their node: the node's state towards the rest of the machine. */
  readonly remoteCaches: ReadonlyMap<number, Mesi>;
  /** What its home knows: no other node has it; some share it; one has it and may write it without asking. */
  readonly directory: 'home' | 'shared' | 'exclusive';
  /** Places of the nodes on the home's sharing list, from its head: the latest first. */
  readonly sharers: readonly number[];
}

export const NO_LINE: CpuLine = { l1d: 'I', l1i: false, l2: 'I' };

/** By the numbers of set-assoc.ts. */
const LETTERS: readonly Mesi[] = ['I', 'S', 'E', 'M'];

/** Looks at the line of byte `offset` of the frame of a slot. Caches look at their own size of line. */
export function lookAtLine(machine: Machine, slot: number, offset: number): LineLook {
  const { coherence, nodes } = machine;
  const cpus = new Map<number, CpuLine>();
  for (const [cpu, core] of [...machine.cores].sort(([a], [b]) => a - b)) {
    const has = cpuLine(core, slot, offset);
    if (has.l1d !== 'I' || has.l1i || has.l2 !== 'I') cpus.set(cpu, has);
  }
  const granule = coherence.granuleOf(l2Line(slot, offset, [...machine.cores.values()][0]));
  const remoteCaches = new Map<number, Mesi>();
  for (const node of nodes) {
    const state = node.remoteCacheState(granule);
    if (state !== INVALID) remoteCaches.set(node.place, LETTERS[state]);
  }
  const { directory } = coherence;
  const entry = directory.find(granule);
  if (entry < 0) return { cpus, remoteCaches, directory: 'home', sharers: [] };
  const holders = new Int32Array(nodes.length);
  const sharers = [...holders.subarray(0, directory.holders(entry, holders))];
  return { cpus, remoteCaches, directory: directory.isExclusive(entry) ? 'exclusive' : 'shared', sharers };
}

function cpuLine(core: Core, slot: number, offset: number): CpuLine {
  const line = l2Line(slot, offset, core);
  const shift = core.l2LineShift - core.l2Shift;
  const first = slot * 2 ** (12 - shift) + (offset >> shift);
  return { l1d: LETTERS[core.l1StateOf(first)], l1i: core.l1iHas(first), l2: LETTERS[core.stateOf(line)] };
}

function l2Line(slot: number, offset: number, { l2LineShift }: Core): number {
  return slot * 2 ** (12 - l2LineShift) + (offset >> l2LineShift);
}
