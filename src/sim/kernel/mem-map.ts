/**
 * mem_map: what the kernel knows of each page cluster, one struct page each, as columns. A page's number is the slot of
 * its first frame >> PAGE_MMUSHIFT (hardware/frames.ts); columns grow as memory is touched. Where each struct page lies
 * decides what a look at it costs: with the KVA remap on the page's own node, else in low memory of the boot node. A struct page
 * of 40 bytes lies in two lines of 32, so each field has its own address. Source: include/linux/mm.h, arch/i386/mm/discontig.c of 2.6.0.
 */
import { after, asPfn, FRAME_BYTES, type KAddr, kaddr } from '../base/units.ts';
import type { Frames } from '../hardware/frames.ts';
import type { StructPageFields } from '../profiles/struct-page-fields.ts';

/** Where the struct pages of a node lie. */
export interface MemMapPlace {
  /** Node (place) whose memory holds them. */
  readonly place: number;
  /** Frame at which entry 0 lies. */
  readonly startPfn: number;
  /** Frame that entry 0 describes. */
  readonly firstPfn: number;
}

export class MemMap {
  flags = new Int32Array(0);
  /** page_count: references; a page without any is free. */
  count = new Int32Array(0);
  /** ptes that map the page (4 KiB each), whatever the reverse map: changed by map() and unmap() alone. */
  mapcount = new Int32Array(0);
  /** The reverse map's word: a pte, a chain, an anon object. */
  word = new Int32Array(0);
  /** Number of the address_space (mm/address-space.ts) that the page belongs to, 0 for none. */
  mapping = new Int32Array(0);
  /** Index in it, in page clusters; of swap-cache pages the swap entry is `priv`. */
  index = new Int32Array(0);
  priv = new Int32Array(0);
  /** Links of the list the page is on (LRU), page + 1; 0 for none. */
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** Number of the zone (place in Kernel.allZones). */
  zone = new Int16Array(0);
  /** Age (rmap15). */
  age = new Uint8Array(0);
  /** What it is used for (page-flags.ts OWNER). */
  owner = new Uint8Array(0);
  /** nr_mapped: pages that some pte maps. */
  mapped = 0;
  /** Granule of each struct page's first byte, + 1; and that byte's place in its frame. */
  private addresses = new Int32Array(0);
  private offsets = new Int16Array(0);

  constructor(
    private readonly frames: Frames,
    /** PAGE_MMUSHIFT. */
    readonly shift: number,
    private readonly structBytes: number,
    /** By place of the node that a page lies on. */
    private readonly places: readonly MemMapPlace[],
    private readonly fields: StructPageFields,
  ) {}

  /** Number of the page that holds a frame's slot; grows the columns to it. */
  pageOf(slot: number): number {
    const page = slot >> this.shift;
    if (page >= this.flags.length) this.grow(page);
    return page;
  }

  /** One pte more maps the page; one less. */
  map(page: number): void {
    if (this.mapcount[page]++ === 0) this.mapped++;
  }

  unmap(page: number): void {
    if (--this.mapcount[page] === 0) this.mapped--;
  }

  /** Slot of a page's first frame. */
  slotOf(page: number): number {
    return page << this.shift;
  }

  /** Place of the node that a page lies on. */
  homeOf(page: number): number {
    return this.frames.homeOf(page << this.shift);
  }

  /** Where the flags and the count of a page lie, which nearly everything begins with. */
  addressOf(page: number): KAddr {
    return this.at(page, this.fields.flags);
  }

  /** Where the link lies by which a free page hangs in a list. */
  listOf(page: number): KAddr {
    return this.at(page, this.fields.list);
  }

  /** Where page->lru lies. */
  lruOf(page: number): KAddr {
    return this.at(page, this.fields.lru);
  }

  /** Where page->mapping and page->index lie. */
  mappingOf(page: number): KAddr {
    return this.at(page, this.fields.mapping);
  }

  /** Where the reverse map's word lies. */
  wordOf(page: number): KAddr {
    return this.at(page, this.fields.pte);
  }

  private at(page: number, field: number): KAddr {
    const known = this.addresses[page];
    const start = known === 0 ? this.locate(page) : known - 1;
    const within = this.offsets[page] + field;
    if (within >= FRAME_BYTES) return this.granule(page, field);
    return (start + (((this.offsets[page] & 31) + field) >> 5)) as KAddr;
  }

  private locate(page: number): KAddr {
    const at = this.granule(page, 0);
    this.addresses[page] = at + 1;
    this.offsets[page] = this.bytesTo(page) % FRAME_BYTES;
    return at;
  }

  /** Of byte `offset` of a struct page. */
  private granule(page: number, offset: number): KAddr {
    const { place, startPfn } = this.places[this.frames.homeOf(page << this.shift)];
    const bytes = this.bytesTo(page) + offset;
    const mapSlot = this.frames.slotOf(place, asPfn(startPfn + Math.floor(bytes / FRAME_BYTES)));
    return after(kaddr(mapSlot, 0), bytes % FRAME_BYTES);
  }

  /** From the start of the node's mem_map to a struct page. */
  private bytesTo(page: number): number {
    const slot = page << this.shift;
    const { firstPfn } = this.places[this.frames.homeOf(slot)];
    return ((this.frames.pfnOf(slot) - firstPfn) >> this.shift) * this.structBytes;
  }

  private grow(page: number): void {
    const size = Math.max(4096, 2 ** Math.ceil(Math.log2(page + 1)));
    const wider = <T extends Int32Array | Int16Array | Uint8Array>(old: T, bigger: T): T => {
      bigger.set(old);
      return bigger;
    };
    this.flags = wider(this.flags, new Int32Array(size));
    this.count = wider(this.count, new Int32Array(size));
    this.mapcount = wider(this.mapcount, new Int32Array(size));
    this.word = wider(this.word, new Int32Array(size));
    this.mapping = wider(this.mapping, new Int32Array(size));
    this.index = wider(this.index, new Int32Array(size));
    this.priv = wider(this.priv, new Int32Array(size));
    this.next = wider(this.next, new Int32Array(size));
    this.previous = wider(this.previous, new Int32Array(size));
    this.zone = wider(this.zone, new Int16Array(size));
    this.age = wider(this.age, new Uint8Array(size));
    this.owner = wider(this.owner, new Uint8Array(size));
    this.addresses = wider(this.addresses, new Int32Array(size));
    this.offsets = wider(this.offsets, new Int16Array(size));
  }
}
