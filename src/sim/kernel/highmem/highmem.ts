/**
 * Highmem access, wired: which of the ways a kernel of these traits takes for a page, for pte pages, and at its door. Each
 * way is a file beside this one. Pages of low memory have their address anyway and cost nothing.
 *
 * An operation holds few kmaps, and no other runs meanwhile (kernel.ts), so a kmap that finds every slot taken can never
 * be served: the run stops with the state of the pool.
 */
import * as C from '../../base/counters.ts';
import { InvariantError } from '../../base/errors.ts';
import { SPLIT_4G4G } from '../boot/limits.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import type { KernelParts } from '../parts.ts';
import type { ProcKmaps } from '../proc/snapshot.ts';
import type { Task } from '../task.ts';
import { breakEvenSlots } from './break-even.ts';
import { AtomicKmaps, KM_TYPE_NR } from './kmap-atomic.ts';
import type { Highmem, KmPteType, KmType } from './kmap.ts';
import { KswapdWindows } from './kswapd-window.ts';
import { HashedAddresses, VirtualField } from './page-addresses.ts';
import { PinnedPool } from './pinned-pool.ts';
import { Pkmap } from './pkmap.ts';
import { Split4g } from './split-4g.ts';
import { Ukva } from './ukva.ts';

const LINE_BYTES = 32;
const COUNT_BYTES = 4;

export class KernelHighmem implements Highmem {
  readonly pkmap: Pkmap;
  readonly atomic: AtomicKmaps;
  readonly pinned: PinnedPool;
  readonly windows: KswapdWindows;
  readonly ukva: Ukva;
  private readonly split: Split4g;
  private readonly splits: boolean;
  /** First frame without a kernel address. */
  private readonly firstHighPfn: number;
  private readonly cpus: number;

  constructor(private readonly parts: KernelParts) {
    const { profile, traits, layout, data, memMap } = parts;
    const { machine, kernel } = profile;
    const is64 = machine.bits === 64;
    this.firstHighPfn = is64 ? Infinity : layout.maxLowPfn;
    this.cpus = machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
    const pteBytes = machine.pae ? 8 : 4;
    // A 64-bit kernel has none of the tables.
    const slots = is64 ? 1 : traits.lastPkmap;
    const cpuSlots = is64 ? 1 : this.cpus;
    const { invlpgNs } = kernel.flush;
    this.pkmap = new Pkmap({
      slots,
      addresses:
        traits.pageAddress === 'virtual'
          ? new VirtualField(memMap)
          : new HashedAddresses(slots, data, traits.structPage.bytes),
      countsAt: data.claim(slots * COUNT_BYTES),
      ptesAt: data.claim(slots * pteBytes),
      pteBytes,
      lockAt: data.claim(LINE_BYTES),
      flush: (on, cleared) => {
        const start = on.core.clock;
        parts.tlb.all(on);
        parts.events?.span('kmap flush', on, start, cleared);
      },
    });
    this.atomic = new AtomicKmaps(this.cpus, data.claim(cpuSlots * KM_TYPE_NR * pteBytes), pteBytes, invlpgNs);
    const pinnedSlots = traits.kmap === 'per-cpu' ? kernel.kmapSlots : 1;
    const pinnedAt = data.claim(cpuSlots * pinnedSlots * pteBytes);
    this.pinned = new PinnedPool(this.cpus, pinnedSlots, pinnedAt, pteBytes, invlpgNs);
    this.windows = new KswapdWindows(parts);
    this.ukva = new Ukva(parts, traits.ukva === 'task');
    this.split = new Split4g(parts);
    this.splits = traits.split4g || (!is64 && profile.zones.userSpaceMiB === SPLIT_4G4G);
  }

  isHigh(page: number): boolean {
    return this.isHighSlot(this.parts.memMap.slotOf(page));
  }

  kmap(on: KernelCpu, page: number): void {
    if (!this.kmapNonblock(on, page)) {
      const { census, sleepers } = this.pkmap;
      throw new InvariantError('kmap: every slot is in use by the operation itself', { page, ...census, sleepers });
    }
  }

  /** kmap_nonblock() of 2.4.22: false where kmap() would sleep. */
  kmapNonblock(on: KernelCpu, page: number): boolean {
    if (!this.isHigh(page)) return true;
    on.count(C.KMAPS);
    return this.mapHigh(on, page);
  }

  kunmap(on: KernelCpu, page: number): void {
    if (this.isHigh(page)) this.unmapHigh(on, page);
  }

  kmapAtomic(on: KernelCpu, page: number, type: KmType): void {
    if (!this.isHigh(page)) return;
    this.atomic.map(on, page, type);
  }

  kunmapAtomic(on: KernelCpu, page: number, type: KmType): void {
    if (this.isHigh(page)) this.atomic.unmap(on, page, type);
  }

  mapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: KmPteType): void {
    if (!this.isHighSlot(slot)) return;
    const { traits, memMap } = this.parts;
    if (traits.ukva !== 'off' && this.ukva.isOwn(on, mm)) this.ukva.ownPtes(on, mm, slot);
    else if (traits.kswapdWindow && this.windows.isRunning(on)) this.windows.map(on);
    else if (traits.ptesByKmap) this.kmap(on, memMap.pageOf(slot));
    else this.atomic.map(on, memMap.pageOf(slot), type);
  }

  unmapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: KmPteType): void {
    if (!this.isHighSlot(slot)) return;
    const { traits, memMap } = this.parts;
    if (traits.ukva !== 'off' && this.ukva.isOwn(on, mm)) return;
    if (traits.kswapdWindow && this.windows.isRunning(on)) return;
    if (traits.ptesByKmap) this.kunmap(on, memMap.pageOf(slot));
    else this.atomic.unmap(on, memMap.pageOf(slot), type);
  }

  forgetPtes(on: KernelCpu, slot: number, mm: Mm): void {
    if (this.parts.traits.ukva !== 'off') this.ukva.forgetPtes(on, mm, slot);
  }

  enterKernel(on: KernelCpu): void {
    if (this.splits) this.split.cross(on);
  }

  leaveKernel(on: KernelCpu): void {
    if (this.splits) this.split.cross(on);
  }

  userPage(on: KernelCpu, mm: Mm, vpn: number): void {
    if (this.splits) this.split.walk(on, mm, vpn);
  }

  enterWindow(on: KernelCpu, place: number): void {
    if (this.parts.traits.kswapdWindow) this.windows.enter(on, place);
  }

  leaveWindow(on: KernelCpu): void {
    if (this.parts.traits.kswapdWindow) this.windows.leave(on);
  }

  mayMove(task: Task): boolean {
    return this.pinned.mayMove(task);
  }

  private mapHigh(on: KernelCpu, page: number): boolean {
    const { traits } = this.parts;
    if (traits.kswapdWindow && this.windows.isRunning(on)) {
      this.windows.map(on);
      return true;
    }
    return traits.kmap === 'per-cpu' ? this.pinned.map(on, page) : this.poolOf(on).map(on, page);
  }

  private unmapHigh(on: KernelCpu, page: number): void {
    const { traits } = this.parts;
    if (traits.kswapdWindow && this.windows.isRunning(on)) return;
    if (traits.kmap === 'per-cpu') this.pinned.unmap(on, page);
    else this.poolOf(on).unmap(on, page);
  }

  private poolOf(on: KernelCpu): Pkmap {
    return this.parts.traits.ukva === 'off' ? this.pkmap : (this.ukva.pool(on) ?? this.pkmap);
  }

  private isHighSlot(slot: number): boolean {
    return this.parts.frames.pfnOf(slot) >= this.firstHighPfn;
  }

  /** What the pools of a run have come to; `wantedEntries`: TLB entries still wanted after a flush, all of the data TLB unless given. */
  report(wantedEntries = this.parts.profile.machine.cpu.dtlb?.entries ?? 0): ProcKmaps {
    const { counts, mappings, flushes, cleared, probes } = this.pkmap;
    return {
      slots: counts.length,
      mappings,
      flushes,
      clearedPerFlush: flushes === 0 ? 0 : cleared / flushes,
      probesPerMapping: mappings === 0 ? 0 : probes / mappings,
      breakEven: this.breakEven(wantedEntries),
      pinnedDepths: [...this.pinned.histogram],
      pinnedBlocked: this.pinned.blocked,
      refusedMoves: this.pinned.refusedMoves,
      ukvaWindows: this.ukva.windows,
    };
  }

  /** No choice on several CPUs; and no number where invlpg takes no time. */
  private breakEven(wantedEntries: number): number | undefined {
    if (this.cpus > 1) return undefined;
    const { machine, kernel } = this.parts.profile;
    // Both levels of a walk hit L2 at best.
    const slots = breakEvenSlots({ ...kernel.flush, wantedEntries, refillNs: 2 * machine.cpu.l2.hitNs });
    return Number.isFinite(slots) ? slots : undefined;
  }
}
