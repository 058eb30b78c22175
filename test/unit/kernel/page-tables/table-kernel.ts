/**
 * A kernel as far as page tables need one: memory, slabs, kmaps and TLB flushes are the real ones (table-parts.ts); the reverse map is a
 * list of ptes a page, swap a count an entry, and faults are a few lines that follow the rules (do_anonymous_page,
 * do_no_page, do_wp_page, do_swap_page). What a program stored is kept frame by frame, so that what it reads can be compared.
 */
import { PMD_RW } from '../../../../src/sim/hardware/page-table.ts';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_RW,
  pteNumber,
} from '../../../../src/sim/hardware/pte-pages.ts';
import { GFP_HIGHUSER } from '../../../../src/sim/kernel/alloc/gfp.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { AddressSpace } from '../../../../src/sim/kernel/mm/address-space.ts';
import { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import type { PageTables } from '../../../../src/sim/kernel/mm/page-tables.ts';
import { Vma } from '../../../../src/sim/kernel/mm/vma.ts';
import { OWNER, PG_DIRTY, PG_SWAPCACHE } from '../../../../src/sim/kernel/page-flags.ts';
import type { KernelParts } from '../../../../src/sim/kernel/parts.ts';
import { makeParts, type TableOrder } from './table-parts.ts';

export class TableKernel {
  readonly parts: KernelParts;
  readonly on: KernelCpu;
  /** The reverse map: ptes of each page. */
  readonly ptesOf = new Map<number, Set<number>>();
  /** What a program stored last, by slot of the frame, and by swap entry and piece. */
  readonly stored = new Map<number, number>();
  readonly swapped = new Map<number, number[]>();
  readonly swapUsers = new Map<number, number>();
  private nextId = 1;

  constructor(order: TableOrder = {}) {
    this.parts = makeParts(this, order);
    this.on = this.parts.cpu(0);
  }

  get tables(): PageTables {
    return this.parts.tables;
  }

  /** An address space with nothing mapped; `vpns` of it. */
  mm(): Mm {
    const mm = new Mm(this.nextId++, this.parts.tables.create(this.on));
    mm.at = this.parts.data.claim(128);
    mm.cpus.add(0);
    this.parts.mms.set(mm.id, mm);
    return mm;
  }

  file(pages: number): AddressSpace {
    const space = new AddressSpace(this.nextId++, 'shm', 'segment', pages * 4096, undefined, 0);
    space.at = this.parts.data.claim(128);
    this.parts.spaces.set(space.id, space);
    return space;
  }

  map(mm: Mm, start: number, end: number, flags: number, file?: AddressSpace, pgoff = start): Vma {
    const vma = new Vma(mm, start, end, flags, file, pgoff, 'test');
    vma.at = this.parts.data.claim(64);
    this.insert(mm, vma);
    return vma;
  }

  insert(mm: Mm, vma: Vma): void {
    mm.vmas.splice(mm.indexAbove(vma.start), 0, vma);
    mm.cached = undefined;
  }

  /** munmap() of whole vmas, or of a range, which splits them first. */
  unmap(mm: Mm, start: number, end: number): void {
    this.splitAt(mm, start);
    this.splitAt(mm, end);
    const gone = mm.vmas.filter((vma) => vma.start >= start && vma.end <= end);
    this.tables.unmapRegion(this.on, gone);
    for (const vma of gone) mm.vmas.splice(mm.vmas.indexOf(vma), 1);
    mm.cached = undefined;
  }

  splitAt(mm: Mm, vpn: number): void {
    const vma = mm.vmaAt(vpn);
    if (vma === undefined || vma.start === vpn) return;
    const high = new Vma(mm, vpn, vma.end, vma.flags, vma.file, vma.pgoffOf(vpn), vma.name);
    high.at = this.parts.data.claim(64);
    vma.end = vpn;
    mm.cached = undefined;
    this.insert(mm, high);
  }

  /** dup_mmap(). */
  fork(parent: Mm): Mm {
    const child = this.mm();
    for (const vma of parent.vmas) {
      const copy = new Vma(child, vma.start, vma.end, vma.flags, vma.file, vma.pgoff, vma.name);
      copy.at = this.parts.data.claim(64);
      child.vmas.push(copy);
      this.tables.copyRange(this.on, vma, copy);
    }
    this.parts.tlb.mm(this.on, parent);
    return child;
  }

  exit(mm: Mm): void {
    this.tables.freeTables(this.on, mm);
    mm.vmas.length = 0;
    this.parts.mms.delete(mm.id);
  }

  /** What a program reads at a virtual page; faults where it has to. */
  read(mm: Mm, vpn: number): number {
    const pte = this.walk(mm, vpn, false);
    return this.stored.get(pteNumber(this.parts.ptePages.get(pte))) ?? 0;
  }

  write(mm: Mm, vpn: number, tag: number): void {
    const pte = this.walk(mm, vpn, true);
    this.stored.set(pteNumber(this.parts.ptePages.get(pte)), tag);
  }

  /** As the hardware walks: sets accessed and dirty, faults until the right is there. */
  private walk(mm: Mm, vpn: number, write: boolean): number {
    const { ptePages } = this.parts;
    for (let tries = 0; tries < 3; tries++) {
      const pte = mm.table.pteOf(vpn);
      if (pte >= 0) {
        const value = ptePages.get(pte);
        const may = (value & PTE_RW) !== 0 && (mm.table.pmdOf(vpn) & PMD_RW) !== 0;
        if ((value & PTE_PRESENT) !== 0 && (!write || may)) {
          ptePages.set(pte, value | PTE_ACCESSED | (write ? PTE_DIRTY : 0));
          return pte;
        }
      }
      this.fault(mm, vpn, write);
    }
    throw new Error(`fault after fault at ${vpn}`);
  }

  private fault(mm: Mm, vpn: number, write: boolean): void {
    const { on, tables } = this;
    const { ptePages, memMap, pages } = this.parts;
    const vma = mm.vmaAt(vpn);
    if (vma === undefined || (write && !vma.writable)) throw new Error(`a program's error at ${vpn}`);
    on.lock('page_table_lock', mm.at);
    const pte = tables.ensurePte(on, mm, vpn, write);
    tables.locks.unlockPage(on, mm.table.ptePageOf(vpn));
    on.unlock('page_table_lock', mm.at);
    const value = ptePages.get(pte);
    if (value === 0) {
      if (vma.file === undefined) this.anonymous(vma, vpn, pte);
      else this.noPage(vma, vpn, pte, write);
    } else if ((value & PTE_PRESENT) === 0) this.swapIn(vma, vpn, pte, value);
    else if (write && (value & PTE_RW) === 0) {
      const page = memMap.pageOf(pteNumber(value));
      const own = memMap.mapping[page] === 0 && this.exclusive(vma, vpn, pte, page);
      if (vma.shared || own) tables.setPte(on, pte, value | PTE_RW);
      else {
        const count = tables.clusters.siblings(on, vma, vpn, pte, page);
        const copy = this.fresh();
        for (let i = 0; i < 1 << memMap.shift; i++) this.copyFrame(memMap.slotOf(page) + i, memMap.slotOf(copy) + i);
        for (const each of tables.clusters.vpns.slice(0, count)) {
          const at = pte + each - vpn;
          tables.setPte(on, at, 0);
          memMap.unmap(page);
          this.parts.rmap.remove(on, page, at);
          this.enter(vma, each, at, copy, PTE_RW);
          pages.put(on, page);
        }
        pages.put(on, copy);
      }
    }
  }

  /** Every reference to the page is one of its siblings here. */
  private exclusive(vma: Vma, vpn: number, pte: number, page: number): boolean {
    const count = this.tables.clusters.siblings(this.on, vma, vpn, pte, page);
    return this.parts.memMap.count[page] === count;
  }

  private fresh(): number {
    const page = this.parts.pages.alloc(this.on, GFP_HIGHUSER, 0, OWNER.anonymous);
    const slot = this.parts.memMap.slotOf(page);
    for (let i = 0; i < 1 << this.parts.memMap.shift; i++) this.stored.delete(slot + i);
    return page;
  }

  private anonymous(vma: Vma, vpn: number, pte: number): void {
    const page = this.fresh();
    const count = this.tables.clusters.anonymous(this.on, vma, vpn, pte);
    const right = vma.writable ? PTE_RW : 0;
    for (const each of this.tables.clusters.vpns.slice(0, count)) this.enter(vma, each, pte + each - vpn, page, right);
    this.parts.pages.put(this.on, page);
  }

  private noPage(vma: Vma, vpn: number, pte: number, write: boolean): void {
    const { on, tables } = this;
    const { memMap, pages } = this.parts;
    const file = vma.file as AddressSpace;
    const index = tables.clusters.indexOf(vma, vpn);
    let page = (file.pages.get(index) ?? 0) - 1;
    if (page < 0) {
      page = this.fresh();
      memMap.mapping[page] = file.id;
      memMap.index[page] = index;
      file.pages.set(index, page + 1);
    }
    const right = vma.shared && vma.writable ? PTE_RW : 0;
    const early = write && !vma.shared;
    let target = page;
    if (early) {
      target = this.fresh();
      for (let i = 0; i < 1 << memMap.shift; i++) this.copyFrame(memMap.slotOf(page) + i, memMap.slotOf(target) + i);
    }
    const count = early ? tables.clusters.anonymous(on, vma, vpn, pte) : tables.clusters.file(on, vma, vpn, pte);
    for (const each of tables.clusters.vpns.slice(0, count)) {
      this.enter(vma, each, pte + each - vpn, target, early ? PTE_RW : right);
    }
    if (early) pages.put(on, target);
  }

  /** The page of a file cluster goes out of the cache. */
  drop(file: AddressSpace): void {
    for (const page of file.pages.values()) this.parts.pages.put(this.on, page - 1);
    file.pages.clear();
  }

  /** Swaps an anonymous page out, as try_to_unmap() and pageout() do; false where it is not one. */
  swapOut(page: number): boolean {
    const { memMap, walk, pages } = this.parts;
    if (memMap.owner[page] !== OWNER.anonymous || memMap.mapping[page] !== 0) return false;
    const entry = this.swapUsers.size + 1;
    this.swapUsers.set(entry, 0);
    memMap.flags[page] |= PG_SWAPCACHE;
    memMap.priv[page] = entry;
    pages.get(this.on, page);
    const slot = memMap.slotOf(page);
    this.swapped.set(
      entry,
      Array.from({ length: 1 << memMap.shift }, (_, i) => this.stored.get(slot + i) ?? 0),
    );
    for (const pte of [...(this.ptesOf.get(page) ?? [])]) {
      walk.take(this.on, pte, page);
      this.parts.rmap.remove(this.on, page, pte);
    }
    memMap.flags[page] &= ~(PG_SWAPCACHE | PG_DIRTY);
    pages.put(this.on, page);
    return true;
  }

  private swapIn(vma: Vma, vpn: number, pte: number, value: number): void {
    const entry = pteNumber(value);
    const page = this.fresh();
    const slot = this.parts.memMap.slotOf(page);
    this.swapped.get(entry)?.forEach((tag, i) => this.stored.set(slot + i, tag));
    this.tables.setPte(this.on, pte, 0);
    this.parts.swap.release(this.on, entry);
    this.enter(vma, vpn, pte, page, 0);
    this.parts.pages.put(this.on, page);
  }

  private copyFrame(from: number, to: number): void {
    const tag = this.stored.get(from);
    if (tag === undefined) this.stored.delete(to);
    else this.stored.set(to, tag);
  }

  private enter(vma: Vma, vpn: number, pte: number, page: number, flags: number): void {
    const { memMap, pages, rmap } = this.parts;
    pages.get(this.on, page);
    memMap.map(page);
    const slot = memMap.slotOf(page) + this.tables.clusters.pieceOf(vma, vpn);
    this.tables.setPte(this.on, pte, makePte(slot, PTE_PRESENT | flags));
    rmap.add(this.on, page, pte, vma, vpn);
  }
}
