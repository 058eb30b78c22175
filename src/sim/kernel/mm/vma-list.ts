/**
 * The vmas of an address space: find_vma(), insert_vm_struct(), split_vma(), vma_merge(), mm/mmap.c of 2.6.0. Each look
 * at a vma is a reference to its struct (slab vm_area_struct).
 *
 * Deviations: the red-black tree is a sorted array, searched by halves, which visits as many vmas as a balanced tree;
 * anonymous areas merge only where their page offsets go on (2.6.7's rule: 2.6.0 looked at flags alone, but an area that
 * mremap moved has pages whose offsets say where they lie in their clusters).
 */
import { after, type KAddr } from '../../base/units.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { type MemPolicy, samePolicy } from '../policy/mempolicy.ts';
import type { AddressSpace } from './address-space.ts';
import type { Mm } from './mm.ts';
import { Vma, VM_LOCKED } from './vma.ts';

/** sizeof(struct vm_area_struct) of 2.6.0, i386. */
const VMA_BYTES = 64;

/** Where mmap_sem lies in mm_struct; page_table_lock is in the line before it. */
export const mmapSem = (mm: Mm): KAddr => after(mm.at, 32);

export class VmaList {
  private cache: SlabCache | undefined;

  constructor(private readonly parts: KernelParts) {}

  /** find_vma(): the first vma that ends above `vpn`, at the cost of the vmas looked at. */
  find(on: KernelCpu, mm: Mm, vpn: number): Vma | undefined {
    const outer = on.enter(FN.find_vma);
    on.read(mm.at);
    const { cached, vmas } = mm;
    if (cached !== undefined) on.read(cached.at);
    let found = cached;
    if (cached === undefined || vpn < cached.start || vpn >= cached.end) {
      let low = 0;
      let high = vmas.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        on.read(vmas[middle].at);
        if (vmas[middle].end > vpn) high = middle;
        else low = middle + 1;
      }
      found = vmas[low];
      if (found !== undefined) {
        mm.cached = found;
        on.write(mm.at);
      }
    }
    on.leave(outer);
    return found;
  }

  /** A vma of a new range, in no list yet; a file that it maps has one user more. */
  make(
    on: KernelCpu,
    mm: Mm,
    start: number,
    end: number,
    flags: number,
    file: AddressSpace | undefined,
    pgoff: number,
    name: string,
  ): Vma {
    const cache = this.slab();
    const vma = new Vma(mm, start, end, flags, file, pgoff, name);
    vma.object = cache.alloc(on);
    vma.at = cache.addressOf(vma.object);
    on.writeRange(vma.at, VMA_BYTES);
    if (file !== undefined) {
      file.attached = true;
      this.parts.pageCache.open(on, file);
    }
    return vma;
  }

  /** insert_vm_struct(): into the address space and, with a file, among the vmas that map it. */
  insert(on: KernelCpu, vma: Vma): void {
    const { mm } = vma;
    const index = mm.indexAbove(vma.start);
    mm.vmas.splice(index, 0, vma);
    on.write(mm.at);
    on.write(mm.vmas[index === 0 ? 0 : index - 1].at);
    account(vma, vma.end - vma.start);
    if (vma.file !== undefined) this.parts.rmap.linkVma(on, vma);
  }

  /** Takes a vma out and frees it; nothing of it is mapped any more. */
  remove(on: KernelCpu, vma: Vma): void {
    const { mm } = vma;
    this.parts.rmap.dropVma(on, vma);
    const index = mm.vmas.indexOf(vma);
    on.write(mm.at);
    on.write(mm.vmas[index === 0 ? 0 : index - 1].at);
    mm.vmas.splice(index, 1);
    if (mm.cached === vma) mm.cached = undefined;
    account(vma, vma.start - vma.end);
    this.slab().free(on, vma.object);
    if (vma.file !== undefined) this.parts.pageCache.close(on, vma.file);
  }

  /** Moves a vma's bounds; the page offset of every page that stays is the same. */
  setBounds(on: KernelCpu, vma: Vma, start: number, end: number): void {
    const { rmap } = this.parts;
    if (vma.file !== undefined) rmap.unlinkVma(on, vma);
    account(vma, end - start - (vma.end - vma.start));
    vma.pgoff += start - vma.start;
    vma.start = start;
    vma.end = end;
    on.write(vma.at);
    if (vma.file !== undefined) rmap.linkVma(on, vma);
  }

  setFlags(on: KernelCpu, vma: Vma, flags: number): void {
    const pages = vma.end - vma.start;
    account(vma, -pages);
    vma.flags = flags;
    account(vma, pages);
    on.write(vma.at);
  }

  /** split_vma(): `vma` ends at `at` from now on; returns the new one, which begins there. */
  split(on: KernelCpu, vma: Vma, at: number): Vma {
    const { end } = vma;
    const upper = this.make(on, vma.mm, at, end, vma.flags, vma.file, vma.pgoffOf(at), vma.name);
    upper.policy = vma.policy;
    this.setBounds(on, vma, vma.start, at);
    this.parts.rmap.forkVma(on, vma, upper);
    this.insert(on, upper);
    return upper;
  }

  /** Splits where a bound lies inside a vma, so that whole vmas fill [from, to) as far as it is mapped; returns those. */
  isolate(on: KernelCpu, mm: Mm, from: number, to: number): readonly Vma[] {
    const first = this.find(on, mm, from);
    if (first === undefined || first.start >= to) return [];
    if (first.start < from) this.split(on, first, from);
    const start = mm.indexAbove(from);
    let end = start;
    while (end < mm.vmas.length && mm.vmas[end].start < to) {
      on.read(mm.vmas[end].at);
      if (mm.vmas[end].end > to) this.split(on, mm.vmas[end], to);
      end++;
    }
    return mm.vmas.slice(start, end);
  }

  /** vma_merge(): joins a vma with the one before and the one after where they are of a kind; returns what it is part of. */
  merge(on: KernelCpu, vma: Vma): Vma {
    const { vmas } = vma.mm;
    const index = vmas.indexOf(vma);
    let whole = vma;
    const before = vmas[index - 1];
    if (before !== undefined && mergeable(before, whole)) whole = this.join(on, before, whole);
    const after = vmas[vmas.indexOf(whole) + 1];
    if (after !== undefined && mergeable(whole, after)) whole = this.join(on, whole, after);
    return whole;
  }

  /** Makes one of two neighbours; the one that has anonymous pages on the reverse map's books stays. */
  private join(on: KernelCpu, lower: Vma, upper: Vma): Vma {
    const [stays, goes] = lower.anon === undefined && upper.anon !== undefined ? [upper, lower] : [lower, upper];
    const { start } = lower;
    const { end } = upper;
    this.remove(on, goes);
    this.setBounds(on, stays, start, end);
    return stays;
  }

  private slab(): SlabCache {
    return (this.cache ??= this.parts.slabs.cache('vm_area_struct', VMA_BYTES, 32));
  }
}

/** Whether a vma could go on into a range with these attributes: is_mergeable_vma() and can_vma_merge_after(). */
export function continues(
  vma: Vma,
  flags: number,
  file: AddressSpace | undefined,
  pgoff: number,
  name: string,
  policy?: MemPolicy,
): boolean {
  const alike = vma.flags === flags && vma.file === file && vma.name === name && samePolicy(vma.policy, policy);
  return alike && vma.pgoff + (vma.end - vma.start) === pgoff;
}

function mergeable(lower: Vma, upper: Vma): boolean {
  const { start, flags, file, pgoff, name, policy } = upper;
  if (lower.end !== start || !continues(lower, flags, file, pgoff, name, policy)) return false;
  return lower.anon === undefined || upper.anon === undefined || lower.anon === upper.anon;
}

function account(vma: Vma, pages: number): void {
  vma.mm.totalVm += pages;
  if ((vma.flags & VM_LOCKED) !== 0) vma.mm.lockedVm += pages;
}
