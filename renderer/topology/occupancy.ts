/**
 * What is in each zone, as far as it is known: after boot from the low-memory budget, during a run from its samples, and
 * from the kernel's own count of owners where a run has left it. Boot puts the kernel image into the first zone (it is
 * loaded at 1 MiB) and everything else behind it; samples tell user pages only from free ones. Pure.
 */
import type { ProcZone } from '../../src/sim/kernel/proc/snapshot.ts';
import { ownedParts } from '../panels/memory-owners.ts';
import type { BootLayout, BudgetItem, NodeLayout, ZoneLayout } from '../../src/sim/kernel/boot/layout.ts';

type Owner =
  | 'kernel'
  | 'memmap'
  | 'pt'
  | 'slab'
  | 'stack'
  | 'other'
  | 'cache'
  | 'shm'
  | 'anon'
  | 'huge'
  | 'hole'
  | 'percpu'
  | 'free';

export interface Part {
  readonly owner: Owner;
  readonly pages: number;
}

export interface ZoneContent {
  readonly zone: ZoneLayout;
  /** From the foot up; free last. */
  readonly parts: readonly Part[];
  readonly freePages: number;
  readonly state: ZoneState;
}

/** Where free stands against the marks. */
export type ZoneState = 'above high' | 'near high' | 'below low';

const FRAME = 4096;
const owners: Readonly<Record<BudgetItem['owner'], Owner>> = {
  mem_map: 'memmap',
  kernel: 'kernel',
  'page-tables': 'pt',
  slab: 'slab',
  hole: 'hole',
  free: 'free',
};
/** The budget's items that are the kernel image. */
const IMAGE = /^kernel (code|data|init)/;
const order: readonly Owner[] = [
  'hole',
  'kernel',
  'memmap',
  'pt',
  'slab',
  'stack',
  'other',
  'cache',
  'shm',
  'anon',
  'huge',
  'percpu',
  'free',
];

/** Free pages of a zone in a run, or undefined where no run says. */
export type FreeOf = (node: NodeLayout, zone: ZoneLayout) => number | undefined;

/** What a run says of a zone's pages, in its pages of PAGE_SIZE. */
export type Owned = Pick<ProcZone, 'free' | 'perCpu' | 'owners'>;

/** Who owns a zone's pages, or undefined where no run says. */
export type OwnedOf = (node: NodeLayout, zone: ZoneLayout) => Owned | undefined;

/** The zones of a node with what is in them. `freeOf` and `ownedOf` are what a run says. */
export function contentOf(
  layout: BootLayout,
  node: NodeLayout,
  freeOf: FreeOf,
  ownedOf: OwnedOf = () => undefined,
): readonly ZoneContent[] {
  const queue = takenAtBoot(layout, node);
  return node.zones.map((zone, index) => {
    const isLast = index === node.zones.length - 1 || node.zones[index + 1].name === 'HighMem';
    const parts = zone.name === 'HighMem' ? [] : takeInto(queue, zone.present, isLast);
    const owned = ownedOf(node, zone);
    if (owned !== undefined) return ownedContent(layout, zone, owned, parts);
    const holes = zone.pages - zone.present;
    const booted = parts.reduce((sum, part) => sum + part.pages, 0);
    const freePages = Math.max(0, Math.min(zone.present, freeOf(node, zone) ?? zone.present - booted));
    const anon = Math.max(0, zone.present - booted - freePages);
    const all: Part[] = [
      ...parts,
      { owner: 'hole', pages: holes },
      { owner: 'anon', pages: anon },
      { owner: 'free', pages: freePages },
    ];
    const shown = all.filter((part) => part.pages > 0).sort((a, b) => order.indexOf(a.owner) - order.indexOf(b.owner));
    return { zone, parts: shown, freePages, state: stateOf(zone, freePages / layout.clusterFrames) };
  });
}

/** As the kernel counts it. Of what boot took it does not tell mem_map apart: that is known from the boot itself. */
function ownedContent(layout: BootLayout, zone: ZoneLayout, owned: Owned, booted: readonly Part[]): ZoneContent {
  const frames = layout.clusterFrames;
  const memmap = booted.find(({ owner }) => owner === 'memmap')?.pages ?? 0;
  const parts = ownedParts(owned).flatMap(({ owner, pattern, pages }): Part[] => {
    const all = pages * frames;
    if (owner !== 'reserved') return [{ owner: pattern.slice('own-'.length) as Owner, pages: all }];
    const map = Math.min(memmap, all);
    return [
      { owner: 'kernel', pages: all - map },
      { owner: 'memmap', pages: map },
    ];
  });
  const all: Part[] = [{ owner: 'hole', pages: zone.pages - zone.present }, ...parts];
  const shown = all.filter((part) => part.pages > 0).sort((a, b) => order.indexOf(a.owner) - order.indexOf(b.owner));
  return { zone, parts: shown, freePages: owned.free * frames, state: stateOf(zone, owned.free) };
}

/** Marks count clusters, and so does `free`. */
function stateOf(zone: ZoneLayout, free: number): ZoneState {
  if (free <= zone.watermarks.low) return 'below low';
  return free <= zone.watermarks.high ? 'near high' : 'above high';
}

/** The node with the lowest addresses, by layout: asked for every node of up to 4,096. */
const lowest = new WeakMap<BootLayout, number>();

function holdsLowMemory(layout: BootLayout, node: NodeLayout): boolean {
  let first = lowest.get(layout);
  if (first === undefined) {
    first = layout.nodes.reduce((low, candidate) => (candidate.startPfn < low.startPfn ? candidate : low)).id;
    lowest.set(layout, first);
  }
  return node.id === first;
}

/** What boot took of this node, in the order in which it lies. On a 64-bit machine every node holds its own mem_map. */
function takenAtBoot(layout: BootLayout, node: NodeLayout): Part[] {
  const items = holdsLowMemory(layout, node) ? lowItems(layout) : [];
  if (layout.lowmemEnd !== 0) return items;
  const bytes = ((node.endPfn - node.startPfn) / layout.clusterFrames + 1) * layout.memMap.structPageBytes;
  const own: Part = { owner: 'memmap', pages: Math.ceil(bytes / FRAME) };
  return [
    ...items.filter((part) => part.owner === 'kernel'),
    own,
    ...items.filter((part) => part.owner !== 'kernel' && part.owner !== 'memmap'),
  ];
}

/** Pages of low memory that are taken, without the windows: those cost addresses, their frames lie on the other nodes. */
function lowItems(layout: BootLayout): Part[] {
  const sums: Partial<Record<Owner, number>> = {};
  let image = 0;
  layout.lowmemBudget.forEach((item, index) => {
    const owner = owners[item.owner];
    const isWindows = index === 0 && layout.memMap.kvaPagesTotal > 0;
    if (owner === 'free' || owner === 'hole' || isWindows) return;
    if (IMAGE.test(item.item)) image += item.bytes / FRAME;
    else sums[owner] = (sums[owner] ?? 0) + item.bytes / FRAME;
  });
  const rest = (['memmap', 'kernel', 'pt', 'slab'] as const).map((owner) => ({
    owner,
    pages: Math.ceil(sums[owner] ?? 0),
  }));
  return [{ owner: 'kernel' as const, pages: Math.ceil(image) }, ...rest].filter((part) => part.pages > 0);
}

/** Takes from the head of `queue` what fits into a zone; what does not stays for the next one. */
function takeInto(queue: Part[], room: number, isLast: boolean): Part[] {
  const taken: Part[] = [];
  let left = room;
  while (left > 0 && queue.length > 0) {
    const [first] = queue;
    const pages = Math.min(left, first.pages);
    taken.push({ owner: first.owner, pages });
    left -= pages;
    // The kernel image ends the zone it is loaded into: mem_map is taken from the next one, as far as there is one.
    if (pages === first.pages) queue.shift();
    else queue[0] = { ...first, pages: first.pages - pages };
    if (first.owner === 'kernel' && !isLast) return taken;
  }
  return taken;
}
