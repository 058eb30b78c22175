/**
 * Where mem_map and the kernel's static data lie in physical memory, so that a look at them costs what the place says.
 * Source: 2.6.0 arch/i386/mm/discontig.c: the mem_map of a remapped node lies in the last frames of the node's memory, the
 * boot node's (and a flat one) comes out of bootmem, low memory.
 *
 * Deviation: bootmem's order is not kept. The low mem_map begins where boot's frames begin (free-after-boot.ts), and static
 * data follows it; on a 64-bit machine, whose nodes each keep their mem_map at the start of Normal, it lies in the frames
 * that boot took of DMA. A flat mem_map that no node's low memory can hold lies in parts on the nodes that it describes.
 */
import { FRAME_BYTES, KB_PER_FRAME } from '../../base/units.ts';
import { compiledKiB } from '../../profiles/compilers.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { MemMapPlace } from '../mem-map.ts';
import type { BootLayout, NodeLayout, ZoneLayout } from './layout.ts';
import { memMapBytes } from './reserved.ts';

/** Frames of a node that hold kernel data; their slots are consecutive (hardware/frames.ts). */
export interface DataPlace {
  readonly place: number;
  readonly pfn: number;
  readonly frames: number;
}

interface LowZone {
  readonly place: number;
  readonly zone: ZoneLayout;
}

/** Static data is never given less room than this where the profile's kernel has (nearly) none. */
const LEAST_FRAMES = 16;
/** Slots are consecutive within so many frames, counted from the node's start. */
const CHUNK_FRAMES = 2048;

/** Low memory in the order in which boot's frames are taken: Normal before DMA, low addresses first. */
function lowZones(layout: BootLayout): LowZone[] {
  const all = layout.nodes.flatMap((node, place) =>
    node.zones.filter(({ name }) => name !== 'HighMem').map((zone) => ({ place, zone })),
  );
  const rank = ({ zone }: LowZone): number => (zone.name === 'Normal' ? 0 : 1);
  return all.sort((a, b) => rank(a) - rank(b) || a.zone.startPfn - b.zone.startPfn);
}

function framesOf(frames: number, layout: BootLayout): number {
  return memMapBytes(frames, layout.memMap.structPageBytes, layout.clusterFrames) / FRAME_BYTES;
}

function isFlat(profile: MachineProfile, layout: BootLayout): boolean {
  return profile.machine.bits === 32 && layout.nodes.every((node) => node.kvaPages === 0);
}

/** Frames that the mem_map in low memory describes, and the first of them. */
function lowMap(profile: MachineProfile, layout: BootLayout): { readonly firstPfn: number; readonly frames: number } {
  if (isFlat(profile, layout)) {
    return { firstPfn: 0, frames: layout.nodes.reduce((end, node) => Math.max(end, node.endPfn), 0) };
  }
  const boot = layout.nodes.find((node) => node.kvaPages === 0 && node.endPfn > node.startPfn) ?? layout.nodes[0];
  return { firstPfn: boot.startPfn, frames: boot.endPfn - boot.startPfn };
}

/** The zone that holds the low mem_map whole, if any does. */
function homeOfLowMap(profile: MachineProfile, layout: BootLayout): LowZone | undefined {
  const frames = framesOf(lowMap(profile, layout).frames, layout);
  return lowZones(layout).find(({ zone }) => zone.pages >= frames);
}

/** Where a mem_map in the node's own memory begins: at its Normal zone, where that has room for it. */
function ownPlace(node: NodeLayout, place: number, layout: BootLayout): MemMapPlace {
  const frames = framesOf(node.endPfn - node.startPfn, layout);
  const zone = node.zones.find(({ name, pages }) => name === 'Normal' && pages >= frames);
  return { place, startPfn: zone?.startPfn ?? node.startPfn, firstPfn: node.startPfn };
}

/** Where the struct pages of each node lie, by its place in the profile. */
export function memMapPlaces(profile: MachineProfile, layout: BootLayout): MemMapPlace[] {
  const { firstPfn } = lowMap(profile, layout);
  const home = profile.machine.bits === 64 ? undefined : homeOfLowMap(profile, layout);
  return layout.nodes.map((node, place) => {
    if (node.kvaPages > 0) return { place, startPfn: node.endPfn - node.kvaPages, firstPfn: node.startPfn };
    if (home === undefined) return ownPlace(node, place, layout);
    return { place: home.place, startPfn: home.zone.startPfn, firstPfn };
  });
}

/** Frames of low memory that are not free after boot. */
function takenFrames(layout: BootLayout): number {
  const present = lowZones(layout).reduce((sum, { zone }) => sum + zone.present, 0);
  return Math.max(0, present - Math.floor(layout.meminfo.LowFree / KB_PER_FRAME));
}

/** At most `wanted` frames from `pfn` on that have consecutive slots and end by `end`. */
function consecutive(place: number, node: NodeLayout, pfn: number, end: number, wanted: number): DataPlace {
  const untilBorder = CHUNK_FRAMES - ((pfn - node.startPfn) % CHUNK_FRAMES);
  const beyond = end - pfn - untilBorder;
  // Past a border of slots where more of the frames lie there.
  if (untilBorder < wanted && beyond > untilBorder) {
    return { place, pfn: pfn + untilBorder, frames: Math.min(wanted, beyond, CHUNK_FRAMES) };
  }
  return { place, pfn, frames: Math.max(1, Math.min(wanted, untilBorder, end - pfn)) };
}

/**
 * Frames of low memory, taken at boot, that hold the kernel's text: behind its static data, of the same node. Deviation: on
 * the machine the image begins at 1 MiB, in DMA, where boot's frames are not kept (free-after-boot.ts). Fewer frames than
 * the text has where boot's have no room for all of it. The layout boots.
 */
export function textPlace(profile: MachineProfile, layout: BootLayout): DataPlace {
  const data = dataPlace(profile, layout);
  const wanted = Math.ceil(compiledKiB(profile.kernel) / KB_PER_FRAME);
  const low = lowZones(layout);
  const home = low.find(
    ({ place, zone }) => place === data.place && data.pfn >= zone.startPfn && data.pfn < zone.startPfn + zone.pages,
  );
  const { startPfn = 0, pages = 1, present = 1 } = home?.zone ?? {};
  const all = low.reduce((sum, { zone }) => sum + zone.present, 0);
  const taken = takenFrames(layout);
  const here = profile.machine.bits === 64 ? Math.round((present * taken) / Math.max(1, all)) : taken;
  const start = data.pfn + data.frames;
  const end = startPfn + Math.min(pages, here);
  // A zone that mem_map and data fill to the last frame that boot took: text shares the data's frames.
  if (start >= end) return data;
  return { place: data.place, pfn: start, frames: Math.max(1, Math.min(wanted, end - start)) };
}

/** Frames of low memory, taken at boot, that hold the kernel's static data. The layout boots. */
export function dataPlace(profile: MachineProfile, layout: BootLayout): DataPlace {
  const wanted = Math.max(LEAST_FRAMES, Math.ceil(profile.kernel.dataKiB / KB_PER_FRAME));
  const zones = lowZones(layout);
  const taken = takenFrames(layout);
  if (profile.machine.bits === 64) {
    const present = zones.reduce((sum, { zone }) => sum + zone.present, 0);
    const { place, zone } = zones.find((low) => low.zone.name === 'DMA') ?? zones[0];
    const share = Math.round((zone.present * taken) / Math.max(1, present));
    const end = zone.startPfn + Math.min(zone.pages, Math.max(share, 1));
    return consecutive(place, layout.nodes[place], zone.startPfn, end, wanted);
  }
  const home = homeOfLowMap(profile, layout);
  const { place, zone } = home ?? zones[0];
  const map = home === undefined ? 0 : framesOf(lowMap(profile, layout).frames, layout);
  const end = zone.startPfn + Math.min(zone.pages, Math.max(taken, map + 1));
  // A zone that the mem_map fills to its last frame shares that frame with the data.
  const start = Math.min(zone.startPfn + map, end - 1);
  return consecutive(place, layout.nodes[place], start, end, wanted);
}
