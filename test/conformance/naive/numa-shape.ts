/** What the naive NUMA machine is told of its shape, and what it counts. */
interface Sets {
  readonly sets: number;
  readonly ways: number;
}

export interface NaiveMachineShape {
  readonly nodes: number;
  readonly nodeOfCpu: readonly number[];
  readonly l1d: Sets;
  readonly l1i: Sets;
  readonly l2: Sets;
  readonly dtlb: Sets;
  readonly itlb: Sets;
  readonly remoteCache: Sets | undefined;
  readonly l1LineBytes: number;
  readonly l2LineBytes: number;
  /** The unit between nodes. */
  readonly granuleBytes: number;
  /** Node of a physical address. */
  homeOf(address: number): number;
  /** Of a virtual page: its frame, physical addresses of the two entries that a walk reads, in order, and the pte's bits. */
  walk(page: number): {
    readonly frame: number;
    readonly entries: readonly [upper: number, pte: number];
    readonly pte: { accessed: boolean; dirty: boolean };
  };
  /** A miss of a CPU on `from` at the memory of `to`. */
  missNs(from: number, to: number): number;
  readonly serial: boolean;
  readonly dataNs: number;
  readonly fetchNs: number;
  readonly l2HitNs: number;
  readonly localNs: number;
  readonly transferNs: number;
  readonly remoteCacheHitNs: number;
}

export type Served = 'local' | 'transfer' | 'remoteCache' | 'remote' | 'remoteOwner';

export const countNames = [
  'reads',
  'writes',
  'fetches',
  'l1dReads',
  'l1dWrites',
  'l1dReadMisses',
  'l1dWriteMisses',
  'l1iAccesses',
  'l1iMisses',
  'l2Reads',
  'l2Writes',
  'l2ReadMisses',
  'l1Writebacks',
  'l2Writebacks',
  'dtlbMisses',
  'itlbMisses',
  'walkReads',
  'local',
  'transfer',
  'remoteCache',
  'remote',
  'remoteOwner',
  'homeRemote',
  'upgrades',
  'invalidations',
  'remoteCacheEvictions',
] as const;

export type Counts = Record<(typeof countNames)[number], number>;

export function newCounts(): Counts {
  return Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;
}

export function add(counts: Counts, name: keyof Counts): void {
  counts[name]++;
}
