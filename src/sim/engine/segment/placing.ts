/**
 * Where the pages of segments come to lie when they are touched, without a run: which list a page is asked from is
 * kernel/policy's answer, which zone of it gives the page the allocator's (zone-fill.ts). Lists are asked for once a
 * period of the policies in force, since interleave repeats; a page belongs to whoever touches it first.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { KernelCpu } from '../../kernel/cpu.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AddressSpace } from '../../kernel/mm/address-space.ts';
import type { MemPolicy } from '../../kernel/policy/mempolicy.ts';
import type { ReadyZonelist } from '../../kernel/page-alloc.ts';
import type { Task } from '../../kernel/task.ts';
import type { Zone } from '../../kernel/zone.ts';
import { ZoneFill } from './zone-fill.ts';

/** Bytes of a segment that are touched every `step` bytes, in order or by lot. */
export interface Touched {
  readonly from: number;
  readonly bytes: number;
  readonly step: number;
  readonly random: boolean;
  /** Pages at most; left out: all. */
  readonly most?: number;
}

/** Somebody who touches, and their share where several do. */
export interface Toucher {
  readonly on: KernelCpu;
  readonly task: Task;
  readonly weight: number;
}

interface Placed {
  readonly name: string;
  /** Place of each cluster's node, + 1; 0: not touched. */
  readonly place: Uint16Array;
  /** What pagesIn() has counted since the last touch. */
  readonly counted: Map<string, Float64Array>;
}

/** A list, and pages of it that have been taken and not been given yet. */
interface Source {
  readonly list: ReadyZonelist;
  readonly zones: Zone[];
  readonly counts: number[];
}

/** Longest period for which lists are kept; beyond it each page asks. */
const MOST_PERIOD = 4096;
/** Clusters that are taken from a list at once, at most. */
const GRANT = 512;
const NOWHERE = 0;

export class Placing {
  /** Clusters that no zone had left. */
  unplaced = 0;
  /** Clusters that were asked of a node and came from another, by both places. */
  readonly spilled = new Map<number, Map<number, number>>();
  private readonly fill: ZoneFill;
  private readonly spaces = new Map<AddressSpace, Placed>();
  private readonly clusterBytes: number;

  constructor(
    private readonly kernel: Kernel,
    /** Ranges of each segment: where they begin, in bytes, lowest first. */
    private readonly ranges: Readonly<Record<string, readonly { readonly name: string; readonly offset: number }[]>>,
  ) {
    this.fill = new ZoneFill(kernel);
    this.clusterBytes = FRAME_BYTES << kernel.traits.mmuShift;
  }

  /** A segment that has been made, or is known already. */
  add(name: string, space: AddressSpace): void {
    if (this.spaces.has(space)) return;
    const place = new Uint16Array(Math.ceil(space.bytes / this.clusterBytes));
    this.spaces.set(space, { name, place, counted: new Map() });
  }

  /** What the byte at `offset` of a segment belongs to. */
  rangeAt(space: AddressSpace, offset: number): string {
    const name = this.spaces.get(space)?.name ?? '';
    return (this.ranges[name] ?? []).findLast((range) => range.offset <= offset)?.name ?? name;
  }

  /** The segment of this name; undefined before it has been made. */
  named(name: string): AddressSpace | undefined {
    return [...this.spaces].find(([, placed]) => placed.name === name)?.[0];
  }

  /** Pages (4 KiB) by place of `bytes` of a segment from byte `from` on. */
  pagesIn(space: AddressSpace, from: number, bytes: number): Float64Array {
    const known = this.spaces.get(space);
    if (known === undefined) return new Float64Array(this.kernel.layout.nodes.length);
    const key = `${from} ${bytes}`;
    const counted = known.counted.get(key);
    if (counted !== undefined) return counted;
    const pages = space.kind === 'hugetlb' ? this.hugeIn(space, from, bytes) : this.smallIn(known, from, bytes);
    known.counted.set(key, pages);
    return pages;
  }

  private smallIn({ place }: Placed, from: number, bytes: number): Float64Array {
    const { clusterBytes } = this;
    const end = from + bytes;
    const clusters = new Float64Array(this.kernel.layout.nodes.length + 1);
    const first = Math.floor(from / clusterBytes);
    const last = Math.ceil(end / clusterBytes) - 1;
    for (let at = first; at <= last; at++) clusters[place[at]]++;
    // Of a cluster at either end only what lies in the part.
    clusters[place[first]] -= (from - first * clusterBytes) / clusterBytes;
    clusters[place[last]] -= ((last + 1) * clusterBytes - end) / clusterBytes;
    return clusters.subarray(1).map((count) => (count * clusterBytes) / FRAME_BYTES);
  }

  /** The touchers reach for these bytes; pages that are there stay. */
  touch(space: AddressSpace, touched: Touched, touchers: readonly Toucher[]): void {
    const { clusterBytes } = this;
    const cuts = this.cutsOf(space, touched);
    for (const [from, to] of cuts) {
      const step = Math.max(1, Math.round(touched.step / clusterBytes));
      const first = Math.floor(from / clusterBytes);
      const count = Math.ceil((Math.ceil(to / clusterBytes) - first) / step);
      const most = touched.most === undefined ? count : Math.round((touched.most * (to - from)) / touched.bytes);
      this.place(space, first, step, count, Math.min(count, most), touched.random, touchers);
    }
  }

  /** The part, cut where a shared policy of mbind() begins or ends. */
  private cutsOf({ policy }: AddressSpace, { from, bytes, step }: Touched): readonly (readonly [number, number])[] {
    const end = from + bytes;
    if (policy?.kind !== 'mbind') return [[from, end]];
    const borders = policy.ranges
      // A cluster has the policy of its first page.
      .flatMap(({ start, end: last }) => [this.nextCluster(start), this.nextCluster(last)])
      .filter((border) => border > from && border < end)
      // A step goes on in its own rhythm behind a border.
      .map((border) => Math.min(end, from + Math.ceil((border - from) / step) * step));
    const points = [...new Set([from, ...borders, end])].sort((a, b) => a - b);
    return points.slice(1).map((to, at) => [points[at], to] as const);
  }

  /** Where the first cluster begins that does not begin before `page`. */
  private nextCluster(page: number): number {
    return Math.ceil((page * FRAME_BYTES) / this.clusterBytes) * this.clusterBytes;
  }

  private place(
    space: AddressSpace,
    first: number,
    step: number,
    count: number,
    most: number,
    random: boolean,
    touchers: readonly Toucher[],
  ): void {
    const known = this.spaces.get(space);
    if (known === undefined || count <= 0) return;
    const { place, counted } = known;
    counted.clear();
    const period = this.periodOf(space, first, touchers);
    const kept = period <= MOST_PERIOD;
    const sources = touchers.map(() => new Map<number, Source>());
    const credit = touchers.map(() => 0);
    const total = touchers.reduce((sum, { weight }) => sum + weight, 0);
    const stride = random ? coprimeNear(count) : 1;
    for (let number = 0, at = 0; number < most; number++, at = (at + stride) % count) {
      const index = first + at * step;
      if (place[index] !== NOWHERE) continue;
      const who = touchers.length === 1 ? 0 : next(touchers, credit, total);
      const { on, task } = touchers[who];
      const residue = kept ? index % period : index;
      let source = sources[who].get(residue);
      if (source === undefined) {
        on.task = task;
        source = { list: this.kernel.placement.forSpace(on, space, index), zones: [], counts: [] };
        if (kept) sources[who].set(residue, source);
      }
      const zone = this.give(on, source, Math.ceil((most - number) / period / touchers.length));
      if (zone === undefined) {
        this.unplaced++;
        continue;
      }
      place[index] = zone.place + 1;
      const asked = source.list.zones[0].place;
      if (asked !== zone.place) this.spill(asked, zone.place);
    }
  }

  private spill(asked: number, gave: number): void {
    const from = this.spilled.get(asked) ?? new Map<number, number>();
    from.set(gave, (from.get(gave) ?? 0) + 1);
    this.spilled.set(asked, from);
  }

  /** The zone that gives the next page of a list; `wanted`: pages that are still to come from it. */
  private give(on: KernelCpu, { list, zones, counts }: Source, wanted: number): Zone | undefined {
    if (counts.length === 0) {
      this.fill.take(on, list, Math.max(1, Math.min(GRANT, wanted)), (zone, clusters) => {
        zones.push(zone);
        counts.push(clusters);
      });
    }
    const zone = zones[0];
    if (zone === undefined) return undefined;
    if (--counts[0] === 0) {
      zones.shift();
      counts.shift();
    }
    return zone;
  }

  /** After so many clusters the same lists come again. */
  private periodOf(space: AddressSpace, index: number, touchers: readonly Toucher[]): number {
    const { placement } = this.kernel.profile.kernel;
    const periods = touchers.map(({ task }) => this.periodOfPolicy(task.policy));
    const { policy } = space;
    if (policy?.kind === 'shmbind' && policy.placement === 'stripe') periods.push(policy.nodes.length);
    if (policy?.kind === 'mbind') {
      const page = index << this.kernel.traits.mmuShift;
      periods.push(this.periodOfPolicy(policy.ranges.find(({ start, end }) => start <= page && page < end)?.policy));
    }
    if (placement.policy === 'interleave' || placement.policy === 'weighted-interleave') {
      periods.push(this.periodOfPolicy({ mode: placement.policy, nodes: [...new Set(placement.nodes)] }));
    }
    return periods.reduce((product, period) => (product * period) / divisor(product, period), 1);
  }

  private periodOfPolicy(policy: MemPolicy | undefined): number {
    if (policy === undefined) return 1;
    const { mode, nodes } = policy;
    if (mode === 'interleave') return Math.max(1, nodes.length);
    if (mode !== 'weighted-interleave') return 1;
    const weights = this.kernel.profile.kernel.interleaveWeights;
    return nodes.reduce((sum, id) => sum + (weights.find(({ node }) => node === id)?.weight ?? 1), 0);
  }

  /** Huge pages are there since they were mapped. */
  private hugeIn(space: AddressSpace, from: number, bytes: number): Float64Array {
    const { tables, memMap, layout } = this.kernel;
    const pages = new Float64Array(layout.nodes.length);
    const size = tables.huge.entries * FRAME_BYTES;
    for (let at = Math.floor(from / size); at * size < from + bytes; at++) {
      const page = (space.pages.get(at) ?? 0) - 1;
      if (page >= 0) pages[memMap.homeOf(page)] += tables.huge.entries;
    }
    return pages;
  }
}

/** Whose turn it is, so that each has its share in the long run. */
function next(touchers: readonly Toucher[], credit: number[], total: number): number {
  let who = 0;
  for (let at = 0; at < touchers.length; at++) {
    credit[at] += touchers[at].weight;
    if (credit[at] > credit[who]) who = at;
  }
  credit[who] -= total;
  return who;
}

/** A step that goes round `count` places, all of them before one comes again, and far from each other. */
function coprimeNear(count: number): number {
  let step = Math.max(1, Math.floor(count * 0.618));
  while (divisor(step, count) !== 1) step++;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
