/**
 * The size of memory at which boot fails: all nodes scaled alike, everything else of the machine as it is, and boot()
 * asked for each size. No kernel computed this; it follows from 2.6.0 arch/i386/mm/discontig.c as boot() has it, since
 * every mem_map grows with memory and low memory does not.
 *
 * Between a size that boots and a larger one that does not it halves; where the machine itself does not boot it first
 * goes down by fifths until something does. Memory holes that a smaller node no longer reaches are cut to it.
 */
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { boot } from './boot.ts';
import { scaleMemory } from './failure.ts';
import type { BootLayout, BudgetItem } from './layout.ts';
import { reachPfn } from './limits.ts';
import { nodeSpans } from './spans.ts';

const KIB_PER_MIB = 1024;
/** Sizes of the curve: enough for a line, few enough to be asked on every edit. */
const STEPS = 24;

/** What boot comes to with so much memory in all. */
export interface MemorySize {
  readonly totalMiB: number;
  readonly boots: boolean;
  /** LowTotal and LowFree of /proc/meminfo in kB; 0 where it does not boot. */
  readonly lowTotalKb: number;
  readonly lowFreeKb: number;
}

export interface MemoryLimit {
  /** As the machine is. */
  readonly totalMiB: number;
  /** The most that its physical addresses reach, all nodes scaled alike; undefined on 64-bit machines. */
  readonly reachMiB?: number;
  /** The largest size that boots; undefined where none does, and on 64-bit machines, which have no low memory to run out of. */
  readonly largestMiB?: number;
  /** The next size, at which boot fails, and what breaks there; undefined where it boots with all that can be addressed. */
  readonly fails?: {
    readonly totalMiB: number;
    /** The item of the budget, or the path of the value that no longer fits. */
    readonly item: string;
    readonly message: string;
    /** Low memory item by item at that size: beside the machine's own they say what grew. */
    readonly items: readonly BudgetItem[];
  };
  /** From small to large; empty on 64-bit machines. */
  readonly sizes: readonly MemorySize[];
}

const totalOf = (profile: MachineProfile): number => {
  return profile.machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0);
};

/** The machine with `size` MiB in all; the nodes' whole MiB may come to a little less. */
function withMemory(profile: MachineProfile, size: number): MachineProfile {
  const scaled = scaleMemory(profile, size, totalOf(profile));
  const nodes = scaled.machine.nodes.map((node) => {
    const endKiB = node.memoryMiB * KIB_PER_MIB;
    const holes = node.holes
      .filter((hole) => hole.startKiB < endKiB)
      .map((hole) => ({ ...hole, endKiB: Math.min(hole.endKiB, endKiB) }));
    return { ...node, holes };
  });
  return { ...scaled, machine: { ...scaled.machine, nodes } };
}

function sizeOf(profile: MachineProfile, { boots, meminfo }: BootLayout): MemorySize {
  return {
    totalMiB: totalOf(profile),
    boots,
    lowTotalKb: boots ? meminfo.LowTotal : 0,
    lowFreeKb: boots ? meminfo.LowFree : 0,
  };
}

/** Searches the size at which a schema-valid profile no longer boots. Never throws. */
export function memoryLimit(profile: MachineProfile, traits: KernelTraits): MemoryLimit {
  const total = totalOf(profile);
  const endPfn = nodeSpans(profile.machine).reduce((end, span) => Math.max(end, span.endPfn), 0);
  if (profile.machine.bits === 64 || total === 0 || endPfn === 0) return { totalMiB: total, sizes: [] };

  const layoutAt = (size: number): BootLayout => boot(withMemory(profile, size), traits);
  const boots = (size: number): boolean => layoutAt(size).boots;
  const reach = Math.max(total, Math.floor((total * reachPfn(profile.machine)) / endPfn));
  let failing = reach + 1;
  let booting = reach;
  // A machine that boots is where the search begins, so that the answer is the first failure above it.
  if (!boots(reach)) {
    failing = reach;
    booting = boots(total) ? total : Math.floor(reach * 0.8);
    while (booting > 0 && !boots(booting)) {
      failing = booting;
      booting = Math.floor(booting * 0.8);
    }
    while (booting > 0 && failing - booting > 1) {
      const middle = Math.floor((booting + failing) / 2);
      if (boots(middle)) booting = middle;
      else failing = middle;
    }
  }
  if (booting === 0) failing = total;

  const asked = new Set(Array.from({ length: STEPS }, (_, step) => Math.floor((reach * (step + 1)) / STEPS)));
  for (const size of [total, booting, failing]) if (size > 0 && size <= reach) asked.add(size);
  // Nodes have whole MiB, so two sizes asked for may come to the same machine.
  const sizes = [...asked]
    .sort((a, b) => a - b)
    .map((size) => sizeOf(withMemory(profile, size), layoutAt(size)))
    .filter(({ totalMiB }, place, all) => totalMiB !== all[place - 1]?.totalMiB);
  const reachMiB = totalOf(withMemory(profile, reach));
  const largest = booting === 0 ? {} : { largestMiB: totalOf(withMemory(profile, booting)) };
  if (failing > reach) return { totalMiB: total, reachMiB, ...largest, sizes };
  return { totalMiB: total, reachMiB, ...largest, fails: failureAt(withMemory(profile, failing), traits), sizes };
}

/** What breaks a machine of this size: the item of its low memory, or the first value that no longer fits. */
function failureAt(profile: MachineProfile, traits: KernelTraits): NonNullable<MemoryLimit['fails']> {
  const { failure, issues, lowmemBudget: items } = boot(profile, traits);
  const totalMiB = totalOf(profile);
  // Its first sentence: the next one names the largest size that boots, scaled from this one and so rounded once more.
  if (failure !== undefined) return { totalMiB, item: failure.item, message: firstSentence(failure.message), items };
  const [issue] = issues;
  return { totalMiB, item: issue?.path ?? '', message: issue?.message ?? '', items };
}

function firstSentence(text: string): string {
  const end = text.indexOf('. ');
  return end < 0 ? text : text.slice(0, end + 1);
}
