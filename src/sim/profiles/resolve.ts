/**
 * From a profile's kernel and machine to the traits that boot and the memory manager read: the flavour's row, the
 * switches set against it, and what both come to. Sources as in flavours.ts.
 *
 * Deviations: the fixmap holds the atomic kmap slots only (14 per CPU of NR_CPUS, as in 2.6.0; the other fixed
 * addresses are a few dozen pages), and NR_CPUS is 32, or 64 where a machine has more than 32 CPUs.
 */
import { InputError, makeIssue, type Issue } from '../base/errors.ts';
import { nearest } from './nearest.ts';
import { flavourById, flavours, type Flavour } from './flavours.ts';
import { structPageOf } from './struct-page.ts';
import type { KernelSpec, MachineSpec } from './schema.ts';
import type { KernelTraits, StructPage } from './traits.ts';

/** Memory that the 3:1 split maps directly: beyond it a 32-bit kernel is built with highmem. */
const DIRECT_MAP_MIB = 896;
const KM_TYPE_NR = 14;
const PAGE_BYTES = 4096;

/** What is wrong with a flavour's name, or undefined. */
export function flavourIssue(id: string): Issue | undefined {
  if (flavourById(id) !== undefined) return undefined;
  const ids = flavours.map((flavour) => flavour.id);
  const near = nearest(id, ids);
  const found = JSON.stringify(id.length > 40 ? `${id.slice(0, 40)}...` : id);
  const issue = makeIssue('unknown-flavour', 'kernel.flavour', `one of ${ids.join(', ')}`, found);
  return near === undefined ? issue : { ...issue, message: `${issue.message}; did you mean "${near}"?` };
}

/** Highest end of a node's memory, MiB, nodes in their order where they name no start. */
function memoryEndMiB(machine: MachineSpec): number {
  let end = 0;
  let highest = 0;
  for (const node of machine.nodes) {
    end = (node.startMiB ?? end) + node.memoryMiB;
    highest = Math.max(highest, end);
  }
  return highest;
}

function patchesOf(flavour: Flavour, kernel: KernelSpec, is64: boolean): string[] {
  const patches: string[] = [];
  if (!is64 && kernel.highpte === true && flavour.highpte === 'never') patches.push('highpte');
  if (!is64 && kernel.kvaRemap === true && flavour.kvaRemap === 'never') patches.push('KVA remap');
  if (kernel.pageMmuShift > 0 && !flavour.clusters) patches.push('page clustering');
  if (kernel.placement.policy !== 'first-touch' && !flavour.binding) {
    patches.push(`placement by ${kernel.placement.policy}`);
  }
  return patches;
}

function byHand(bytes: number, rule: StructPage): StructPage {
  const why = bytes === rule.bytes ? 'set by hand, as the rule has it' : `set by hand; the rule gives ${rule.bytes}`;
  return { bytes, why, assumed: true };
}

/** Lowest address of the atomic kmap slots, never below the end of the persistent ones. */
function fixmapBaseOf(flavour: Flavour, cpus: number, pkmapEnd: number): number {
  const slots = KM_TYPE_NR * (cpus > 32 ? Math.max(64, cpus) : 32);
  return Math.max(pkmapEnd, flavour.fixmapTop - slots * PAGE_BYTES);
}

/**
 * What this kernel is on this machine. Switches that the profile leaves out follow the flavour; a 64-bit machine has
 * no highmem, so no remap, no highpte and no pkmap (addresses 0). Throws InputError (at `kernel.flavour`) for a
 * flavour that is not known.
 */
export function traitsOf(kernel: KernelSpec, machine: MachineSpec): KernelTraits {
  const flavour = flavourById(kernel.flavour);
  if (flavour === undefined) {
    const issue = flavourIssue(kernel.flavour);
    throw new InputError('', issue === undefined ? [] : [issue]);
  }
  const is64 = machine.bits === 64;
  const highpte = !is64 && (kernel.highpte ?? flavour.highpte === 'on');
  const kvaRemap = !is64 && (kernel.kvaRemap ?? flavour.kvaRemap === 'on');
  const highmem = !is64 && (machine.pae || memoryEndMiB(machine) > DIRECT_MAP_MIB);
  const rule = structPageOf(flavour, { bits: machine.bits, pae: machine.pae, highmem, highpte });

  const cpus = machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
  const pkmapBase = cpus > 32 ? flavour.pkmapBaseManyCpus : flavour.pkmapBase;
  const lastPkmap = machine.pae ? flavour.lastPkmapPae : flavour.lastPkmap;
  const pkmapEnd = pkmapBase + lastPkmap * PAGE_BYTES;

  return {
    flavour: flavour.id,
    watermarks: flavour.watermarks,
    zonelistOrder: flavour.zonelistOrder,
    splitGives: flavour.splitGives,
    maxOrder: flavour.maxOrder,
    perCpuSets: flavour.perCpuSets,
    kvaRemap,
    highpte,
    structPage: kernel.structPageBytes === undefined ? rule : byHand(kernel.structPageBytes, rule),
    mmuShift: kernel.pageMmuShift,
    pkmapBase: is64 ? 0 : pkmapBase,
    lastPkmap: is64 ? 0 : lastPkmap,
    fixmapBase: is64 ? 0 : fixmapBaseOf(flavour, cpus, pkmapEnd),
    patches: patchesOf(flavour, kernel, is64),
  };
}
