/**
 * Isolated pages go back to their lists, and lose the reference of whoever isolated them: 16 at a time, the lock dropped
 * at each full pagevec for __pagevec_release(); mm/vmscan.c and swap.c of 2.6.0. Without pagevecs (before 2.5.32) each
 * page takes the lock by itself.
 */
import type { KernelCpu } from '../cpu.ts';
import { PG_ACTIVE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Batch } from './batch.ts';
import { PAGEVEC_SIZE } from './pagevec.ts';
import type { TwoLists } from './two-lists.ts';

export class PutBack {
  private readonly lot: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly lru: TwoLists,
  ) {
    this.lot = parts.traits.pagevecs ? PAGEVEC_SIZE : 1;
  }

  /** `active`: to which list; where it is not given, as PG_active says. Empties the batch. */
  putBack(on: KernelCpu, zone: number, batch: Batch, active?: boolean): void {
    const { lru, lot } = this;
    const { memMap, pages } = this.parts;
    const { pages: list, size } = batch;
    batch.clear();
    for (let from = 0; from < size; from += lot) {
      const to = Math.min(size, from + lot);
      lru.lock.lock(on, zone);
      for (let i = from; i < to; i++) {
        lru.putOn(on, list[i], active ?? (memMap.flags[list[i]] & PG_ACTIVE) !== 0);
      }
      lru.isolated -= to - from;
      lru.lock.unlock(on, zone);
      for (let i = from; i < to; i++) pages.put(on, list[i]);
    }
  }
}
