/** Sums over the cells of the machine's locality counts, by whatever they are asked by; for locality-report.ts. */
import type { LocalityCell } from '../hardware/locality.ts';
import type { MissSummary } from './locality-report.ts';

/** L2 misses of one kind: how many, how many of them to another node, and their time. */
export class MissSum {
  misses = 0;
  remote = 0;
  ns = 0;
  remoteNs = 0;

  add({ misses, ns, from, home }: LocalityCell): void {
    this.misses += misses;
    this.ns += ns;
    if (from === home) return;
    this.remote += misses;
    this.remoteNs += ns;
  }

  get meanNs(): number {
    return ratio(this.ns, this.misses);
  }

  get remoteShare(): number {
    return 100 * ratio(this.remote, this.misses);
  }

  get summary(): MissSummary {
    const { misses, remote, remoteShare, meanNs } = this;
    return { misses, remoteMisses: remote, remoteShare, meanNs };
  }
}

/** What belongs to one key: misses of programs and of the kernel, and those of programs by the node they came from. */
export class Sums {
  readonly program = new MissSum();
  readonly kernel = new MissSum();
  /** By place of the node. */
  readonly from = new Map<number, number>();

  add(cell: LocalityCell): void {
    if (cell.kernel) this.kernel.add(cell);
    else {
      this.program.add(cell);
      this.from.set(cell.from, (this.from.get(cell.from) ?? 0) + cell.misses);
    }
  }
}

/** Sums of the cells by a key; cells whose key is undefined are left out. In the order of the keys. */
export function sumBy(
  cells: readonly LocalityCell[],
  keyOf: (cell: LocalityCell) => number | undefined,
): ReadonlyMap<number, Sums> {
  const sums = new Map<number, Sums>();
  for (const cell of cells) {
    const key = keyOf(cell);
    if (key === undefined) continue;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = new Sums()));
    sum.add(cell);
  }
  return new Map([...sums].sort(([a], [b]) => a - b));
}

/** The key with the most, the lowest where several have as many; `none` of an empty map. */
export function most(counts: ReadonlyMap<number, number>, none = -1): number {
  let best = none;
  for (const [key, count] of counts) {
    const known = counts.get(best);
    if (known === undefined || count > known || (count === known && key < best)) best = key;
  }
  return best;
}

export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
