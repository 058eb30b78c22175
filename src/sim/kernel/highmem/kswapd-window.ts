/**
 * kswapd's own window: kswapd uses none of its 3 GB of user space, so it can map highmem pages there (a proposal of the LSE
 * call of March 2002, never built). An mm for each kswapd, a cursor over 3 GB / 4 KB slots, and a flush of its own CPU's
 * TLB only when the cursor wraps: no kmap_lock, no IPI. Price: pte pages, up to 3 GB of them, taken as the cursor comes to
 * each, and a load of CR3 where a kernel thread would have borrowed the mm that is there.
 */
import { invariant } from '../../base/errors.ts';
import { after, FRAME_BYTES, type KAddr, kaddr } from '../../base/units.ts';
import { GFP_ATOMIC } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';

/** 3 GB / 4 KB. */
export const WINDOW_SLOTS = 786_432;

interface Window {
  cursor: number;
  wraps: number;
  maps: number;
  /** Always there, so that a window without memory for more wraps within it. */
  readonly firstPtePage: KAddr;
  /** Where each pte page lies, by the block of slots that it maps. */
  readonly ptePages: Map<number, KAddr>;
}

export class KswapdWindows {
  private readonly windows = new Map<number, Window>();
  /** Place of the node whose kswapd each CPU runs, while it does. */
  private readonly running = new Map<number, number>();

  constructor(private readonly parts: KernelParts) {}

  enter(on: KernelCpu, place: number): void {
    this.running.set(on.cpu, place);
    this.loadTables(on);
  }

  leave(on: KernelCpu): void {
    this.running.delete(on.cpu);
    this.loadTables(on);
  }

  /** True while the CPU runs a kswapd. */
  isRunning(on: KernelCpu): boolean {
    return this.running.has(on.cpu);
  }

  /** Maps a page in the next slot of the window of the kswapd that the CPU runs. It is never unmapped. */
  map(on: KernelCpu): void {
    const place = this.running.get(on.cpu);
    invariant(place !== undefined, 'window: the CPU runs no kswapd', { cpu: on.cpu });
    const window = this.windowOf(place);
    const outer = on.enter(FN.kmap_atomic);
    const { entries, entryShift } = this.parts.ptePages;
    let slot = (window.cursor + 1) % WINDOW_SLOTS;
    let table = this.ptePage(on, window, Math.floor(slot / entries));
    if (table === undefined) {
      slot = 0;
      table = window.firstPtePage;
    }
    if (slot === 0 && window.maps > 0) {
      window.wraps++;
      this.loadTables(on);
    }
    window.cursor = slot;
    window.maps++;
    on.write(after(table, (slot % entries) << entryShift));
    on.leave(outer);
  }

  /** What the window of a node has come to; undefined where its kswapd never mapped anything. */
  census(place: number): { readonly maps: number; readonly wraps: number; readonly ptePages: number } | undefined {
    const window = this.windows.get(place);
    if (window === undefined) return undefined;
    return { maps: window.maps, wraps: window.wraps, ptePages: window.ptePages.size };
  }

  private windowOf(place: number): Window {
    const known = this.windows.get(place);
    if (known !== undefined) return known;
    const firstPtePage = this.parts.data.claim(FRAME_BYTES);
    const ptePages = new Map([[0, firstPtePage]]);
    const made: Window = { cursor: -1, wraps: 0, maps: 0, firstPtePage, ptePages };
    this.windows.set(place, made);
    return made;
  }

  private ptePage(on: KernelCpu, window: Window, block: number): KAddr | undefined {
    const known = window.ptePages.get(block);
    if (known !== undefined) return known;
    const page = this.parts.pages.alloc(on, GFP_ATOMIC, 0, OWNER['page tables']);
    if (page < 0) return undefined;
    this.parts.pages.clear(on, page, 1);
    const at = kaddr(this.parts.memMap.slotOf(page), 0);
    window.ptePages.set(block, at);
    return at;
  }

  private loadTables(on: KernelCpu): void {
    on.core.flushTlb();
    on.spend(this.parts.profile.kernel.flush.flushNs);
  }
}
