/**
 * What boot says beside its tables: the kernel's own messages, the lab's notes, and what no kernel ever did. Source of
 * the alignment message: 2.4.22 and 2.6.0 mm/page_alloc.c, free_area_init_core(): printed for a zone whose start is no
 * multiple of the largest buddy block, and nothing more happens; boot log of the 64 GB box with pgcl (W. L. Irwin, 27 Mar
 * 2003) for page clusters.
 */
import { grouped } from '../../base/grouped.ts';
import { FRAMES_PER_MIB } from '../../base/units.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import { commandLineMessages } from './command-line.ts';
import type { BootMessage, MemInfo, ZoneLayout } from './layout.ts';
import { lowmemLimitPfn, SPLIT_4G4G } from './limits.ts';
import type { BootPlan } from './plan.ts';
import { kb } from './text.ts';
import type { ZoneSpan } from './zones.ts';

const ALIGNMENT_MESSAGE = 'BUG: wrong zone alignment, it will crash';
/** maxmem of the published page-clustering kernel, frames (834 MiB: a larger vmalloc reserve). */
const PGCL_MAXMEM_PFN = 213_504;
const NODES_OF_I386 = 64;
const NAMED = 4;

const assumed = (text: string, path?: string): BootMessage => ({
  kind: 'assumed',
  text,
  ...(path === undefined ? {} : { path }),
});
const note = (text: string, path?: string): BootMessage => ({
  kind: 'note',
  text,
  ...(path === undefined ? {} : { path }),
});

/**
 * Frames that the kernel wants a zone's start to be a multiple of. With page clusters it asks less: the pgcl kernel took
 * PAGE_MMUSHIFT off MAX_ORDER (its log has the largest hash tables at order 7, 4 MB) and held 4 KiB frame numbers
 * against that; so its log has no message where HighMem starts at an odd multiple of 2 MB.
 */
function requiredAlignment({ traits }: BootPlan): number {
  return 2 ** Math.max(0, traits.maxOrder - 1 - traits.mmuShift);
}

function alignment(plan: BootPlan, zones: readonly ZoneSpan[]): BootMessage[] {
  const block = requiredAlignment(plan);
  const misaligned = zones.filter((zone) => zone.startPfn % block !== 0);
  if (misaligned.length === 0) return [];
  const named = misaligned.slice(0, NAMED).map((zone) => {
    return `${zone.name} ${plan.spans[zone.node].id} starts at frame ${grouped(zone.startPfn)}`;
  });
  const more = misaligned.length > NAMED ? `, and ${grouped(misaligned.length - NAMED)} more` : '';
  const text = `Not at a multiple of ${grouped(block)} frames, the largest block: ${named.join('; ')}${more}. It boots all the same.`;
  return [{ kind: 'kernel', text: ALIGNMENT_MESSAGE }, note(text)];
}

function zoneShapes(plan: BootPlan): BootMessage[] {
  const { zones } = plan.profile;
  const { dma, normal, highmem } = zones.zonesPerType;
  const messages: BootMessage[] = [];
  if (Math.max(dma, normal, highmem) > 1) {
    messages.push(assumed('Several zones of one type: no kernel had more than one.', 'zones.zonesPerType'));
  }
  if (zones.fallbackShare > 0) {
    messages.push(assumed('Fall-back zones: proposed in 2002, no kernel had one.', 'zones.fallbackShare'));
  }
  if (!plan.is64 && zones.dmaLimitMiB !== 16) {
    messages.push(assumed(`DMA limit of ${zones.dmaLimitMiB} MiB: every i386 kernel had 16.`, 'zones.dmaLimitMiB'));
  }
  return messages;
}

function kernelShapes(plan: BootPlan, written: MachineProfile): BootMessage[] {
  const { traits, profile, is64 } = plan;
  const messages = traits.patches.map((patch) => assumed(`${traits.flavour} never had ${patch}: a patch.`));
  if (traits.structPage.assumed) {
    const { bytes, why } = traits.structPage;
    messages.push(assumed(`sizeof(struct page) = ${bytes} B: ${why}.`, 'kernel.structPageBytes'));
  }
  if (written.zones.userSpaceMiB === SPLIT_4G4G && !is64 && traits.watermarks !== 'rhel3') {
    messages.push(assumed('4G/4G split: only 2.4.21-rhel3 had it, as a switch.', 'zones.userSpaceMiB'));
  }
  if (!is64 && plan.spans.length > NODES_OF_I386) {
    const text = `${grouped(plan.spans.length)} nodes: page->flags of 32-bit kernels had room for ${NODES_OF_I386}.`;
    messages.push(assumed(text, 'machine.nodes'));
  }
  const old = traits.watermarks === '2.4.22' || traits.watermarks === 'rhel3';
  if (old && profile.zones.minFreeKbytes !== undefined) {
    const text = 'min_free_kbytes: 2.4 has no such knob; it is shared out over low memory as 2.6 does.';
    messages.push(assumed(text, 'zones.minFreeKbytes'));
  }
  return messages;
}

/** A knob that this flavour's allocator does not read. */
function idleKnobs(plan: BootPlan): BootMessage[] {
  const { zones } = plan.profile;
  const rule = plan.traits.watermarks;
  const messages: BootMessage[] = [];
  if (zones.lowerZoneProtection !== 0 && rule !== '2.6.0') {
    const text = `lower_zone_protection is a knob of 2.6.0: ${plan.traits.flavour} does not read it.`;
    messages.push(note(text, 'zones.lowerZoneProtection'));
  }
  const { dma, normal } = zones.lowmemReserveRatio;
  if ((dma !== 256 || normal !== 32) && rule !== '2.6.11') {
    const text = `lowmem_reserve_ratio is a knob of 2.6.11: ${plan.traits.flavour} does not read it.`;
    messages.push(note(text, 'zones.lowmemReserveRatio'));
  }
  return messages;
}

function lowMemory(plan: BootPlan, zones: readonly ZoneSpan[]): BootMessage[] {
  if (plan.is64) return [];
  const messages: BootMessage[] = [];
  const { zones: spec, machine } = plan.profile;
  const limit = lowmemLimitPfn(spec);
  if (plan.traits.mmuShift > 0 && limit !== PGCL_MAXMEM_PFN && spec.userSpaceMiB === 3072) {
    const text =
      `The published page-clustering kernel reserved more for vmalloc: maxmem ${grouped(PGCL_MAXMEM_PFN)} pages ` +
      `(${PGCL_MAXMEM_PFN / FRAMES_PER_MIB} MiB). This machine keeps its own ${grouped(limit / FRAMES_PER_MIB)} MiB.`;
    messages.push(note(text, 'zones.maxmemMiB'));
  }
  if (plan.nodeBlind && machine.nodes.length > 1) {
    const text =
      'This kernel sees one flat node; its zones are cut at the nodes’ borders here, and every node tries them alike, ' +
      'the highest memory first.';
    messages.push(note(text, 'kernel.localAllocation'));
  } else {
    const others = new Set(
      zones.filter(({ name, node }) => name !== 'HighMem' && node !== plan.bootNode).map((z) => z.node),
    );
    if (others.size > 0) {
      const ids = [...others].slice(0, NAMED).map((index) => plan.spans[index].id);
      const more = others.size > NAMED ? ` and ${others.size - NAMED} more` : '';
      const text = `Low memory reaches into node ${ids.join(', ')}${more}: in these kernels all of it lay on node 0.`;
      messages.push(assumed(text, 'machine.nodes'));
    }
  }
  return messages;
}

/** Adapters that nothing uses, and swap without a disk to hold it. */
function idleDevices({ profile }: BootPlan): BootMessage[] {
  const { nodes } = profile.machine;
  const messages: BootMessage[] = [];
  const first = nodes.findIndex(({ io }) => io.some(({ kind }) => kind === 'adapter'));
  if (first >= 0) {
    const adapters = nodes.reduce((sum, { io }) => sum + io.filter(({ kind }) => kind === 'adapter').length, 0);
    const text = `Adapters (${grouped(adapters)}) are kept in the profile; the kernel drives disks only.`;
    messages.push(note(text, `machine.nodes[${first}].io`));
  }
  if (profile.kernel.swapMiB > 0 && nodes.every(({ io }) => io.every(({ kind }) => kind !== 'disk'))) {
    messages.push(note('No disk holds the swap space: this machine does not swap.', 'kernel.swapMiB'));
  }
  return messages;
}

/** Marks by hand that no zone of this layout takes. */
function idleMarks(plan: BootPlan, zones: readonly ZoneSpan[]): BootMessage[] {
  const there = new Set(zones.map((zone) => `${plan.spans[zone.node].id} ${zone.name}`));
  return plan.profile.zones.watermarks.flatMap(({ node, zone }, place) => {
    if (there.has(`${node} ${zone}`)) return [];
    return [note(`Node ${node} has no ${zone} zone: these marks are without effect.`, `zones.watermarks[${place}]`)];
  });
}

/** All messages of a layout, the kernel's first. `written`: the profile before its command line was applied. */
export function bootMessages(
  written: MachineProfile,
  plan: BootPlan,
  zones: readonly ZoneSpan[],
  layouts: readonly ZoneLayout[],
  meminfo: MemInfo,
  boots: boolean,
): BootMessage[] {
  const taken = plan.profile.kernel.bootItems.reduce((sum, { kib }) => sum + kib, 0);
  const messages = [
    ...commandLineMessages(written, plan.traits),
    ...alignment(plan, zones),
    ...lowMemory(plan, zones),
    ...zoneShapes(plan),
    ...kernelShapes(plan, written),
    ...idleKnobs(plan),
    ...idleMarks(plan, zones),
    ...idleDevices(plan),
  ];
  if (boots && taken > meminfo.LowTotal) {
    const text = `What is taken after boot (${kb(taken * 1024)}) is more than LowTotal (${grouped(meminfo.LowTotal)} kB).`;
    messages.push(note(text, 'kernel.bootItems'));
  }
  if (layouts.some((zone) => zone.watermarksSet)) {
    messages.push(note('Some watermarks are set against the flavour’s rule.', 'zones.watermarks'));
  }
  return messages;
}
