/**
 * The boot of a machine, as a table of contents: from a profile and its kernel's traits to node spans, windows, zones,
 * marks, zonelists, low memory item by item, and the address space. Pure. Source: 2.6.0 arch/i386/mm/discontig.c and
 * mm/page_alloc.c, and each block's own head for what it takes from other kernels.
 */
import type { Issue } from '../../base/errors.ts';
import { FRAME_BYTES, FRAMES_PER_MIB } from '../../base/units.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { addressSpace } from './address-space.ts';
import { lowmemBudget } from './budget.ts';
import { asBooted, balanceRatios } from './command-line.ts';
import { bootFailure } from './failure.ts';
import type { BootLayout, NodeLayout, Watermarks, Zonelist, ZoneLayout, ZoneRef } from './layout.ts';
import { pageOffset } from './limits.ts';
import { memInfo } from './meminfo.ts';
import { bootMessages } from './messages.ts';
import { NodeOrders } from './node-order.ts';
import { perCpuBatch } from './per-cpu.ts';
import { makePlan, type BootPlan } from './plan.ts';
import { ramIn } from './spans.ts';
import { validate } from './validate.ts';
import { lowmemReservesOf, watermarksOf } from './watermarks.ts';
import { ZONELIST_NODES, ZonelistBuilder } from './zonelists.ts';
import { zoneSpans, type ZoneSpan } from './zones.ts';

/**
 * Boots a schema-valid profile. Never throws: what only boot can see wrong comes back as `issues` with empty tables, and
 * a machine that does not boot as `failure` with the tables as far as they go.
 */
export function boot(written: MachineProfile, traits: KernelTraits): BootLayout {
  const issues = validate(written, traits);
  if (issues.length > 0) return emptyLayout(traits, issues);

  const profile = asBooted(written, traits);
  const plan = makePlan(profile, traits);
  const spans = zoneSpans(plan);
  const zones = zoneLayouts(plan, spans);
  const nodes = nodeLayouts(plan, spans, zones);
  const failure = bootFailure(plan);
  const meminfo = memInfo(plan, spans);
  const highPages = spans.reduce((sum, zone) => (zone.name === 'HighMem' ? sum + zone.pages : sum), 0);
  const lowPages = plan.is64 ? spans.reduce((sum, zone) => sum + zone.pages, 0) : plan.maxLowPfn;
  return {
    boots: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    issues: [],
    messages: bootMessages(written, plan, spans, zones, meminfo, failure === undefined),
    nodes,
    maxmemPfn: plan.maxmemPfn,
    maxLowPfn: plan.maxLowPfn,
    lowmemEnd: plan.is64 ? 0 : pageOffset(profile.zones) + plan.maxLowPfn * FRAME_BYTES,
    lowmemMiB: Math.floor(lowPages / FRAMES_PER_MIB),
    highmemMiB: Math.floor(highPages / FRAMES_PER_MIB),
    memMap: memMapTotals(plan),
    lowmemBudget: lowmemBudget(plan),
    zonelists: failure === undefined ? allZonelists(plan, nodes) : [],
    watermarks: nodes.flatMap((node) => node.zones.map((zone) => zoneMarks(node.id, zone))),
    addressSpace: addressSpace(plan),
    meminfo,
    clusterFrames: plan.clusterFrames,
    maxOrder: traits.maxOrder,
  };
}

function zoneLayouts(plan: BootPlan, spans: readonly ZoneSpan[]): ZoneLayout[] {
  const { traits, profile, clusterFrames } = plan;
  const marked = spans.map(({ node, name, counted }) => {
    return { node, name, clusters: Math.floor(counted / clusterFrames) };
  });
  const marks = watermarksOf(marked, {
    rule: traits.watermarks,
    clusterKb: (clusterFrames * FRAME_BYTES) / 1024,
    kernelNodes: plan.nodeBlind ? 1 : plan.spans.length,
    minFreeKbytes: profile.zones.minFreeKbytes,
    balanceRatios: balanceRatios(profile),
  });
  const reserves = lowmemReservesOf(marked, traits.watermarks, profile.zones.lowmemReserveRatio);
  const byHand = new Map(profile.zones.watermarks.map((set) => [`${set.node} ${set.zone}`, set]));
  return spans.map((span, place) => {
    const { name, index, fallback, startPfn, pages, present } = span;
    const set = byHand.get(`${plan.spans[span.node].id} ${name}`);
    const watermarks: Watermarks = set === undefined ? marks[place] : { min: set.min, low: set.low, high: set.high };
    const batch = traits.perCpuSets ? perCpuBatch(marked[place].clusters, clusterFrames) : 0;
    const watermarksSet = set !== undefined;
    return {
      name,
      index,
      fallback,
      startPfn,
      pages,
      present,
      batch,
      watermarks,
      watermarksSet,
      lowmemReserve: reserves[place],
    };
  });
}

function nodeLayouts(plan: BootPlan, spans: readonly ZoneSpan[], zones: readonly ZoneLayout[]): NodeLayout[] {
  const windows = new Map(plan.windows.map((window) => [window.node, window]));
  const zonesOf: ZoneLayout[][] = plan.spans.map(() => []);
  for (const [place, span] of spans.entries()) zonesOf[span.node].push(zones[place]);
  const offset = pageOffset(plan.profile.zones);
  return plan.spans.map((span) => {
    const window = windows.get(span.index);
    return {
      id: span.id,
      cpus: span.cpus,
      startPfn: span.startPfn,
      endPfn: span.endPfn,
      presentPages: ramIn(span, span.startPfn, span.endPfn),
      kvaPages: window?.pages ?? 0,
      kvaStart: window === undefined ? 0 : Math.max(0, offset + window.windowPfn * FRAME_BYTES),
      zones: zonesOf[span.index],
    };
  });
}

/** One struct page a cluster of the frames that the mem_maps cover; a flat one covers what lies between nodes too. */
function memMapTotals(plan: BootPlan): BootLayout['memMap'] {
  const structPageBytes = plan.traits.structPage.bytes;
  const bytesPerFrame = structPageBytes / plan.clusterFrames;
  const flat = !plan.is64 && !plan.traits.kvaRemap;
  const frames = flat ? plan.maxPfn : plan.spans.reduce((sum, span) => sum + span.endPfn - span.startPfn, 0);
  return { structPageBytes, bytesPerFrame, totalBytes: frames * bytesPerFrame, kvaPagesTotal: plan.kvaPagesTotal };
}

function allZonelists(plan: BootPlan, nodes: readonly NodeLayout[]): Zonelist[] {
  if (nodes.length > ZONELIST_NODES) return [];
  const builder = new ZonelistBuilder(nodes, NodeOrders.of(plan.profile, plan.traits), plan.nodeBlind);
  return nodes.flatMap((_, index) => builder.of(index));
}

function zoneMarks(node: number, { name, index, watermarks }: ZoneLayout): ZoneRef & Watermarks {
  return { node, zone: name, index, ...watermarks };
}

function emptyLayout(traits: KernelTraits, issues: readonly Issue[]): BootLayout {
  const clusterFrames = 2 ** traits.mmuShift;
  const structPageBytes = traits.structPage.bytes;
  return {
    boots: false,
    issues,
    messages: [],
    nodes: [],
    maxmemPfn: 0,
    maxLowPfn: 0,
    lowmemEnd: 0,
    lowmemMiB: 0,
    highmemMiB: 0,
    memMap: { structPageBytes, bytesPerFrame: structPageBytes / clusterFrames, totalBytes: 0, kvaPagesTotal: 0 },
    lowmemBudget: [],
    zonelists: [],
    watermarks: [],
    addressSpace: [],
    meminfo: { LowTotal: 0, LowFree: 0, HighTotal: 0, MemTotal: 0, reserved: 0 },
    clusterFrames,
    maxOrder: traits.maxOrder,
  };
}
