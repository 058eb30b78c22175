/**
 * Which frames are not free when the run begins: holes, and what boot and the way to the login prompt took of low
 * memory (LowTotal's reserved part and the profile's boot items). How much is exact; where it lies is not: it is taken
 * from the start of Normal, then of DMA, and on a 64-bit machine from the start of every node in proportion.
 */
import { FRAME_BYTES, KB_PER_FRAME, KIB } from '../base/units.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import type { BootLayout, ZoneLayout } from './boot/layout.ts';
import type { TakenRange } from './zone.ts';

/** Ranges of pfns that are not free, in ascending order; they may overlap. */
export function freeAfterBoot(profile: MachineProfile, layout: BootLayout): readonly TakenRange[] {
  const holes = profile.machine.nodes
    .flatMap((node) => node.holes)
    .map((hole): TakenRange => [
      Math.floor((hole.startKiB * KIB) / FRAME_BYTES),
      Math.ceil((hole.endKiB * KIB) / FRAME_BYTES),
    ])
    .sort((a, b) => a[0] - b[0]);
  const low = layout.nodes.flatMap((node) => node.zones.filter((zone) => zone.name !== 'HighMem'));
  const present = low.reduce((sum, zone) => sum + zone.present, 0);
  const taken = Math.max(0, present - Math.floor(layout.meminfo.LowFree / KB_PER_FRAME));
  const ranges = profile.machine.bits === 64 ? inProportion(low, taken, present, holes) : fromNormal(low, taken, holes);
  return [...holes, ...ranges].sort((a, b) => a[0] - b[0]);
}

function fromNormal(low: readonly ZoneLayout[], frames: number, holes: readonly TakenRange[]): TakenRange[] {
  const ranges: TakenRange[] = [];
  const order = [...low].sort((a, b) => (a.name === b.name ? a.startPfn - b.startPfn : a.name === 'Normal' ? -1 : 1));
  let left = frames;
  for (const zone of order) {
    if (left === 0) break;
    const here = Math.min(left, zone.present);
    ranges.push([zone.startPfn, endOf(zone, here, holes)]);
    left -= here;
  }
  return ranges;
}

function inProportion(
  low: readonly ZoneLayout[],
  frames: number,
  present: number,
  holes: readonly TakenRange[],
): TakenRange[] {
  const share = present === 0 ? 0 : frames / present;
  return low.map((zone) => [zone.startPfn, endOf(zone, Math.round(zone.present * share), holes)]);
}

/** End of the range from the zone's start that holds `frames` frames of RAM. */
function endOf(zone: ZoneLayout, frames: number, holes: readonly TakenRange[]): number {
  let end = zone.startPfn + frames;
  for (const [from, to] of holes) {
    const start = Math.max(from, zone.startPfn);
    if (to > zone.startPfn && start < end) end += to - start;
  }
  return Math.min(end, zone.startPfn + zone.pages);
}
