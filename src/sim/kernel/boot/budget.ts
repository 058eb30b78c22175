/**
 * Low memory item by item, in the order in which boot takes it; with the free rest the items add up to maxmem. The
 * windows of the other nodes cost address space only (their frames are those nodes' own), the rest costs frames.
 * Sizes of the kernel and of what is taken after boot are the profile's; the rest is arithmetic.
 *
 * Where a machine does not boot the items keep their sizes and add up to more than maxmem.
 */
import { grouped } from '../../base/grouped.ts';
import { FRAME_BYTES, KIB } from '../../base/units.ts';
import { compilerFigures } from '../../profiles/compilers.ts';
import { isAssumed, sourceOf } from '../../profiles/sources.ts';
import type { BudgetItem } from './layout.ts';
import { largePageFrames } from './limits.ts';
import type { BootPlan } from './plan.ts';
import { lowRamBytes, reservedOf, type Reserved } from './reserved.ts';
import { framesAsMib, kb, pages } from './text.ts';

const DISCONTIG = '2.6.0 arch/i386/mm/discontig.c';
const PAGE_ALLOC = 'mm/page_alloc.c: (pages + 1) x sizeof(struct page), whole pages';
const BY_RULE = 'arithmetic';
/** Formula of an item that the profile gives: its source says more. */
export const GIVEN = 'as the profile gives it';

/** Names of the items that boot itself makes; a failure names one of them. */
export const ITEM = {
  windows: (nodes: string): string => `KVA windows (mem_map of ${nodes})`,
  memMapNode: (id: number): string => `mem_map of node ${id}`,
  memMapFlat: 'mem_map (whole machine)',
  memMapAll: 'mem_map (all nodes)',
  code: 'kernel code',
  data: 'kernel data',
  init: 'kernel init (freed after boot)',
  other: 'other reserved',
  hole: 'not RAM',
  remapped: 'remapped mem_map below max_low_pfn',
  free: 'free',
} as const;

/** `node 3`, or `nodes 1-7`, or `7 nodes` where their ids do not follow each other. */
function nodesText(ids: readonly number[]): string {
  if (ids.length === 1) return `node ${ids[0]}`;
  const run = ids.every((id, place) => place === 0 || id === ids[place - 1] + 1);
  return run ? `nodes ${ids[0]}-${ids[ids.length - 1]}` : `${ids.length} nodes`;
}

/** Name of the item of all KVA windows. */
export function windowsItem(plan: BootPlan): string {
  return ITEM.windows(nodesText(plan.windows.map((window) => plan.spans[window.node].id)));
}

/** Name of the item of the mem_map that lies in low memory. */
export function memMapItem(plan: BootPlan): string {
  if (plan.is64) return plan.spans.length === 1 ? ITEM.memMapNode(plan.spans[0].id) : ITEM.memMapAll;
  if (plan.traits.kvaRemap || plan.spans.length === 1) return ITEM.memMapNode(plan.spans[plan.bootNode]?.id ?? 0);
  return ITEM.memMapFlat;
}

function windowsFormula(plan: BootPlan): string {
  const counts = new Map<number, number>();
  for (const window of plan.windows) counts.set(window.pages, (counts.get(window.pages) ?? 0) + 1);
  const sizes = [...counts].map(([size, count]) => `${count === 1 ? '' : `${count} x `}${framesAsMib(size)}`);
  const { structPage } = plan.traits;
  const large = framesAsMib(largePageFrames(plan.profile.machine));
  const each = `(frames / ${plan.clusterFrames} + 1) x ${structPage.bytes} B, rounded up to ${large}`;
  return `${sizes.join(' + ')}; each ${each}`;
}

function memMapFormula(plan: BootPlan): string {
  const { traits, spans, clusterFrames } = plan;
  const entries = (frames: number): string =>
    `(${grouped(frames)} / ${clusterFrames} + 1) x ${traits.structPage.bytes} B`;
  const unit = `whole ${kb(clusterFrames * FRAME_BYTES)} pages`;
  if (plan.is64 && spans.length > 1) {
    const frames = spans.reduce((sum, span) => sum + span.endPfn - span.startPfn, 0);
    return `${grouped(frames)} / ${clusterFrames} x ${traits.structPage.bytes} B and one more a node, each on its node, ${unit}`;
  }
  if (plan.is64 || traits.kvaRemap) {
    const boot = spans[plan.bootNode];
    return `${entries(boot === undefined ? 0 : boot.endPfn - boot.startPfn)}, ${unit}`;
  }
  return `${entries(plan.maxPfn)}, ${unit}, one flat array`;
}

function owner(item: string): BudgetItem['owner'] {
  if (/page.?table|\bp[gmt]ds?\b|\bptes?\b/i.test(item)) return 'page-tables';
  return /slab|cache/i.test(item) ? 'slab' : 'kernel';
}

function given(plan: BootPlan, item: string, as: BudgetItem['owner'], bytes: number, path: string): BudgetItem {
  const source = sourceOf(plan.profile, path);
  return { item, bytes, owner: as, formula: GIVEN, source: source ?? 'assumed', assumed: isAssumed(source) };
}

function memMapItems(plan: BootPlan, reserved: Reserved): BudgetItem[] {
  const { structPage } = plan.traits;
  const common = { owner: 'mem_map' as const, assumed: structPage.assumed };
  const items: BudgetItem[] = [];
  if (plan.windows.length > 0) {
    const bytes = plan.kvaPagesTotal * FRAME_BYTES;
    items.push({ item: windowsItem(plan), bytes, formula: windowsFormula(plan), source: DISCONTIG, ...common });
  }
  const bytes = reserved.memMapBytes;
  items.push({ item: memMapItem(plan), bytes, formula: memMapFormula(plan), source: PAGE_ALLOC, ...common });
  if (plan.remappedLowPages > 0) {
    const formula = `${pages(plan.remappedLowPages)} at the end of nodes that end below max_low_pfn`;
    const remapped = plan.remappedLowPages * FRAME_BYTES;
    items.push({ item: ITEM.remapped, bytes: remapped, formula, source: BY_RULE, owner: 'mem_map', assumed: true });
  }
  return items;
}

/** The kernel's code: as the profile gives it, or that times what another compiler makes of it. */
function codeItem(plan: BootPlan, reserved: Reserved): BudgetItem {
  const { kernel } = plan.profile;
  const code = given(plan, ITEM.code, 'kernel', reserved.codeBytes, 'kernel.codeKiB');
  const { text } = compilerFigures(kernel);
  if (text === 1) return code;
  return {
    ...code,
    formula: `${grouped(kernel.codeKiB)} KiB x ${Number(text.toFixed(3))}, as compiled`,
    assumed: true,
  };
}

/** The items, largest decisions first and the free rest last; `free` items add up to LowFree. */
export function lowmemBudget(plan: BootPlan): BudgetItem[] {
  const { bootItems } = plan.profile.kernel;
  const reserved = reservedOf(plan);
  const items = memMapItems(plan, reserved);
  items.push(codeItem(plan, reserved));
  items.push(given(plan, ITEM.data, 'kernel', reserved.dataBytes, 'kernel.dataKiB'));
  items.push(given(plan, ITEM.other, 'kernel', reserved.otherBytes, 'kernel.reservedKiB'));
  if (plan.holePages > 0) {
    const bytes = plan.holePages * FRAME_BYTES;
    const formula = `${pages(plan.holePages)} below max_low_pfn that are not RAM`;
    items.push({ item: ITEM.hole, bytes, owner: 'hole', formula, source: BY_RULE, assumed: false });
  }
  let taken = 0;
  for (const [place, { item, kib }] of bootItems.entries()) {
    taken += kib * KIB;
    items.push(given(plan, item, owner(item), kib * KIB, `kernel.bootItems[${place}].kib`));
  }
  items.push(given(plan, ITEM.init, 'free', reserved.initBytes, 'kernel.initKiB'));
  const rest = Math.max(0, lowRamBytes(plan) - reserved.totalBytes - taken);
  const formula = `${grouped(plan.maxmemPfn)} pages less all of the above`;
  items.push({ item: ITEM.free, bytes: rest, owner: 'free', formula, source: BY_RULE, assumed: false });
  return items;
}
