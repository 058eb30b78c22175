/**
 * Page replacement by itself: zones of some pages, pages of files and of processes that a test makes, maps, uses and
 * frees, a reverse map that answers from a table, and one disk that takes a fixed time a page. The rest of the kernel stands still.
 */
import { COUNTERS } from '../../../../src/sim/base/counters.ts';
import { invariant } from '../../../../src/sim/base/errors.ts';
import type { Core } from '../../../../src/sim/hardware/core.ts';
import type { Frames } from '../../../../src/sim/hardware/frames.ts';
import { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { LockTable } from '../../../../src/sim/kernel/locks.ts';
import { MemMap } from '../../../../src/sim/kernel/mem-map.ts';
import { AddressSpace } from '../../../../src/sim/kernel/mm/address-space.ts';
import { PG_ANON, PG_DIRTY, PG_LRU, PG_SWAPCACHE } from '../../../../src/sim/kernel/page-flags.ts';
import type { KernelParts } from '../../../../src/sim/kernel/parts.ts';
import { makeReclaim } from '../../../../src/sim/kernel/reclaim/make-reclaim.ts';
import { SwapSpace } from '../../../../src/sim/kernel/reclaim/swap-space.ts';
import type { UnmapResult } from '../../../../src/sim/kernel/rmap/rmap.ts';
import { StaticData } from '../../../../src/sim/kernel/static-data.ts';
import { Task } from '../../../../src/sim/kernel/task.ts';
import type { Zone } from '../../../../src/sim/kernel/zone.ts';
import type { KernelTraits } from '../../../../src/sim/profiles/traits.ts';

export interface LabOrder {
  readonly reclaim?: KernelTraits['reclaim'];
  readonly lruLock?: KernelTraits['lruLock'];
  readonly pagevecs?: boolean;
  /** Pages of each zone, lowest first (all on one node). */
  readonly zones?: readonly number[];
  readonly swapMiB?: number;
  /** Time that the disk takes for a page, ns. */
  readonly pageNs?: number;
  readonly swappiness?: number;
  readonly cpus?: number;
}

const CPU_COSTS = { programNs: 1, instructionNs: 1, atomicNs: 10 };
/** First page of each zone, apart from the kernel's own data. */
const FIRST = 4096;
/** As 2.6.0 has it. */
const FIELDS = { flags: 0, mapping: 16, list: 8, lru: 24, pte: 32 };
const NAMES = ['DMA', 'Normal', 'HighMem'] as const;

export class Lab {
  readonly memMap: MemMap;
  readonly zones: readonly Zone[];
  readonly reclaim: ReturnType<typeof makeReclaim>;
  readonly swap: SwapSpace;
  readonly locks = new LockTable();
  readonly file: AddressSpace;
  readonly parts: KernelParts;
  /** Pages whose ptes have their accessed bit set, and pages that may not be unmapped (VM_LOCKED). */
  readonly young = new Set<number>();
  readonly locked = new Set<number>();
  /** Pages in use by number. */
  readonly used = new Set<number>();
  private readonly free: number[][];
  private readonly cpus: KernelCpu[] = [];
  private diskAt = 0;
  private nextIndex = 0;

  constructor(order: LabOrder = {}) {
    const sizes = order.zones ?? [64, 1024];
    const pageNs = order.pageNs ?? 1e5;
    const frames = { homeOf: () => 0, pfnOf: (slot: number) => slot, slotOf: (_: number, pfn: number) => pfn };
    this.memMap = new MemMap(frames as unknown as Frames, 0, 40, [{ place: 0, startPfn: 0, firstPfn: 0 }], FIELDS);
    let start = FIRST;
    this.free = sizes.map((size) => {
      const first = start;
      start += size;
      return Array.from({ length: size }, (_, i) => first + i);
    });
    this.memMap.pageOf(start);
    this.zones = sizes.map((size, number) => makeZone(number, size, () => this.free[number].length));
    this.free.forEach((pages, zone) => {
      for (const page of pages) this.memMap.zone[page] = zone;
    });
    this.file = new AddressSpace(1, 'file', 'file', 2 ** 30, 0, 0);
    const cpus = order.cpus ?? 2;
    const reclaim = order.reclaim ?? '2.6.0';
    const parts = {
      memMap: this.memMap,
      zones: [this.zones],
      allZones: this.zones,
      locks: this.locks,
      data: new StaticData(0, 4096),
      profile: { machine: { nodes: [{ cpus }] }, kernel: { swapMiB: order.swapMiB ?? 64 } },
      traits: {
        reclaim,
        lruLock: order.lruLock ?? (reclaim === '2.4.22' ? 'global' : 'zone'),
        pagevecs: order.pagevecs ?? reclaim === '2.6.0',
        kswapd: reclaim === '2.6.0' ? 'node' : 'global',
        mmuShift: 0,
        rmap: reclaim === '2.4.22' ? 'none' : 'pte_chain',
        anonRmap: reclaim === '2.4.22' ? 'none' : 'pte_chain',
        watermarks: reclaim === '2.6.0' ? '2.6.0' : '2.4.22',
      },
      machine: { disks: [{}] },
      sysctl: { swappiness: order.swappiness ?? 60, dirty_ratio: 40, dirty_background_ratio: 10 },
      mms: new Map(),
      spaces: new Map([[1, this.file]]),
      highmem: { enterWindow: () => undefined, leaveWindow: () => undefined },
      slabs: { shrink: () => 0 },
      events: undefined,
      pages: {
        alloc: (on: KernelCpu) => this.take(on),
        free: (_: KernelCpu, page: number) => this.release(page),
        get: (_: KernelCpu, page: number) => void this.memMap.count[page]++,
        put: (on: KernelCpu, page: number) => this.put(on, page),
        putCold: (on: KernelCpu, page: number) => this.put(on, page),
      },
      block: {
        devices: 1,
        submit: (on: KernelCpu) => (this.diskAt = Math.max(on.now, this.diskAt) + pageNs),
        congested: (_: number, now: number) => this.diskAt - now > 113 * pageNs,
        releaseBuffers: () => true,
      },
      rmap: {
        finds: reclaim !== '2.4.22',
        referenced: (_: KernelCpu, page: number) => Number(this.young.delete(page)),
        tryToUnmap: (on: KernelCpu, page: number): UnmapResult => this.unmap(on, page),
        remove: () => undefined,
      },
      pageCache: {
        unusedFiles: 0,
        prune: () => 0,
        dirtyPages: 0,
        remove: (on: KernelCpu, page: number) => this.uncache(on, page),
        write: (on: KernelCpu, page: number) => {
          this.clean(page);
          return parts.block.submit(on);
        },
      },
    };
    this.parts = parts as unknown as KernelParts;
    this.swap = new SwapSpace(this.parts);
    Object.assign(parts, { swap: this.swap });
    this.reclaim = makeReclaim(this.parts);
    Object.assign(parts, { reclaim: this.reclaim });
  }

  on(cpu = 0): KernelCpu {
    const known = this.cpus[cpu];
    if (known !== undefined) return known;
    const none = (): void => undefined;
    const core = {
      clock: 0,
      counters: new Float64Array(COUNTERS),
      cpu,
      node: 0,
      kernelRead: none,
      kernelWrite: none,
      kernelRange: none,
    };
    const made = new KernelCpu(core as unknown as Core, CPU_COSTS, this.locks);
    made.task = new Task(cpu + 1, 'test', undefined, [cpu], 0);
    this.cpus[cpu] = made;
    return made;
  }

  /** A counter over all CPUs. */
  counter(counter: number): number {
    return this.cpus.reduce((sum, { core }) => sum + core.counters[counter], 0);
  }

  /** A page of the highest zone that has one, count 1; reclaims when no zone has. */
  take(on: KernelCpu): number {
    for (let tries = 0; tries < 100; tries++) {
      for (let zone = this.zones.length - 1; zone >= 0; zone--) {
        const free = this.free[zone].pop();
        if (free !== undefined) return this.prepare(free);
        const clean = this.reclaim.takeClean(on, this.zones[zone]);
        if (clean >= 0) return clean;
      }
      this.reclaim.tryToFreePages(on, this.zones[this.zones.length - 1], 0);
    }
    throw new Error('out of memory');
  }

  /** A page of a file, on the lists; mapped by some ptes. */
  filePage(on: KernelCpu, ptes = 0): number {
    const page = this.take(on);
    const { memMap, file } = this;
    memMap.mapping[page] = 1;
    memMap.index[page] = this.nextIndex++;
    file.pages.set(memMap.index[page], page + 1);
    this.map(page, ptes);
    this.reclaim.add(on, page);
    return page;
  }

  /** A page of a process, mapped by some ptes and dirty. */
  anonPage(on: KernelCpu, ptes = 1): number {
    const page = this.take(on);
    this.memMap.count[page] = 0;
    this.memMap.flags[page] |= PG_ANON | PG_DIRTY;
    this.map(page, ptes);
    this.reclaim.add(on, page);
    return page;
  }

  map(page: number, ptes: number): void {
    for (let i = 0; i < ptes; i++) this.memMap.map(page);
    this.memMap.count[page] += ptes;
  }

  /** set_page_dirty() of a page of the file. */
  dirty(page: number): void {
    if ((this.memMap.flags[page] & PG_DIRTY) !== 0) return;
    this.memMap.flags[page] |= PG_DIRTY;
    this.file.dirty.add(this.memMap.index[page]);
    (this.parts.pageCache as { dirtyPages: number }).dirtyPages++;
  }

  /** Every pte of a page goes, as at exit. */
  drop(on: KernelCpu, page: number): void {
    const { memMap } = this;
    this.young.delete(page);
    const ptes = memMap.mapcount[page];
    for (let i = 0; i < ptes; i++) {
      memMap.unmap(page);
      if (i === ptes - 1 && (memMap.flags[page] & PG_SWAPCACHE) !== 0 && memMap.count[page] === 2) {
        this.swap.removeExclusive(on, page);
      }
      this.put(on, page);
    }
  }

  /** The page's file gives it up. */
  uncache(on: KernelCpu, page: number): void {
    this.clean(page);
    this.file.pages.delete(this.memMap.index[page]);
    this.memMap.mapping[page] = 0;
    this.put(on, page);
  }

  /** Runs every kernel thread until none has anything to do by `until`; returns how many steps it took. */
  runThreads(on: KernelCpu, until: number): number {
    let steps = 0;
    for (;;) {
      const next = Math.min(...this.reclaim.threads.map(({ wakesAt }) => wakesAt));
      if (next > until) return steps;
      on.core.clock = Math.max(on.core.clock, next);
      for (const thread of this.reclaim.threads) if (thread.ready(on.now)) thread.step(on);
      if (on.task !== undefined) on.task.waitNs = 0;
      if (++steps > 100_000) throw new Error('kernel threads do not come to an end');
    }
  }

  freePages(zone: number): number {
    return this.free[zone].length;
  }

  /** Pages in use with PG_lru. */
  get listed(): readonly number[] {
    return [...this.used].filter((page) => (this.memMap.flags[page] & PG_LRU) !== 0);
  }

  private prepare(page: number): number {
    this.memMap.flags[page] = 0;
    this.memMap.count[page] = 1;
    this.memMap.mapping[page] = 0;
    this.memMap.priv[page] = 0;
    this.used.add(page);
    return page;
  }

  private put(on: KernelCpu, page: number): void {
    invariant(this.memMap.count[page] > 0, 'a free page loses a reference', { page });
    if (--this.memMap.count[page] > 0) return;
    if ((this.memMap.flags[page] & PG_LRU) !== 0) this.reclaim.remove(on, page);
    this.release(page);
  }

  private release(page: number): void {
    invariant(this.used.delete(page), 'a free page is freed again', { page });
    invariant((this.memMap.flags[page] & PG_LRU) === 0, 'a page is freed from a list', { page });
    const zone = this.zones[this.memMap.zone[page]];
    this.free[zone.number].push(page);
    zone.pagesScanned = 0;
    zone.allUnreclaimable = false;
  }

  private unmap(on: KernelCpu, page: number): UnmapResult {
    const { memMap } = this;
    if (this.locked.has(page)) return 'fail';
    while (memMap.mapcount[page] > 0) {
      memMap.unmap(page);
      if ((memMap.flags[page] & PG_SWAPCACHE) !== 0) this.swap.duplicate(on, memMap.priv[page]);
      this.put(on, page);
    }
    return 'success';
  }

  private clean(page: number): void {
    if ((this.memMap.flags[page] & PG_DIRTY) === 0) return;
    this.memMap.flags[page] &= ~PG_DIRTY;
    this.file.dirty.delete(this.memMap.index[page]);
    (this.parts.pageCache as { dirtyPages: number }).dirtyPages--;
  }
}

/** Marks of 1/32, 1/16 and 3/32 of the zone. */
function makeZone(number: number, pages: number, free: () => number): Zone {
  const min = Math.floor(pages / 32);
  const zone = {
    number,
    place: 0,
    node: 0,
    clusterFrames: 1,
    layout: { name: NAMES[number], index: 0, fallback: false, present: pages, pages },
    marks: { min, low: 2 * min, high: 3 * min },
    pagesScanned: 0,
    allUnreclaimable: false,
    get free(): number {
      return free();
    },
  };
  return zone as unknown as Zone;
}
