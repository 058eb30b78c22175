/**
 * A request for pages laid open: the zonelist that it walks, every watermark test of every walk with its numbers, and
 * where it would land, of a kernel as it stands. The walks and the ladder around them are the kernel's own
 * (page-alloc.ts, ladders.ts), on its own zones; nothing is taken, counted, woken or waited for.
 *
 * It ends where the kernel would reclaim: what that frees is not known without doing it. Requests are of the default
 * policy. Deviations: a clean page of rmap15 is taken to be free for the asking, and a block whose frames the simulator
 * cannot number in a row (zone-supply.ts) to be one like any other.
 */
import { InputError, invariant, makeIssue } from '../../base/errors.ts';
import type { ZoneName } from '../boot/layout.ts';
import type { Kernel } from '../kernel.ts';
import { NUMASTAT_COLUMNS, Numastat } from '../numastat.ts';
import {
  type Asker,
  PageAllocator,
  type ReadyZonelist,
  type Stretch,
  type Walk,
  type ZoneTest,
} from '../page-alloc.ts';
import type { Zone } from '../zone.ts';
import { type Gfp, GFP_ATOMIC, GFP_DMA, GFP_HIGHUSER, GFP_KERNEL } from './gfp.ts';
import { makeLadder } from './ladders.ts';
import type { SeenRequests } from './seen-requests.ts';
import { becauseOf, ruleOf, titleOf, walkWords } from './xray-words.ts';

export const XRAY_MASKS = ['GFP_HIGHUSER', 'GFP_KERNEL', 'GFP_ATOMIC', 'GFP_DMA'] as const;
export type XrayMask = (typeof XRAY_MASKS)[number];
const GFP: Readonly<Record<XrayMask, Gfp>> = { GFP_HIGHUSER, GFP_KERNEL, GFP_ATOMIC, GFP_DMA };

export interface XrayRequest {
  readonly node: number;
  readonly mask: XrayMask;
  /** Of the block, in page clusters. */
  readonly order: number;
  /** PF_MEMALLOC: the caller reclaims already. */
  readonly memalloc: boolean;
}

/** A zone of the list, in list order. Counts are page clusters. */
export interface XrayZone {
  readonly node: number;
  readonly name: ZoneName;
  readonly index: number;
  readonly fallback: boolean;
  /** An unloaded miss from the asking node to it. */
  readonly missNs: number;
  readonly free: number;
  /** On the per-CPU lists of all CPUs: not among the free ones. */
  readonly onCpuLists: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
}

export interface XrayTest {
  /** Place of its zone in the list. */
  readonly at: number;
  readonly free: number;
  /** The bar is before + mark + reserve; null in a walk without marks. */
  readonly before: number;
  readonly mark: number;
  readonly reserve: number;
  readonly bar: number | null;
  /** Passed although below the bar: it has its high mark, and the caller cannot wait (2.6.0). */
  readonly byHigh: boolean;
  /** The order up to which what is free lies in blocks too small, where that refused it (2.6.11); 0 elsewhere. */
  readonly failedOrder: number;
  readonly outcome: 'taken' | 'refused' | 'no block' | 'not reached';
}

export interface XrayWalk {
  readonly walk: Walk;
  /** What it holds zones to, in words: `low marks`. */
  readonly words: string;
  /** kswapd was woken for so many zones right before it. */
  readonly woken: number;
  readonly fallback: boolean;
  readonly tests: readonly XrayTest[];
}

export type XrayOutcome =
  /** `from`: where in its zone the block lies. `pages`: on the CPU's list; `block`: the order that is split for it. */
  | { readonly kind: 'taken'; readonly at: number; readonly from: 'cpu-list'; readonly pages: number }
  | { readonly kind: 'taken'; readonly at: number; readonly from: 'buddy'; readonly block: number }
  | { readonly kind: 'taken'; readonly at: number; readonly from: 'clean' }
  /** The caller reclaims first, for the class of the zone at `at`. */
  | { readonly kind: 'reclaim'; readonly at: number }
  | { readonly kind: 'fails' };

export interface Xray {
  readonly request: XrayRequest;
  /** The CPU whose lists are looked at: the node's first. */
  readonly cpu: number;
  readonly title: string;
  readonly because: readonly string[];
  /** The kernel's rule in words, and how a test compares what is free with the bar. */
  readonly rule: string;
  readonly sign: '≥' | '>';
  readonly zones: readonly XrayZone[];
  readonly walks: readonly XrayWalk[];
  readonly outcome: XrayOutcome;
  /** What numastat would count. */
  readonly counters: readonly { readonly name: string; readonly node: number }[];
  /** The same with one thing changed. */
  readonly instead: readonly { readonly change: string; readonly title: string }[];
  /** What the run has seen of requests; null of a machine as it boots, and of a run that nobody watches. */
  readonly seen: SeenRequests | null;
}

/** Throws InputError for a node that is not there, or a block larger than any. */
export function xrayOf(kernel: Kernel, request: XrayRequest): Xray {
  const { layout } = kernel;
  if (!layout.nodes.some(({ id }) => id === request.node)) {
    throw new InputError('', [makeIssue('unknown-node', 'node', 'the id of a node of the machine', `${request.node}`)]);
  }
  if (request.order >= layout.maxOrder) {
    throw new InputError('', [makeIssue('order', 'order', `0 to ${layout.maxOrder - 1}`, `${request.order}`)]);
  }
  const xray = look(kernel, request);
  const instead = variantsOf(request).map(({ change, ...other }) => ({ change, title: look(kernel, other).title }));
  const place = layout.nodes.findIndex(({ id }) => id === request.node);
  const seen = kernel.pages.log?.seen({ place, gfp: GFP[request.mask], order: request.order }) ?? null;
  return { ...xray, instead, seen };
}

type Changed = XrayRequest & { readonly change: string };

function variantsOf(request: XrayRequest): readonly Changed[] {
  const { mask, order, memalloc } = request;
  const changed: Changed[] = [];
  if (order > 0) changed.push({ ...request, order: 0, change: 'one page (order 0)' });
  if (mask === 'GFP_KERNEL') changed.push({ ...request, mask: 'GFP_ATOMIC', change: 'a caller that cannot wait' });
  if (mask === 'GFP_ATOMIC') changed.push({ ...request, mask: 'GFP_KERNEL', change: 'a caller that can wait' });
  if (mask === 'GFP_HIGHUSER') changed.push({ ...request, mask: 'GFP_KERNEL', change: 'memory for the kernel itself' });
  if (!memalloc) changed.push({ ...request, memalloc: true, change: 'a task that reclaims (PF_MEMALLOC)' });
  return changed;
}

function look(kernel: Kernel, request: XrayRequest): Xray {
  const { layout, pages, machine } = kernel;
  const place = layout.nodes.findIndex(({ id }) => id === request.node);
  const cpu = firstCpu(layout.nodes, place);
  const gfp = GFP[request.mask];
  const list = pages.listOf(gfp.zone, place, cpu);
  const counts = list.zones.map(({ visits, refusals }) => ({ visits, refusals }));
  const looker = new Looker(kernel, list, request, gfp, cpu);
  const outcome = looker.climb();
  for (const [at, { visits, refusals }] of counts.entries()) Object.assign(list.zones[at], { visits, refusals });
  const zones = list.zones.map((zone): XrayZone => {
    const { name, index, fallback } = zone.layout;
    const { min, low, high } = zone.marks;
    const missNs = machine.interconnect.missNs(place, zone.place);
    return {
      node: zone.node,
      name,
      index,
      fallback,
      missNs,
      free: zone.free,
      onCpuLists: zone.onCpuLists,
      min,
      low,
      high,
    };
  });
  const { watermarks, lowerZoneProtection, nodeByNode } = pages.rules;
  const rule = ruleOf(watermarks, lowerZoneProtection, nodeByNode);
  const sign = watermarks === '2.6.0' ? '≥' : '>';
  const counters = outcome.kind === 'taken' ? countersOf(kernel, list, place, list.zones[outcome.at]) : [];
  const plain = {
    request,
    cpu,
    rule,
    sign,
    zones,
    walks: looker.walks,
    outcome,
    counters,
    instead: [],
    seen: null,
  } as const;
  return { ...plain, title: titleOf(plain), because: becauseOf(plain) };
}

/** Node without CPUs: another one's CPU asks for its memory. */
function firstCpu(nodes: readonly { readonly cpus: number }[], place: number): number {
  return nodes[place].cpus === 0 ? 0 : nodes.slice(0, place).reduce((sum, { cpus }) => sum + cpus, 0);
}

function countersOf(kernel: Kernel, list: ReadyZonelist, place: number, from: Zone): Xray['counters'] {
  const stat = new Numastat(kernel.layout.nodes.length);
  stat.count(list.zones[0].place, from.place, place, false);
  const places = [...new Set([list.zones[0].place, from.place])];
  return places.flatMap((each) =>
    stat.of(each).flatMap((count, column) => {
      return count === 0 ? [] : [{ name: NUMASTAT_COLUMNS[column], node: kernel.layout.nodes[each].id }];
    }),
  );
}

/** Thrown where the kernel would reclaim. */
class Reclaims extends Error {
  constructor(readonly zone: Zone) {
    super('reclaims');
  }
}

interface Pass {
  readonly walk: Walk;
  readonly words: string;
  readonly woken: number;
  readonly fallback: boolean;
  readonly tests: XrayTest[];
}

/** Somebody who follows every test and hears no words. */
const asker: Asker = { follow: {}, note: () => undefined };

class Looker extends PageAllocator<Asker> {
  readonly walks: Pass[] = [];
  private readonly found: { outcome: XrayOutcome | undefined; woken: number; barren: boolean };

  constructor(
    private readonly kernel: Kernel,
    private readonly list: ReadyZonelist,
    private readonly request: XrayRequest,
    private readonly gfp: Gfp,
    cpu: number,
  ) {
    const found = { outcome: undefined as XrayOutcome | undefined, woken: 0, barren: false };
    const takes = (zone: Zone, outcome: XrayOutcome | undefined): number => {
      if (found.barren || outcome === undefined) return -1;
      found.outcome = outcome;
      return zone.base;
    };
    super(kernel.pages.rules, {
      look: () => undefined,
      take: (_on, zone, order) => takes(zone, blockOf(zone, list.zones.indexOf(zone), order, cpu)),
      cleanPages: (zone) => kernel.reclaim.cleanPages(zone),
      takeClean: (_on, zone) => {
        const at = list.zones.indexOf(zone);
        return takes(zone, kernel.reclaim.cleanPages(zone) > 0 ? { kind: 'taken', at, from: 'clean' } : undefined);
      },
    });
    this.found = found;
  }

  /** Through the kernel's ladder. */
  climb(): XrayOutcome {
    const { kernel, list, request, found } = this;
    const ladder = makeLadder<Asker>(this, {
      memalloc: () => request.memalloc,
      wake: () => void found.woken++,
      reclaim: (_on, zone) => {
        throw new Reclaims(zone);
      },
      takeLocal: () => -1,
      writing: () => kernel.reclaim.writeback.pages > 0,
      swappable: () => 0,
      looked: () => 0,
      congestionWait: () => undefined,
      yield: () => undefined,
      outOfMemory: (_on, { zones }) => {
        throw new Reclaims(zones[0]);
      },
    });
    if (list.zones.length === 0) return { kind: 'fails' };
    try {
      if (ladder.climb(asker, list, request.order, this.gfp) < 0) return { kind: 'fails' };
    } catch (error) {
      if (!(error instanceof Reclaims)) throw error;
      return { kind: 'reclaim', at: list.zones.indexOf(error.zone) };
    }
    invariant(found.outcome !== undefined, 'a block that no zone gave', { ...request });
    return found.outcome;
  }

  override walk(on: Asker, list: ReadyZonelist, part: Stretch, order: number, walk: Walk, gfp: Gfp): number {
    const { from, to, fallback } = part;
    const { found } = this;
    const tests: XrayTest[] = [];
    this.walks.push({ walk, words: walkWords[walk], woken: found.woken, fallback, tests });
    found.woken = 0;
    const page = super.walk(on, list, part, order, walk, gfp);
    if (page < 0) {
      // A list may have no fall-back zones at all, or no others.
      if (tests.length === 0) this.walks.pop();
      return page;
    }
    // What the bar would have been for the zones behind: the same walk, with nothing to be had.
    const reached = tests.length;
    found.barren = true;
    super.walk(on, list, this.part(from, to, fallback), order, walk, gfp);
    found.barren = false;
    const behind = tests.splice(reached).slice(reached);
    for (const test of behind) tests.push({ ...test, outcome: 'not reached' });
    return page;
  }

  protected override tested(_on: Asker, test: ZoneTest): void {
    const { at, mark, reserve, free, passes, taken, walk } = test;
    const late = this.rules.watermarks === '2.6.11';
    // zone_watermark_ok() leaves out all but one page of the block from what is free: on the other side of its test they are 2^order - 1.
    const before = walk === 'any' ? 0 : late ? test.before - 1 : test.before;
    const bar = walk === 'any' ? null : before + mark + reserve;
    const byHigh = passes && bar !== null && this.rules.watermarks === '2.6.0' && free < bar;
    const outcome = taken ? 'taken' : passes ? 'no block' : 'refused';
    const failedOrder = Math.max(0, test.failedOrder);
    this.walks.at(-1)?.tests.push({ at, free, before, mark, reserve, bar, byHigh, failedOrder, outcome });
  }
}

/** Where a block of a zone would come from, without taking it. */
function blockOf(zone: Zone, at: number, order: number, cpu: number): XrayOutcome | undefined {
  const sets = zone.sets[cpu];
  if (order === 0 && sets !== undefined && sets.hot.count > sets.hot.low) {
    return { kind: 'taken', at, from: 'cpu-list', pages: sets.hot.count };
  }
  // A list that is low is filled from the free lists first; where they are empty, what is left on it is given.
  if (zone.free > 0) {
    const { blocks } = zone.lists;
    for (let block = order; block < blocks.length; block++) {
      if (blocks[block] > 0) return { kind: 'taken', at, from: 'buddy', block };
    }
  }
  const left = order === 0 && sets !== undefined ? sets.hot.count : 0;
  return left > 0 ? { kind: 'taken', at, from: 'cpu-list', pages: left } : undefined;
}
