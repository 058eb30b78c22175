/**
 * Does it boot, and if not: which item broke it, and the largest memory (all nodes scaled alike) that would. It does
 * not boot when the windows leave no more than the DMA zone (max_low_pfn <= 4,096), or when the reserved items, taken in
 * the order of the budget, do not fit in the RAM below max_low_pfn.
 */
import { grouped } from '../../base/grouped.ts';
import { FRAME_BYTES, FRAMES_PER_MIB, MIB } from '../../base/units.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { ITEM, memMapItem, windowsItem } from './budget.ts';
import type { BootFailure } from './layout.ts';
import { reachPfn } from './limits.ts';
import { makePlan, type BootPlan } from './plan.ts';
import { lowRamBytes, reservedOf } from './reserved.ts';
import { mib } from './text.ts';

/** ISA's 16 MB, whatever limit the profile gives the zone. */
const DMA_PAGES = 4096;

interface Shortage {
  readonly item: string;
  readonly shortBytes: number;
  readonly why: string;
}

/** What does not fit, or undefined where the machine boots. */
function shortageOf(plan: BootPlan): Shortage | undefined {
  if (plan.windows.length > 0 && plan.maxLowPfn <= DMA_PAGES) {
    const shortBytes = (DMA_PAGES + 1 - (plan.maxmemPfn - plan.kvaPagesTotal)) * FRAME_BYTES;
    const windows = mib(plan.kvaPagesTotal * FRAME_BYTES);
    const why = `the windows take ${windows} of ${mib(plan.maxmemPfn * FRAME_BYTES)} and leave no more than the DMA zone`;
    return { item: windowsItem(plan), shortBytes, why };
  }
  const available = lowRamBytes(plan);
  const reserved = reservedOf(plan);
  if (reserved.totalBytes <= available) return undefined;
  const order: readonly (readonly [string, number])[] = [
    [memMapItem(plan), reserved.memMapBytes],
    [ITEM.code, reserved.codeBytes],
    [ITEM.data, reserved.dataBytes],
    [ITEM.init, reserved.initBytes],
    [ITEM.other, reserved.otherBytes],
  ];
  let taken = 0;
  for (const [item, bytes] of order) {
    taken += bytes;
    if (taken <= available) continue;
    const left = `${mib(Math.max(0, available - taken + bytes))} of low memory is left for it`;
    const why = `it takes ${mib(bytes)}, and ${left}${windowsText(plan)}`;
    return { item, shortBytes: reserved.totalBytes - available, why };
  }
  return undefined;
}

/** What has taken the rest: without it a full low memory of a machine with much memory is a riddle. */
function windowsText({ windows, kvaPagesTotal, maxmemPfn }: BootPlan): string {
  if (windows.length === 0) return '';
  return ` (KVA windows take ${mib(kvaPagesTotal * FRAME_BYTES)} of ${mib(maxmemPfn * FRAME_BYTES)})`;
}

/** Every node's memory and start times `total` / `of`, whole MiB rounded down: all nodes scaled alike. */
export function scaleMemory(profile: MachineProfile, total: number, of: number): MachineProfile {
  const scale = (value: number): number => Math.floor((value * total) / of);
  const nodes = profile.machine.nodes.map((node) => {
    const memoryMiB = scale(node.memoryMiB);
    return node.startMiB === undefined
      ? { ...node, memoryMiB }
      : { ...node, memoryMiB, startMiB: scale(node.startMiB) };
  });
  return { ...profile, machine: { ...profile.machine, nodes } };
}

const totalMiB = (profile: MachineProfile): number => {
  return profile.machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0);
};

/** A DMA limit set above ISA's 16 MB may not lie above low memory. */
export function dmaLimitFits(plan: BootPlan): boolean {
  const limitPfn = plan.profile.zones.dmaLimitMiB * FRAMES_PER_MIB;
  return plan.is64 || limitPfn <= Math.max(DMA_PAGES, plan.maxLowPfn);
}

/** No node may be smaller than the window on its own mem_map. */
function windowsFitNodes(plan: BootPlan): boolean {
  return plan.windows.every(({ node, pages }) => pages < plan.spans[node].endPfn - plan.spans[node].startPfn);
}

/**
 * The largest memory in MiB, over all nodes, that boots with the nodes scaled alike, or undefined where none was found.
 * What is too large fails whatever is added, so the search goes down from what the machine can address by fifths until
 * something boots, then halves between that and the step before.
 */
function largestBootingMiB(profile: MachineProfile, traits: KernelTraits): number | undefined {
  const total = totalMiB(profile);
  if (total === 0) return undefined;
  const at = (size: number): MachineProfile => scaleMemory(profile, size, total);
  const boots = (size: number): boolean => {
    const plan = makePlan(at(size), traits);
    return plan.bootNode >= 0 && windowsFitNodes(plan) && dmaLimitFits(plan) && shortageOf(plan) === undefined;
  };
  const reach = reachPfn(profile.machine) / FRAMES_PER_MIB;
  const end = makePlan(profile, traits).maxPfn / FRAMES_PER_MIB;
  let failing = Number.isFinite(reach) ? Math.floor((total * reach) / end) + 1 : total;
  let booting = failing - 1;
  while (booting > 0 && !boots(booting)) {
    failing = booting;
    booting = Math.floor(booting * 0.8);
  }
  if (booting <= 0) return undefined;
  while (failing - booting > 1) {
    const middle = Math.floor((booting + failing) / 2);
    if (boots(middle)) booting = middle;
    else failing = middle;
  }
  return totalMiB(at(booting));
}

/** Why the machine does not boot, or undefined where it does. */
export function bootFailure(plan: BootPlan): BootFailure | undefined {
  const shortage = shortageOf(plan);
  if (shortage === undefined) return undefined;
  const { item, shortBytes, why } = shortage;
  const verb = item === windowsItem(plan) ? 'do' : 'does';
  const largestMiB = largestBootingMiB(plan.profile, plan.traits);
  const largest =
    largestMiB === undefined
      ? 'No memory would boot with this kernel, however the nodes are scaled.'
      : `The largest memory that boots, all nodes scaled alike, is ${grouped(largestMiB)} MiB.`;
  const message = `${item} ${verb} not fit: ${why}; short by ${mib(Math.ceil(shortBytes / (MIB / 10)) * (MIB / 10))}. ${largest}`;
  return { item, message, shortBytes, ...(largestMiB === undefined ? {} : { largestMiB }) };
}
