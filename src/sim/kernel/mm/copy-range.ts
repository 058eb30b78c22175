/**
 * copy_page_range() of fork, 2.6.0 mm/memory.c: pte by pte over every pte page of the vma. Present pages get a reference,
 * a count of their mapping and an entry in the reverse map; private writable ones lose the right to write in both; swap
 * entries are duplicated. The child's page_table_lock is held all along, the parent's over each pte page.
 */
import type { PtePages } from '../../hardware/pte-pages.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_FILE, PTE_PRESENT, PTE_RW, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Mm } from './mm.ts';
import type { PteTablePages } from './page-tables-pages.ts';
import type { UpperTables } from './page-tables-upper.ts';
import type { Vma } from './vma.ts';

/** Ptes in a granule of 32 bytes: the walk reads one such at a time, the shortest line. */
export function ptesPerGranule(pool: PtePages): number {
  return 32 >> pool.entryShift;
}

export class CopyRange {
  constructor(
    private readonly parts: KernelParts,
    private readonly pages: PteTablePages,
    private readonly upper: UpperTables,
  ) {}

  copy(on: KernelCpu, parent: Vma, child: Vma): void {
    const { ptePages } = this.parts;
    const from = parent.mm.table;
    const to = child.mm.table;
    const { entries } = ptePages;
    on.lock('page_table_lock', child.mm.at);
    for (let vpn = parent.start; vpn < parent.end;) {
      const next = Math.min(parent.end, vpn - (vpn % entries) + entries);
      if (from.hasUpperPage(vpn)) {
        const outer = on.enter(FN.copy_page_range);
        on.read(from.upperEntryAddress(vpn));
        const source = from.pteOf(vpn);
        if (source >= 0) {
          this.upper.ensure(on, to, vpn);
          on.read(to.upperEntryAddress(vpn));
          if (to.pmdOf(vpn) === 0) {
            this.pages.attach(on, child.mm, vpn, this.pages.makeUnlocked(on, child.mm, vpn), true);
          }
          this.copyPage(on, parent.mm, child, vpn, next - vpn);
        }
        on.leave(outer);
      }
      vpn = next;
    }
    on.write(child.mm.at);
    on.unlock('page_table_lock', child.mm.at);
  }

  /** Ptes of one pte page. The pte page may have come by while the new one was allocated, so the source is looked up again. */
  private copyPage(on: KernelCpu, from: Mm, vma: Vma, vpn: number, count: number): void {
    const { mm } = vma;
    const { locks } = this.pages;
    on.lock('page_table_lock', from.at);
    locks.lockPage(on, from.table.ptePageOf(vpn));
    const source = from.table.pteOf(vpn);
    const stretch = { sourceMm: from, source, target: mm.table.pteOf(vpn), count, vma, vpn, protect: true, page: -1 };
    for (;;) {
      mm.rss += copyPtes(this.parts, on, stretch);
      if (stretch.count === 0) break;
      locks.unlockPage(on, from.table.ptePageOf(vpn));
      on.unlock('page_table_lock', from.at);
      on.unlock('page_table_lock', mm.at);
      this.parts.rmap.prepareAdd(on, stretch.page, vma);
      on.lock('page_table_lock', mm.at);
      on.lock('page_table_lock', from.at);
      locks.lockPage(on, from.table.ptePageOf(vpn));
    }
    locks.unlockPage(on, from.table.ptePageOf(vpn));
    on.unlock('page_table_lock', from.at);
  }
}

/** Ptes to be copied: `count` from `source` on, of `sourceMm`, to the empty ones at `target`, which map `vpn` and on in `vma`. */
export interface PteStretch {
  readonly sourceMm: Mm;
  source: number;
  target: number;
  count: number;
  readonly vma: Vma;
  vpn: number;
  /** Private writable sources lose the right to write too. */
  readonly protect: boolean;
  /** The page that the copy has stopped at. */
  page: number;
}

/**
 * Copies a stretch of ptes, of which what is left to do is left. It stops before a pte for which the reverse map needs memory
 * that has to be waited for: the caller lets go of its locks, asks for it and goes on. Returns how many were present.
 */
export function copyPtes(parts: KernelParts, on: KernelCpu, stretch: PteStretch): number {
  const { ptePages, memMap, pages, rmap, swap, highmem } = parts;
  const { sourceMm, source, target, count, vma, vpn, protect } = stretch;
  const granule = ptesPerGranule(ptePages);
  const { entriesShift } = ptePages;
  const sourceSlot = ptePages.slots[source >> entriesShift];
  const targetSlot = ptePages.slots[target >> entriesShift];
  highmem.mapPtes(on, targetSlot, vma.mm, 'KM_PTE0');
  highmem.mapPtes(on, sourceSlot, sourceMm, 'KM_PTE1');
  const cow = vma.copies;
  let present = 0;
  let done = 0;
  for (; done < count; done++) {
    const from = source + done;
    if (done === 0 || from % granule === 0) on.read(ptePages.addressOf(from));
    let value = ptePages.get(from);
    if (value === 0) {
      on.work(STEP.skip);
      continue;
    }
    on.work(STEP.copy);
    const to = target + done;
    if ((value & PTE_PRESENT) === 0) {
      if ((value & PTE_FILE) === 0) swap.duplicate(on, pteNumber(value));
      ptePages.set(to, value);
      on.write(ptePages.addressOf(to));
      continue;
    }
    const page = memMap.pageOf(pteNumber(value));
    if (!rmap.tryPrepareAdd(on, page, vma)) {
      stretch.page = page;
      break;
    }
    if (cow) {
      if (protect) {
        on.atomic(ptePages.addressOf(from));
        ptePages.set(from, value & ~PTE_RW);
      }
      value &= ~PTE_RW;
    } else if (vma.shared) value &= ~PTE_DIRTY;
    value &= ~PTE_ACCESSED;
    present++;
    pages.get(on, page);
    memMap.map(page);
    ptePages.set(to, value);
    on.write(ptePages.addressOf(to));
    rmap.add(on, page, to, vma, vpn + done);
  }
  highmem.unmapPtes(on, sourceSlot, sourceMm, 'KM_PTE1');
  highmem.unmapPtes(on, targetSlot, vma.mm, 'KM_PTE0');
  stretch.source += done;
  stretch.target += done;
  stretch.vpn += done;
  stretch.count -= done;
  return present;
}
