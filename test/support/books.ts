/** What must hold of a whole kernel between two operations, counted from outside: zones, lists, swap, kmaps, counters, locks. */
import * as C from '../../src/sim/base/counters.ts';
import { PTE_PRESENT, PTE_SWAP, pteNumber } from '../../src/sim/hardware/pte-pages.ts';
import type { KernelCpu } from '../../src/sim/kernel/cpu.ts';
import type { Kernel } from '../../src/sim/kernel/kernel.ts';
import { OWNER, ownerNames, PG_ACTIVE, PG_LRU } from '../../src/sim/kernel/page-flags.ts';
import { takeSnapshot } from '../../src/sim/kernel/proc/take-snapshot.ts';
import type { Reclaim24 } from '../../src/sim/kernel/reclaim/reclaim-2.4.ts';
import type { Reclaim26 } from '../../src/sim/kernel/reclaim/reclaim-2.6.ts';
import { Rmap15 } from '../../src/sim/kernel/reclaim/rmap15.ts';
import type { Zone } from '../../src/sim/kernel/zone.ts';
import { countErrors } from './census.ts';

/** Owners whose pages come one by one and are on an LRU list while they are in use. */
const LISTED = [OWNER.anonymous, OWNER['page cache'], OWNER['shared memory']];

/** Everything that does not add up; empty where all does. `cpus`: all that have run. */
export function bookErrors(kernel: Kernel, cpus: readonly KernelCpu[]): readonly string[] {
  return [
    ...countErrors(kernel),
    ...kernel.allZones.flatMap((zone) => zoneErrors(zone)),
    ...ownerErrors(kernel),
    ...listErrors(kernel),
    ...swapErrors(kernel),
    ...markErrors(kernel),
    ...kmapErrors(kernel, cpus),
    ...counterErrors(kernel, cpus),
    ...printedErrors(kernel, cpus),
  ];
}

/** Free blocks, per-CPU lists and pages in use are all of the zone. */
function zoneErrors(zone: Zone): readonly string[] {
  const errors: string[] = [];
  const name = `node ${zone.node} ${zone.layout.name}`;
  const listed = zone.census.reduce((sum, count, order) => sum + count * 2 ** order, 0);
  if (listed !== zone.free) errors.push(`${name}: nr_free ${zone.free}, ${listed} on the free lists`);
  const free = zone.owned[OWNER.free];
  if (free !== zone.free + zone.onCpuLists) errors.push(`${name}: ${free} free in its books`);
  const owned = zone.owned.reduce((sum, pages) => sum + pages, 0);
  const present = Math.floor(zone.layout.present / zone.clusterFrames);
  if (owned !== Math.max(present, free)) errors.push(`${name}: ${owned} pages owned of ${present}`);
  if (zone.owned.some((pages) => pages < 0)) errors.push(`${name}: an owner of less than nothing`);
  return errors;
}

/** No two buddies are free, and each pair bit is right. Looks at every block of the zone. */
export function buddyErrors(zone: Zone): readonly string[] {
  const errors: string[] = [];
  const name = `node ${zone.node} ${zone.layout.name}`;
  const top = zone.census.length - 1;
  for (let order = 0; order < top; order++) {
    for (let at = 0; at < zone.clusters; at += 2 ** (order + 1)) {
      const first = zone.lists.freeBlockAt(at) === order;
      const second = at + 2 ** order < zone.clusters && zone.lists.freeBlockAt(at + 2 ** order) === order;
      if (first && second) errors.push(`${name}: both buddies free at ${at}, order ${order}`);
      if (zone.lists.pairBit(at, order) !== (first !== second))
        errors.push(`${name}: pair bit of ${at}, order ${order}`);
    }
  }
  return errors;
}

/** The zones' books of who owns how many pages, against the struct pages. */
function ownerErrors({ memMap, allZones }: Kernel): readonly string[] {
  const errors: string[] = [];
  for (const owner of LISTED) {
    const counted = new Int32Array(allZones.length);
    for (let page = 0; page < memMap.count.length; page++) {
      if (memMap.count[page] > 0 && memMap.owner[page] === owner) counted[memMap.zone[page]]++;
    }
    for (const [number, zone] of allZones.entries()) {
      if (zone.owned[owner] === counted[number]) continue;
      errors.push(`zone ${number}: ${zone.owned[owner]} pages ${ownerNames[owner]}, ${counted[number]} struct pages`);
    }
  }
  return errors;
}

/** A page is on exactly one list, or waits in a pagevec; those are the pages with PG_lru, and all pages of programs and files. */
function listErrors({ reclaim, memMap }: Kernel): readonly string[] {
  const errors: string[] = [];
  const seen = new Set<number>();
  let waiting = 0;
  const lists = reclaim instanceof Rmap15 ? reclaim.lists.lists : (reclaim as Reclaim24 | Reclaim26).lru.lists;
  if (!(reclaim instanceof Rmap15)) {
    const { lru } = reclaim as Reclaim24 | Reclaim26;
    ({ waiting } = lru);
    if (lru.isolated !== 0) errors.push(`${lru.isolated} pages isolated between operations`);
  }
  for (const [list, size] of lists.sizes.entries()) {
    const pages = lists.pagesOf(list);
    if (pages.length !== size) errors.push(`list ${list}: ${size} pages, ${pages.length} linked`);
    for (const page of pages) {
      if (seen.has(page)) errors.push(`page ${page} is on two lists`);
      seen.add(page);
      if (memMap.count[page] === 0) errors.push(`page ${page} is free and on list ${list}`);
      // Two lists a zone, or two in all: the second of each pair is the active one.
      const active = (memMap.flags[page] & PG_ACTIVE) !== 0;
      if (!(reclaim instanceof Rmap15) && active !== (list % 2 === 1))
        errors.push(`page ${page}: PG_active on ${list}`);
    }
  }
  let flagged = 0;
  for (let page = 0; page < memMap.count.length; page++) {
    if (memMap.count[page] === 0) continue;
    const onLru = (memMap.flags[page] & PG_LRU) !== 0;
    if (onLru) flagged++;
    else if (LISTED.includes(memMap.owner[page])) errors.push(`page ${page} is in use and on no list`);
    if (seen.has(page) && !onLru) errors.push(`page ${page} is on a list without PG_lru`);
  }
  if (flagged !== seen.size + waiting) errors.push(`PG_lru on ${flagged} pages, ${seen.size} + ${waiting} on lists`);
  return errors;
}

/** Frames that hold a segment carry the mark of their range, and no others carry any. */
function markErrors({ spaces, memMap, machine, ptePages, layout }: Kernel): readonly string[] {
  const { locality } = machine;
  const errors: string[] = [];
  let held = 0;
  for (const { name, kind, pages, ranges } of spaces.values()) {
    if (ranges.length === 0) continue;
    const frames = kind === 'hugetlb' ? ptePages.entries : 1 << memMap.shift;
    for (const [index, slot] of pages) {
      held += frames;
      for (let piece = 0; piece < frames; piece++) {
        const pgoff = index * frames + piece;
        const wanted = ranges.filter(({ first }) => first <= pgoff).at(-1)?.tag;
        const found = locality.tagOf(memMap.slotOf(slot - 1) + piece);
        if (found !== wanted) errors.push(`page ${pgoff} of ${name} has mark ${found}, not ${wanted}`);
      }
    }
  }
  const marked = locality.framesByTag(layout.nodes.length).flatMap((nodes) => [...nodes]);
  const sum = marked.reduce((total, count) => total + count, 0);
  if (sum !== held) errors.push(`${sum} frames carry the mark of a range, segments have ${held}`);
  return errors;
}

/** An entry's count is the ptes and segments that hold it, and one for the swap cache; entries without any are free. */
function swapErrors({ swap, ptePages, mms, spaces, pageCache }: Kernel): readonly string[] {
  const errors: string[] = [];
  const held = new Map<number, number>();
  const hold = (entry: number): void => void held.set(entry, (held.get(entry) ?? 0) + 1);
  const seen = new Set<number>();
  for (const { table } of mms.values()) {
    for (let vpn = 0; vpn < table.vpns; vpn += ptePages.entries) {
      const ptePage = table.ptePageOf(vpn);
      if (ptePage < 0 || seen.has(ptePage)) continue;
      seen.add(ptePage);
      for (let pte = ptePage * ptePages.entries; pte < (ptePage + 1) * ptePages.entries; pte++) {
        const value = ptePages.get(pte);
        if ((value & (PTE_PRESENT | PTE_SWAP)) === PTE_SWAP) hold(pteNumber(value));
      }
    }
  }
  for (const space of spaces.values()) {
    if (space.kind === 'shm') for (const entry of pageCache.stateOf(space).swapped.values()) hold(entry);
  }
  let used = 0;
  for (let entry = 1; entry <= swap.total; entry++) {
    const users = swap.users(entry);
    if (users > 0) used++;
    const expected = (held.get(entry) ?? 0) + (swap.lookup(entry) < 0 ? 0 : 1);
    if (users !== expected) errors.push(`swap entry ${entry}: count ${users}, ${expected} hold it`);
  }
  if (swap.total - swap.free !== used)
    errors.push(`swap: ${swap.total - swap.free} entries taken, ${used} with a count`);
  return errors;
}

/** Nobody holds a kmap between operations; a pool maps what its counts say, and flushes at least once a round. */
function kmapErrors({ highmem }: Kernel, cpus: readonly KernelCpu[]): readonly string[] {
  const errors: string[] = [];
  const { pkmap, atomic } = highmem;
  for (const { cpu } of cpus) if (atomic.depth(cpu) !== 0) errors.push(`CPU ${cpu} holds an atomic kmap`);
  const mapped = [...pkmap.pages].filter((page) => page >= 0);
  if (new Set(mapped).size !== mapped.length) errors.push('a page has two addresses in the pool');
  if (mapped.length !== pkmap.counts.filter((count) => count >= 1).length) errors.push('pkmap_count and ptes differ');
  if (pkmap.counts.some((count) => count > 1)) errors.push('a kmap is held');
  const least = Math.floor(pkmap.mappings / pkmap.counts.length);
  if (pkmap.flushes < least) errors.push(`${pkmap.flushes} flushes of the pool, at least ${least}`);
  return errors;
}

function counterErrors({ rmap, ptePages, mms }: Kernel, cpus: readonly KernelCpu[]): readonly string[] {
  const errors: string[] = [];
  const sum = (counter: number): number => cpus.reduce((total, { core }) => total + core.counters[counter], 0);
  const orders: readonly (readonly [string, number, number])[] = [
    ['pgsteal <= pgscan', C.PGSTEAL, C.PGSCAN],
    ['kswapd_steal <= pgsteal', C.KSWAPD_STEAL, C.PGSTEAL],
    ['pgfree <= pgalloc', C.PGFREE, C.PGALLOC],
  ];
  for (const [what, less, more] of orders) {
    if (sum(less) > sum(more)) errors.push(`${what}: ${sum(less)}, ${sum(more)}`);
  }
  if (!rmap.finds) return errors;
  let present = 0;
  const seen = new Set<number>();
  for (const { table } of mms.values()) {
    for (let vpn = 0; vpn < table.vpns; vpn += ptePages.entries) {
      const ptePage = table.ptePageOf(vpn);
      if (ptePage < 0 || seen.has(ptePage)) continue;
      seen.add(ptePage);
      present += ptePages.present[ptePage];
    }
  }
  const entries = sum(C.RMAP_ADDS) - sum(C.RMAP_REMOVES);
  if (entries !== present) errors.push(`the reverse map has ${entries} entries, ${present} ptes are present`);
  return errors;
}

/** What /proc says. */
function printedErrors(kernel: Kernel, cpus: readonly KernelCpu[]): readonly string[] {
  const errors: string[] = [];
  const counters = new Float64Array(cpus[0].core.counters.length);
  for (const { core } of cpus) for (let i = 0; i < counters.length; i++) counters[i] += core.counters[i];
  const { vmstat, meminfo } = takeSnapshot(kernel, counters, cpus[0].core.clock);
  const stat = new Map(vmstat);
  const mapped = new Set<number>();
  const { mms, ptePages, memMap } = kernel;
  for (const { table } of mms.values()) {
    for (let vpn = 0; vpn < table.vpns; vpn += ptePages.entries) {
      const ptePage = table.ptePageOf(vpn);
      for (let i = 0; ptePage >= 0 && i < ptePages.entries; i++) {
        const value = ptePages.get(ptePage * ptePages.entries + i);
        if ((value & PTE_PRESENT) !== 0) mapped.add(memMap.pageOf(pteNumber(value)));
      }
    }
  }
  if (stat.get('nr_mapped') !== mapped.size) errors.push(`nr_mapped ${stat.get('nr_mapped')}, ${mapped.size} pages`);
  const memory = new Map(meminfo);
  const value = (name: string): number => memory.get(name) ?? 0;
  if (value('HighFree') + value('LowFree') !== value('MemFree')) errors.push('MemFree is not HighFree and LowFree');
  if (value('MemFree') > value('MemTotal')) errors.push('more memory is free than there is');
  return errors;
}
