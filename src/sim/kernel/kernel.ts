/**
 * The kernel behind the machine, as far as a reference stream needs it: zones with their allocators, zonelists, a
 * placement policy, address spaces, demand faults, page clusters, numastat. Read this file to know what it does on a
 * fault; each mechanism is a file beside it.
 *
 * Page clusters (W. L. Irwin's pgcl, 2003): a fault takes one cluster and fills every pte of the aligned cluster that
 * lies in the same mapping, so one struct page backs up to 64 ptes and programs see 4 KiB all the same. A page-table
 * page takes a whole cluster, as it did there.
 *
 * Not modelled: reclaim, swap, copy on write, per-CPU page sets; a fault's own references to struct page and locks are
 * in its flat cost (kernel.faultNs). No memory is given back during a run.
 */
import { InputError, invariant, makeIssue } from '../base/errors.ts';
import { asNodeId, asPfn } from '../base/units.ts';
import type { Core } from '../hardware/core.ts';
import type { Machine } from '../hardware/machine.ts';
import { PageTable } from '../hardware/page-table.ts';
import * as C from '../base/counters.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { AddressSpaceSpec, Mapping } from '../workloads/workload.ts';
import type { BootLayout, Zonelist } from './boot/layout.ts';
import { isNodeBlind } from './boot/plan.ts';
import { zonelistsOf } from './boot/zonelists.ts';
import { freeAfterBoot } from './free-after-boot.ts';
import { Numastat } from './numastat.ts';
import { PageAllocator, type ReadyZonelist } from './page-alloc.ts';
import { CLASS_INDEX, Placement } from './policy.ts';
import { Zone } from './zone.ts';
import { ringFor } from './zone-ring.ts';

const MOST_ADDRESS = 2 ** 43;

interface AddressSpace {
  readonly mappings: readonly Mapping[];
}

export class Kernel {
  readonly numastat: Numastat;
  /** Zones by place of their node, lowest first as in the layout. */
  readonly zones: readonly (readonly Zone[])[];
  private readonly allocator: PageAllocator;
  private readonly placement: Placement;
  private readonly lists = new Map<string, ReadyZonelist>();
  private readonly spaces = new Map<PageTable, AddressSpace>();
  /** Per shared segment: cluster of the segment to slot of its first frame + 1. */
  private readonly segments = new Map<number, Int32Array>();
  private readonly placeOf: ReadonlyMap<number, number>;

  constructor(
    private readonly profile: MachineProfile,
    private readonly traits: KernelTraits,
    private readonly layout: BootLayout,
    private readonly machine: Machine,
  ) {
    this.placeOf = new Map(layout.nodes.map((node, place) => [node.id, place]));
    this.numastat = new Numastat(layout.nodes.length);
    const taken = freeAfterBoot(profile, layout);
    this.zones = layout.nodes.map((node, place) =>
      node.zones.map(
        (zone) => new Zone(place, node.id, zone, layout.clusterFrames, layout.maxOrder, traits.splitGives, taken),
      ),
    );
    this.allocator = new PageAllocator({
      watermarks: traits.watermarks,
      lowerZoneProtection: profile.zones.lowerZoneProtection,
      nodeByNode: traits.zonelistOrder === '2.4.22' && !isNodeBlind(profile, traits),
    });
    this.placement = new Placement(
      profile.kernel.placement,
      (node) => this.placeOf.get(node) ?? 0,
      this.zones,
      (place, cpu) => this.listOf('GFP_HIGHUSER', place, cpu),
    );
    machine.setFaultHandler((core, table, vpn, now) => this.fault(core, table, vpn, now));
  }

  /**
   * A new address space with nothing mapped yet; its mappings do not overlap. Throws InputError where they reach beyond
   * 2^43 bytes: a virtual page number is an Int32 in the hot loop.
   */
  createSpace(spec: AddressSpaceSpec): PageTable {
    const mappings = [...spec.mappings].sort((a, b) => a.start - b.start);
    const end = mappings.reduce((highest, mapping) => Math.max(highest, mapping.end), 4096);
    if (end > MOST_ADDRESS) {
      const found = `mappings up to ${Math.ceil(end / 2 ** 40)} TiB`;
      throw new InputError('', [makeIssue('address-space', 'workloads', 'an address space of 8 TiB at most', found)]);
    }
    const wide = this.profile.machine.pae || this.profile.machine.bits === 64;
    const table = new PageTable(wide, Math.ceil(end / 4096));
    this.spaces.set(table, { mappings });
    return table;
  }

  /** Maps the page of a fault, and with page clusters its neighbours; returns what it took, ns. */
  private fault(core: Core, table: PageTable, vpn: number, now: number): number {
    const space = this.spaces.get(table) as AddressSpace;
    const mapping = findMapping(space.mappings, vpn * 4096);
    let cost = this.profile.kernel.faultNs;
    cost += this.preparePtePage(core, table, vpn, now + cost);
    const filled =
      mapping.segment < 0
        ? this.mapAnonymous(core, table, vpn, mapping, now + cost)
        : this.mapShared(core, table, vpn, mapping, now + cost);
    return cost + filled;
  }

  /** Anonymous memory: a fresh cluster, and every piece of the aligned vector that lies in the mapping. */
  private mapAnonymous(core: Core, table: PageTable, vpn: number, mapping: Mapping, now: number): number {
    const size = this.layout.clusterFrames;
    const first = vpn - (vpn % size);
    const slot = this.userCluster(core, first / size);
    const from = Math.max(first, Math.floor(mapping.start / 4096));
    const to = Math.min(first + size, Math.ceil(mapping.end / 4096));
    for (let page = from; page < to; page++) {
      if (table.lookup(page) < 0) this.fill(core, table, page, slot + (page - first));
    }
    return this.clear(core, slot, now);
  }

  /** A shared segment: the segment's cluster, made on first touch, and every piece of it that the mapping shows. */
  private mapShared(core: Core, table: PageTable, vpn: number, mapping: Mapping, now: number): number {
    const size = this.layout.clusterFrames;
    const startPage = Math.floor(mapping.start / 4096);
    const startOffset = Math.floor(mapping.segmentOffset / 4096);
    const cluster = Math.floor((vpn - startPage + startOffset) / size);
    const clusters = this.segmentClusters(mapping.segment, cluster);
    let cost = 0;
    if (clusters[cluster] === 0) {
      const slot = this.userCluster(core, cluster);
      clusters[cluster] = slot + 1;
      cost = this.clear(core, slot, now);
    }
    const slot = clusters[cluster] - 1;
    const firstPage = startPage + cluster * size - startOffset;
    const from = Math.max(firstPage, startPage);
    const to = Math.min(firstPage + size, Math.ceil(mapping.end / 4096));
    for (let page = from; page < to; page++) {
      if (!table.hasPtePage(page) || table.lookup(page) >= 0) continue;
      this.fill(core, table, page, slot + (page - firstPage));
    }
    return cost;
  }

  private fill(core: Core, table: PageTable, vpn: number, slot: number): void {
    table.map(vpn, slot);
    core.counters[C.PTES_FILLED]++;
  }

  private segmentClusters(segment: number, cluster: number): Int32Array {
    const known = this.segments.get(segment) ?? new Int32Array(64);
    if (cluster < known.length) {
      this.segments.set(segment, known);
      return known;
    }
    const bigger = new Int32Array(Math.max(known.length * 2, cluster + 1));
    bigger.set(known);
    this.segments.set(segment, bigger);
    return bigger;
  }

  /** Page-table pages that are missing on the way to a virtual page. */
  private preparePtePage(core: Core, table: PageTable, vpn: number, now: number): number {
    let cost = 0;
    const high = this.traits.highpte;
    if (!table.hasUpperPage(vpn)) {
      const slot = this.allocate(core, this.listOf('GFP_KERNEL', core.node, core.cpu), false);
      table.addUpperPage(vpn, slot);
      cost += this.clear(core, slot, now);
    }
    if (!table.hasPtePage(vpn)) {
      const slot = this.allocate(core, this.listOf(high ? 'GFP_HIGHUSER' : 'GFP_KERNEL', core.node, core.cpu), false);
      table.addPtePage(vpn, slot);
      cost += this.clear(core, slot, now + cost);
    }
    return cost;
  }

  private userCluster(core: Core, offset: number): number {
    return this.allocate(core, this.placement.list(core.node, core.cpu, offset), this.placement.interleaves);
  }

  /** One cluster: slot of its first frame. Throws InputError when the machine has no memory left for it. */
  private allocate(core: Core, list: ReadyZonelist, interleaved: boolean): number {
    const pfn = this.allocator.allocate(list, 0);
    const zone = this.allocator.from;
    if (pfn < 0 || zone === undefined) {
      const free = list.zones.reduce((sum, each) => sum + each.freeFrames, 0);
      const issue = makeIssue(
        'out-of-memory',
        '',
        'a zone of the zonelist above its min mark',
        `none: ${free} free pages in ${list.zones.length} zones; the run needs more memory than the machine gives it, and nothing is reclaimed`,
      );
      throw new InputError('Out of memory', [issue]);
    }
    this.numastat.count(list.zones[0].place, zone.place, core.node, interleaved && zone === list.zones[0]);
    let slot = -1;
    for (let frame = 0; frame < this.layout.clusterFrames; frame++) {
      const each = this.machine.frames.slotOf(zone.place, asPfn(pfn + frame));
      if (slot < 0) slot = each;
      invariant(each === slot + frame, 'the frames of a cluster have no consecutive slots', { pfn, frame });
    }
    return slot;
  }

  private clear(core: Core, slot: number, now: number): number {
    const bytes = this.layout.clusterFrames * 4096;
    return this.machine.clearNs(core.node, this.machine.frames.homeOf(slot), bytes, now);
  }

  /** The zonelist of a node; with several zones of one type, each group begins at the CPU's own. */
  private listOf(gfp: Zonelist['gfp'], place: number, cpu: number): ReadyZonelist {
    const { zonesPerType } = this.profile.zones;
    const most = Math.max(zonesPerType.dma, zonesPerType.normal, zonesPerType.highmem);
    const key = `${gfp} ${place} ${most === 1 ? 0 : cpu}`;
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const node = asNodeId(this.layout.nodes[place].id);
    const list = zonelistsOf(this.profile, this.traits, this.layout, node).find((each) => each.gfp === gfp);
    const zones = (list?.zones ?? []).map((ref) => {
      const zone = this.zones[this.placeOf.get(ref.node) ?? 0].find(
        (each) => each.layout.name === ref.zone && each.layout.index === ref.index,
      );
      invariant(zone !== undefined, 'a zonelist names a zone that is not there', { ...ref });
      return zone;
    });
    // The class of a request is that of its list's first zone, whatever was asked for (classzone of __alloc_pages).
    const ready = { zones: ringFor(cpu, zones), classIndex: CLASS_INDEX[zones[0]?.layout.name ?? 'DMA'] };
    this.lists.set(key, ready);
    return ready;
  }
}

function findMapping(mappings: readonly Mapping[], address: number): Mapping {
  let low = 0;
  let high = mappings.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (mappings[middle].start <= address) low = middle;
    else high = middle - 1;
  }
  const found = mappings[low];
  // A mapping's first and last page count as mapped whole.
  const mapped = found !== undefined && address + 4096 > found.start && address < found.end;
  invariant(mapped, 'a reference outside every mapping', { address });
  return found;
}
