/** What a task draws by lot, beside the references of its bursts: offsets in files. */
import { hashAt } from '../base/rng.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import { permutation } from '../workloads/permutation.ts';
import { skewedRank } from './burst.ts';

export class Draws {
  private drawn = 0;

  constructor(
    private readonly seed: number,
    /** Where the hot places of a file are: the same for all tasks. */
    private readonly scatterSeed: number,
  ) {}

  /** What an offset comes to: as given, or a place in the file or the part of it that is `among`, in steps of `bytes`. */
  offset(
    offset: number | 'random' | 'skewed',
    file: AddressSpace | undefined,
    bytes: number,
    among = { from: 0, bytes: file?.bytes ?? 0 },
  ): number {
    if (typeof offset === 'number') return offset;
    const cells = Math.max(1, Math.floor(among.bytes / bytes));
    const bits = hashAt(this.seed, this.drawn++);
    if (offset === 'random') return among.from + Math.floor((bits / 2 ** 32) * cells) * bytes;
    return among.from + permutation(cells, this.scatterSeed)(skewedRank(bits, cells)) * bytes;
  }
}
