/**
 * Room for the hot tables of many owners in one array. V8 compiles the accesses to an array that is a module's constant
 * without loading its base and length anew, which the hot loops feel (measured: 1.2 to 1.4); so the tables of all CPUs
 * lie in one such array, and each CPU knows where its own begins.
 *
 * A large array costs nothing where it is not touched. What an owner claims it has until it is collected: claimed
 * pieces are filled anew, so nothing depends on when that is.
 */
import { invariant } from './errors.ts';

export class Arena {
  readonly data: Int32Array;
  private used = 0;
  /** Pieces given back, by length. */
  private readonly free = new Map<number, number[]>();
  private readonly owners = new FinalizationRegistry<readonly [at: number, length: number]>(([at, length]) => {
    const pieces = this.free.get(length);
    if (pieces === undefined) this.free.set(length, [at]);
    else pieces.push(at);
  });

  constructor(length: number) {
    this.data = new Int32Array(length);
  }

  /** Where a piece of `length` numbers begins, all of them `value`; it is `owner`'s as long as that lives. */
  claim(length: number, value: number, owner: object): number {
    const at = this.free.get(length)?.pop() ?? this.used;
    invariant(at + length <= this.data.length, 'the hot tables of all CPUs do not fit', { at, length });
    if (at === this.used) this.used += length;
    this.data.fill(value, at, at + length);
    this.owners.register(owner, [at, length]);
    return at;
  }
}
