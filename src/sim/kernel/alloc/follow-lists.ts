/**
 * What a followed reference did to zones' page lists, and to its page: the buddy lists by order and the CPU's own sets
 * before and after, and who maps the page in the end. Only read; plain data.
 */
import type { Kernel } from '../kernel.ts';
import { ownerNames, type PageOwner } from '../page-flags.ts';
import type { Zone } from '../zone.ts';

/** A zone's page lists at one moment. Page clusters. */
export interface ListsLook {
  /** Free on the buddy lists. */
  readonly free: number;
  /** Free blocks of each order, from order 0. */
  readonly blocks: readonly number[];
  /** Pages on the CPU's own hot and cold list; absent where the kernel has none. */
  readonly sets?: { readonly hot: number; readonly cold: number };
}

export interface FollowedLists {
  /** Type and number of its node, as `HighMem` and 2; and which of several of one type. */
  readonly name: string;
  readonly node: number;
  readonly index: number;
  /** The page of the reference lies in it. */
  readonly gave: boolean;
  readonly before: ListsLook;
  readonly after: ListsLook;
}

/** A pte that maps the page. */
export interface FollowedPte {
  readonly vpn: number;
  /** Address spaces whose page tables have it (several share it), by id, with the task that runs there where one does. */
  readonly spaces: readonly { readonly id: number; readonly task?: string }[];
}

export interface FollowedPage {
  /** Frame of the line. */
  readonly pfn: number;
  readonly node: number;
  readonly zone: string;
  readonly owner: PageOwner;
  /** page_count and mapcount. */
  readonly count: number;
  readonly mapcount: number;
  /** Name of the reverse map, and what it finds for the page; at most so many are listed. */
  readonly rmap: string;
  readonly ptes: readonly FollowedPte[];
}

/** More ptes than this are counted by mapcount only. */
const MOST_PTES = 64;

/** A zone's lists as they stand, with the sets of one CPU. */
export function lookAtLists(zone: Zone, cpu: number): ListsLook {
  const lists = { free: zone.free, blocks: zone.census };
  if (zone.layout.batch === 0) return lists;
  const sets = zone.sets[cpu];
  return { ...lists, sets: { hot: sets?.hot.count ?? 0, cold: sets?.cold.count ?? 0 } };
}

/** The page that a frame's slot lies in. */
export function lookAtPage(kernel: Kernel, slot: number): FollowedPage {
  const { memMap, frames, rmap, ptePages, walk } = kernel;
  const page = memMap.pageOf(slot);
  const zone = kernel.allZones[memMap.zone[page]];
  const ptes = rmap.ptesOf(page).slice(0, MOST_PTES);
  const tasks = [...kernel.tasks.values()];
  return {
    pfn: frames.pfnOf(slot),
    node: zone.node,
    zone: zone.layout.name,
    owner: ownerNames[memMap.owner[page]],
    count: memMap.count[page],
    mapcount: memMap.mapcount[page],
    rmap: rmap.kind,
    ptes: ptes.map((pte) => ({
      vpn: ptePages.baseVpns[pte >> ptePages.entriesShift] + (pte & (ptePages.entries - 1)),
      spaces: walk.mmsOf(pte).map((mm) => {
        const task = tasks.find((each) => each.mm === mm);
        return task === undefined ? { id: mm.id } : { id: mm.id, task: `${task.name} (pid ${task.pid})` };
      }),
    })),
  };
}
