/** An item of the low-memory budget in words: what it is, its figures one by one, and what makes it larger or smaller. Pure. */
import type { BootLayout, BudgetItem } from '../../../src/sim/kernel/boot/layout.ts';
import { formatBytes, formatNumber, formatShare } from '../format.ts';

const FRAME_BYTES = 4096;

export interface Explanation {
  /** What it is and what it costs. */
  readonly what: string;
  /** The arithmetic with this machine's figures, a line a step. */
  readonly figures: readonly string[];
  /** What makes it larger or smaller. */
  readonly turns: string;
}

const isWindows = (item: BudgetItem): boolean => item.owner === 'mem_map' && item.item.startsWith('KVA windows');

function whatOf(item: BudgetItem): string {
  if (isWindows(item)) {
    return 'The mem_map of every node but the first lies in that node’s own memory. The kernel sees it through a window: addresses taken from the end of low memory. No frame of low memory is used, but as many can no longer be reached.';
  }
  switch (item.owner) {
    case 'mem_map':
      return 'One struct page for every page of memory that this mem_map describes, in low memory itself, for as long as the machine is up.';
    case 'hole':
      return 'Addresses below max_low_pfn behind which there is no RAM: the machine’s own holes.';
    case 'page-tables':
      return 'Page tables that exist once the machine has started.';
    case 'slab':
      return 'Caches of the slab allocator once the machine has started.';
    case 'kernel':
      return 'What the kernel itself keeps: its image, its static data and what it takes while it boots.';
    case 'free':
      return item.item === 'free'
        ? 'What is left for page tables, kernel stacks, slabs and buffers of everything that will run.'
        : 'Taken while the kernel boots and given back when it has: it counts as free.';
  }
}

function turnsOf(item: BudgetItem): string {
  if (isWindows(item)) {
    return 'It grows with the memory of the other nodes and with sizeof(struct page); a page cluster divides it. Each window is rounded up to a large page.';
  }
  switch (item.owner) {
    case 'mem_map':
      return 'It grows with memory and with sizeof(struct page); a page cluster divides it.';
    case 'hole':
      return 'Only another memory map of the machine changes it.';
    case 'page-tables':
    case 'slab':
      return 'It is a figure of the machine as it was found after boot; what runs makes it grow.';
    case 'kernel':
      return 'It is a figure of the kernel’s build; it does not grow with memory.';
    case 'free':
      return item.item === 'free'
        ? 'Everything above makes it smaller. A smaller user space or a smaller vmalloc reserve gives the kernel more addresses.'
        : 'It is a figure of the kernel’s build.';
  }
}

/** A node's mem_map: frames, struct pages, bytes and the window that holds them; nodes alike stand together. */
function windowLines(layout: BootLayout): string[] {
  const { structPageBytes } = layout.memMap;
  const alike = new Map<string, number[]>();
  for (const { id, startPfn, endPfn, kvaPages } of layout.nodes) {
    if (kvaPages === 0) continue;
    const key = `${endPfn - startPfn} ${kvaPages}`;
    alike.set(key, [...(alike.get(key) ?? []), id]);
  }
  return [...alike].map(([key, ids]) => {
    const [frames = 0, window = 0] = key.split(' ').map(Number);
    const entries = Math.floor(frames / layout.clusterFrames) + 1;
    const who = ids.length === 1 ? `Node ${ids[0]}` : `${ids.length} nodes (${namesOf(ids)}), each`;
    const bytes = formatBytes(entries * structPageBytes);
    return `${who}: ${formatNumber(frames)} frames make ${formatNumber(entries)} struct pages of ${structPageBytes} B, ${bytes}, in a window of ${formatBytes(window * FRAME_BYTES)}.`;
  });
}

function namesOf(ids: readonly number[]): string {
  const last = ids[ids.length - 1] ?? 0;
  return last - (ids[0] ?? 0) === ids.length - 1 ? `${ids[0]} to ${last}` : ids.join(', ');
}

function figuresOf(item: BudgetItem, layout: BootLayout): string[] {
  const limit = layout.maxmemPfn * FRAME_BYTES;
  const lines = isWindows(item) ? windowLines(layout) : [];
  if (item.item === 'free') {
    lines.push(`${formatBytes(limit)} up to the limit of low memory;`);
    for (const other of layout.lowmemBudget) {
      if (other !== item && other.bytes > 0) lines.push(`less ${other.item}: ${formatBytes(other.bytes)};`);
    }
    lines.push(`leaves ${formatBytes(item.bytes)}.`);
    return lines;
  }
  lines.push(`${item.formula}: ${formatBytes(item.bytes)}, ${formatNumber(item.bytes)} B.`);
  lines.push(`That is ${formatShare(item.bytes / limit)} of the ${formatBytes(limit)} that low memory may reach.`);
  return lines;
}

export function explain(item: BudgetItem, layout: BootLayout): Explanation {
  return { what: whatOf(item), figures: figuresOf(item, layout), turns: turnsOf(item) };
}
