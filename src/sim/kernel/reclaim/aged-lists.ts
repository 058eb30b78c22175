/**
 * rmap15's lists of a zone: active_anon[16] and active_cache[16] by age, inactive_dirty, inactive_laundry, inactive_clean;
 * include/linux/mm_inline.h and kachunk of mm/vmscan.c, 2.4.21-rhel3.
 *
 * Ages decay in O(1): when no page of age 0 is left, all lists move down by one and a bias goes up, so that a page's stored age
 * (its age when it was put on a list, plus the bias then) less the bias of now is the list it is on. Stored ages wrap at 256.
 */
import { after } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import {
  PG_ACTIVE_ANON,
  PG_ACTIVE_CACHE,
  PG_INACTIVE_CLEAN,
  PG_INACTIVE_DIRTY,
  PG_INACTIVE_LAUNDRY,
  PG_LRU,
  PG_SWAPCACHE,
} from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { LruLists } from './lru-lists.ts';

export const MAX_AGE = 15;
export const INITIAL_AGE = 3;
/** What a reference adds (the OLS 2003 diary has one). */
export const AGE_STEP = 4;

export const ANON = 0;
export const CACHE = 1;
export type Kind = typeof ANON | typeof CACHE;

const AGES = MAX_AGE + 1;
const DIRTY = 2 * AGES;
const LAUNDRY = DIRTY + 1;
const CLEAN = DIRTY + 2;
const LISTS = DIRTY + 3;
const HEAD_BYTES = 8;
const ON_A_LIST = PG_ACTIVE_ANON | PG_ACTIVE_CACHE | PG_INACTIVE_DIRTY | PG_INACTIVE_LAUNDRY | PG_INACTIVE_CLEAN;
const INACTIVE_FLAGS = [PG_INACTIVE_DIRTY, PG_INACTIVE_LAUNDRY, PG_INACTIVE_CLEAN] as const;

export class AgedLists {
  readonly lists: LruLists;
  /** By zone and kind: what is added to ages, 0 to 255, and pages of all ages. */
  private readonly bias: Uint8Array;
  private readonly actives: Int32Array;
  /** By zone: times that ages moved down since kscand last came by. */
  readonly needScan: Int32Array;

  constructor(private readonly parts: KernelParts) {
    const zones = parts.allZones;
    this.bias = new Uint8Array(zones.length * 2);
    this.actives = new Int32Array(zones.length * 2);
    this.needScan = new Int32Array(zones.length);
    const heads = zones.flatMap(() => {
      const at = parts.data.claim(LISTS * HEAD_BYTES);
      return Array.from({ length: LISTS }, (_, list) => after(at, list * HEAD_BYTES));
    });
    this.lists = new LruLists(parts.memMap, heads);
  }

  /** page_anon(): backed by swap, or a shared segment that is attached (which counts as process memory). */
  isAnon(page: number): boolean {
    const { memMap, spaces } = this.parts;
    if (memMap.mapping[page] === 0 || (memMap.flags[page] & PG_SWAPCACHE) !== 0) return true;
    const space: AddressSpace | undefined = spaces.get(memMap.mapping[page]);
    return space?.kind === 'shm' && space.users > 0;
  }

  activePages(zone: number, kind: Kind): number {
    return this.actives[zone * 2 + kind];
  }

  dirtyPages(zone: number): number {
    return this.lists.sizes[zone * LISTS + DIRTY];
  }

  laundryPages(zone: number): number {
    return this.lists.sizes[zone * LISTS + LAUNDRY];
  }

  cleanPages(zone: number): number {
    return this.lists.sizes[zone * LISTS + CLEAN];
  }

  pagesOfAge(zone: number, kind: Kind, age: number): number {
    return this.lists.sizes[zone * LISTS + kind * AGES + age];
  }

  /** The page at the tail of a list, or -1. */
  oldest(on: KernelCpu, zone: number, kind: Kind, age: number): number {
    return this.lists.tail(on, zone * LISTS + kind * AGES + age);
  }

  lastDirty(on: KernelCpu, zone: number): number {
    return this.lists.tail(on, zone * LISTS + DIRTY);
  }

  lastLaundry(on: KernelCpu, zone: number): number {
    return this.lists.tail(on, zone * LISTS + LAUNDRY);
  }

  lastClean(on: KernelCpu, zone: number): number {
    return this.lists.tail(on, zone * LISTS + CLEAN);
  }

  /** Age of a page on an active list. */
  ageOf(page: number): number {
    const { memMap } = this.parts;
    const kind = (memMap.flags[page] & PG_ACTIVE_ANON) !== 0 ? ANON : CACHE;
    return (memMap.age[page] - this.bias[memMap.zone[page] * 2 + kind]) & 255;
  }

  /** add_page_to_active_list(); the lock is held. */
  addActive(on: KernelCpu, page: number, age: number, kind: Kind = this.isAnon(page) ? ANON : CACHE): void {
    const { memMap } = this.parts;
    const zone = memMap.zone[page];
    const of = zone * 2 + kind;
    memMap.flags[page] |= PG_LRU | (kind === ANON ? PG_ACTIVE_ANON : PG_ACTIVE_CACHE);
    memMap.age[page] = age + this.bias[of];
    this.actives[of]++;
    this.lists.add(on, zone * LISTS + kind * AGES + age, page);
  }

  addDirty(on: KernelCpu, page: number): void {
    this.addInactive(on, page, DIRTY);
  }

  /** add_page_to_inactive_laundry_list(); `second`: when its write began, kept in page->age modulo 256. */
  addLaundry(on: KernelCpu, page: number, second: number): void {
    this.addInactive(on, page, LAUNDRY);
    this.parts.memMap.age[page] = second & 255;
  }

  addClean(on: KernelCpu, page: number): void {
    this.addInactive(on, page, CLEAN);
  }

  /** Off whichever list it is on; the lock is held. */
  remove(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    const zone = memMap.zone[page];
    const flags = memMap.flags[page];
    this.lists.remove(on, zone * LISTS + this.listOf(page), page);
    if ((flags & PG_ACTIVE_ANON) !== 0) this.actives[zone * 2 + ANON]--;
    else if ((flags & PG_ACTIVE_CACHE) !== 0) this.actives[zone * 2 + CACHE]--;
    memMap.flags[page] &= ~ON_A_LIST;
  }

  /** To the head of the list that it is on. */
  rotate(on: KernelCpu, page: number): void {
    const list = this.parts.memMap.zone[page] * LISTS + this.listOf(page);
    this.lists.remove(on, list, page);
    this.lists.add(on, list, page);
  }

  /** kachunk_anon(), kachunk_cache(): where age 0 is empty and others are not, the age of every page falls by one. */
  kachunk(on: KernelCpu, zone: number, kind: Kind): void {
    const of = zone * 2 + kind;
    const base = zone * LISTS + kind * AGES;
    if (this.lists.sizes[base] > 0 || this.actives[of] === 0) return;
    for (let age = 0; age < MAX_AGE; age++) this.lists.splice(on, base + age + 1, base + age);
    this.bias[of]++;
    this.needScan[zone]++;
  }

  /** need_active_anon_scan(), need_active_cache_scan(): more pages are of the lower ages. */
  needsScan(zone: number, kind: Kind): boolean {
    let low = 0;
    for (let age = 0; age < MAX_AGE >> 1; age++) low += this.pagesOfAge(zone, kind, age);
    return this.activePages(zone, kind) - low < low;
  }

  private addInactive(on: KernelCpu, page: number, list: number): void {
    const { memMap } = this.parts;
    memMap.flags[page] |= PG_LRU | INACTIVE_FLAGS[list - DIRTY];
    this.lists.add(on, memMap.zone[page] * LISTS + list, page);
  }

  private listOf(page: number): number {
    const flags = this.parts.memMap.flags[page];
    if ((flags & PG_ACTIVE_ANON) !== 0) return this.ageOf(page);
    if ((flags & PG_ACTIVE_CACHE) !== 0) return AGES + this.ageOf(page);
    if ((flags & PG_INACTIVE_DIRTY) !== 0) return DIRTY;
    return (flags & PG_INACTIVE_LAUNDRY) !== 0 ? LAUNDRY : CLEAN;
  }
}
