/**
 * The upper levels of an address space, always in low memory: a pgd page, and with PAE a pmd page for each GiB of user
 * space, all made with the mm (pgd_alloc() of 2.6.0), 16 KiB in all. Without PAE the pgd page is the only one. A 64-bit
 * kernel makes its pmd pages when they are first needed. Objects come from slabs of pages (pgd, pae_pmd), whose
 * constructor has cleared them: a used one comes back empty. Deviations: the PAE pgd takes a page, as the published
 * 16 KiB a process have it (2.6.0's slab object has 32 bytes); a slab that was reaped and grows again is not cleared anew.
 */
import { invariant } from '../../base/errors.ts';
import { after, FRAME_BYTES, GRANULE_SHIFT, type KAddr } from '../../base/units.ts';
import { PageTable } from '../../hardware/page-table.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';

const GRANULES_SHIFT = 12 - GRANULE_SHIFT;

interface Upper {
  /** The pgd's slab object; where it is the only upper page, its place counts as the pmd's. */
  readonly pgd: number;
  readonly pmds: number[];
  /** Slab object of its own pmd page for the kernel's GiB, where it has one (sepmd). */
  readonly kernelPmd?: number;
}

export class UpperTables {
  private readonly uppers = new Map<PageTable, Upper>();
  private readonly cleared = new Map<SlabCache, Set<number>>();

  /** swapper_pg_dir's pmd of the kernel, which pages of their own are copies of. */
  private readonly swapperAt: KAddr | undefined;

  constructor(private readonly parts: KernelParts) {
    if (parts.traits.kernelText !== 'one') this.swapperAt = parts.data.claim(FRAME_BYTES);
  }

  /** pgd_alloc(): upper levels for `vpns` virtual pages from 0. */
  create(on: KernelCpu, vpns: number): PageTable {
    const outer = on.enter(FN.pgd_alloc);
    const { ptePages, profile } = this.parts;
    const table = new PageTable(ptePages, vpns);
    const { pae, bits } = profile.machine;
    const pgds = this.parts.slabs.cache('pgd', FRAME_BYTES, FRAME_BYTES);
    const pgd = this.take(on, pgds);
    const upper: Upper = { pgd, pmds: [], ...this.ownKernelPmd(on) };
    this.uppers.set(table, upper);
    if (bits === 64) {
      on.leave(outer);
      return table;
    }
    if (!pae) table.addUpperPage(0, slotAt(pgds.addressOf(pgd)));
    else for (let vpn = 0; vpn < vpns; vpn += ptePages.entries ** 2) this.addPmd(on, table, upper, vpn);
    on.leave(outer);
    return table;
  }

  /** pmd_alloc(): the page of upper entries of a virtual page, where it is not there yet. */
  ensure(on: KernelCpu, table: PageTable, vpn: number): void {
    if (table.hasUpperPage(vpn)) return;
    const upper = this.uppers.get(table);
    invariant(upper !== undefined, 'a page table that was not made here', { vpn });
    this.addPmd(on, table, upper, vpn);
  }

  /** pgd_free(): the upper levels go back; no upper entry points anywhere. */
  free(on: KernelCpu, table: PageTable): void {
    const upper = this.uppers.get(table);
    invariant(upper !== undefined, 'a page table that was not made here', {});
    this.uppers.delete(table);
    const pmds = this.pmds();
    for (const pmd of upper.pmds) pmds.free(on, pmd);
    if (upper.kernelPmd !== undefined) pmds.free(on, upper.kernelPmd);
    this.parts.slabs.cache('pgd', FRAME_BYTES, FRAME_BYTES).free(on, upper.pgd);
  }

  /** Bytes of upper levels of a page table. */
  bytesOf(table: PageTable): number {
    const upper = this.uppers.get(table);
    return FRAME_BYTES * (1 + (upper?.pmds.length ?? 0) + (upper?.kernelPmd === undefined ? 0 : 1));
  }

  /** Where byte `offset` of a page table's own pmd page of the kernel lies (sepmd). */
  kernelPmd(table: PageTable, offset: number): KAddr {
    const object = this.uppers.get(table)?.kernelPmd;
    invariant(object !== undefined, 'an address space without a pmd page of the kernel', {});
    return after(this.pmds().addressOf(object), offset);
  }

  /** -mjb's sepmd: a copy of the kernel's pmd page, which is otherwise every address space's. */
  private ownKernelPmd(on: KernelCpu): { readonly kernelPmd?: number } {
    if (this.swapperAt === undefined) return {};
    const pmds = this.pmds();
    const kernelPmd = this.take(on, pmds);
    on.readRange(this.swapperAt, FRAME_BYTES);
    on.writeRange(pmds.addressOf(kernelPmd), FRAME_BYTES);
    return { kernelPmd };
  }

  private pmds(): SlabCache {
    return this.parts.slabs.cache('pae_pmd', FRAME_BYTES, FRAME_BYTES);
  }

  private addPmd(on: KernelCpu, table: PageTable, upper: Upper, vpn: number): void {
    const pmds = this.pmds();
    const pmd = this.take(on, pmds);
    upper.pmds.push(pmd);
    table.addUpperPage(vpn, slotAt(pmds.addressOf(pmd)));
    // The entry of the level above.
    on.write(this.parts.slabs.cache('pgd', FRAME_BYTES, FRAME_BYTES).addressOf(upper.pgd));
  }

  private take(on: KernelCpu, cache: SlabCache): number {
    const object = cache.alloc(on);
    invariant(object >= 0, 'a request that may wait came back without an object', { cache: cache.name });
    let known = this.cleared.get(cache);
    if (known === undefined) this.cleared.set(cache, (known = new Set()));
    if (!known.has(object)) {
      known.add(object);
      on.writeRange(cache.addressOf(object), FRAME_BYTES);
    }
    return object;
  }
}

/** Frame in which an object begins: where a slab keeps its descriptor first, its pages begin a little way into a frame. */
function slotAt(at: KAddr): number {
  return at >> GRANULES_SHIFT;
}
