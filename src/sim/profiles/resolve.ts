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
import type { KernelSpec } from './kernel-schema.ts';
import type { MachineSpec } from './schema.ts';
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

/**
 * Whether a kernel as it was released begins at the node of the CPU that asks. 2.4's mm/numa.c does where it has nodes, which
 * for i386 is a backport of discontigmem with the remap; from 2.5 on nodes are built in.
 */
function hasNodes(flavour: Flavour, is64: boolean, kvaRemap: boolean): boolean {
  return flavour.zonelistOrder !== '2.4.22' || is64 || kvaRemap;
}

function patchesOf(flavour: Flavour, kernel: KernelSpec, is64: boolean, local: boolean): string[] {
  const patches: string[] = [];
  if (!is64 && kernel.highpte === true && flavour.highpte === 'never') patches.push('highpte');
  if (!is64 && kernel.kvaRemap === true && flavour.kvaRemap === 'never') patches.push('KVA remap');
  if (kernel.pageMmuShift > 0 && !flavour.clusters) patches.push('page clustering');
  const canObjrmap = flavour.canObjrmap && kernel.rmap === 'objrmap';
  if (kernel.rmap !== undefined && kernel.rmap !== flavour.rmap && !canObjrmap) {
    patches.push(`reverse map of files: ${kernel.rmap}`);
  }
  if (kernel.anonRmap !== undefined && kernel.anonRmap !== flavour.anonRmap) {
    patches.push(`reverse map of anonymous pages: ${kernel.anonRmap}`);
  }
  if (kernel.reclaim !== undefined && kernel.reclaim !== flavour.reclaim) patches.push(`reclaim of ${kernel.reclaim}`);
  if (kernel.lruLock !== undefined && kernel.lruLock !== flavour.lruLock) patches.push(`${kernel.lruLock} LRU lock`);
  if (kernel.pagevecs !== undefined && kernel.pagevecs !== flavour.pagevecs) patches.push('pagevecs on or off');
  if (kernel.sharedPageTables !== 'off' && !flavour.canSharePageTables) patches.push('shared page tables');
  if (!is64 && kernel.split4g && !flavour.can4g) patches.push('4G/4G split');
  if (kernel.ukva !== 'off') patches.push('UKVA');
  if (kernel.kmap !== 'pool') patches.push('pinned kmap pool per CPU');
  if (kernel.kswapdWindow) patches.push('kswapd’s own window');
  if (kernel.binding !== undefined && kernel.binding !== flavour.binding) {
    patches.push(`binding calls: ${kernel.binding}`);
  }
  if (kernel.localAllocation !== undefined && kernel.localAllocation !== local) {
    patches.push(kernel.localAllocation ? 'local allocation' : 'one flat memory');
  }
  if (kernel.scheduler !== undefined && kernel.scheduler !== flavour.scheduler) {
    patches.push(kernel.scheduler === 'o1' ? 'O(1) scheduler' : 'scheduler of 2.4');
  }
  if (kernel.nodeBalance !== undefined && kernel.nodeBalance !== flavour.nodeBalance) {
    patches.push(`balancing between nodes: ${kernel.nodeBalance}`);
  }
  if (kernel.taskPlacement !== undefined && kernel.taskPlacement !== flavour.taskPlacement) {
    patches.push(`placing of tasks: ${kernel.taskPlacement}`);
  }
  if (kernel.kernelText !== 'one') patches.push('kernel text per node');
  if (kernel.placement.policy !== 'first-touch' && flavour.binding === 'none') {
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

type MemoryManager = Pick<
  KernelTraits,
  | 'rmap'
  | 'anonRmap'
  | 'chainSlots'
  | 'reclaim'
  | 'lruLock'
  | 'pagevecs'
  | 'kswapd'
  | 'sharedPageTables'
  | 'pageCache'
  | 'split4g'
  | 'ukva'
  | 'kmap'
  | 'kswapdWindow'
  | 'packPtePages'
  | 'pageAddress'
  | 'ptesByKmap'
  | 'copiesByKmap'
  | 'requests'
  | 'bouncePages'
  | 'bufferHeadBytes'
  | 'memLimit'
  | 'readsVmalloc'
  | 'readsMemfrac'
>;

function memoryManager(
  flavour: Flavour,
  kernel: KernelSpec,
  machine: MachineSpec,
  wideAddress: boolean,
): MemoryManager {
  const rmap = kernel.rmap ?? flavour.rmap;
  const ownAnon = rmap === 'none' ? 'none' : flavour.anonRmap === 'none' ? 'pte_chain' : flavour.anonRmap;
  // pte_addr_t of mm/rmap.c: 8 bytes where a pte may lie in highmem of a PAE machine.
  const pteAddrBytes = wideAddress || machine.bits === 64 ? 8 : 4;
  const pointerBytes = machine.bits / 8;
  return {
    rmap,
    anonRmap: kernel.anonRmap ?? ownAnon,
    chainSlots: Math.floor((machine.cpu.l1d.lineBytes - pointerBytes) / pteAddrBytes),
    reclaim: kernel.reclaim ?? flavour.reclaim,
    lruLock: kernel.lruLock ?? flavour.lruLock,
    pagevecs: kernel.pagevecs ?? flavour.pagevecs,
    kswapd: flavour.kswapd,
    sharedPageTables: kernel.sharedPageTables,
    pageCache: flavour.pageCache,
    split4g: machine.bits === 32 && kernel.split4g,
    ukva: kernel.ukva,
    kmap: kernel.kmap,
    kswapdWindow: kernel.kswapdWindow,
    packPtePages: kernel.packPtePages,
    pageAddress: flavour.pageAddress,
    ptesByKmap: flavour.ptesByKmap,
    copiesByKmap: flavour.copiesByKmap,
    requests: flavour.requests,
    bouncePages: flavour.bouncePages,
    bufferHeadBytes: flavour.bufferHeadBytes,
    memLimit: flavour.memLimit,
    readsVmalloc: flavour.readsVmalloc,
    readsMemfrac: flavour.readsMemfrac,
  };
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
  const local = hasNodes(flavour, is64, kvaRemap);
  const highmem = !is64 && (machine.pae || memoryEndMiB(machine) > DIRECT_MAP_MIB);
  const memory = memoryManager(flavour, kernel, machine, highpte && machine.pae);
  const rule = structPageOf(flavour, {
    bits: machine.bits,
    pae: machine.pae,
    virtual: highmem && kernel.kmap === 'pool',
    highpte,
    chains: memory.rmap === 'pte_chain' || memory.anonRmap === 'pte_chain',
  });

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
    localAllocation: kernel.localAllocation ?? local,
    binding: kernel.binding ?? flavour.binding,
    scheduler: kernel.scheduler ?? flavour.scheduler,
    nodeBalance: kernel.nodeBalance ?? flavour.nodeBalance,
    taskInStack: flavour.zonelistOrder === '2.4.22',
    taskPlacement: kernel.taskPlacement ?? flavour.taskPlacement,
    kernelText: kernel.kernelText,
    perCpuSets: flavour.perCpuSets,
    kvaRemap,
    highpte,
    ...memory,
    structPage: kernel.structPageBytes === undefined ? rule : byHand(kernel.structPageBytes, rule),
    mmuShift: kernel.pageMmuShift,
    pkmapBase: is64 ? 0 : pkmapBase,
    lastPkmap: is64 ? 0 : lastPkmap,
    fixmapBase: is64 ? 0 : fixmapBaseOf(flavour, cpus, pkmapEnd),
    patches: patchesOf(flavour, kernel, is64, local),
  };
}
