/**
 * What the kernel prints when a request finds no memory: the failed request and sysrq-M. Source: __alloc_pages(), show_mem()
 * and show_free_areas() of 2.6.0 (node numbers and kB as there, for every flavour).
 */
import { InputError, type Issue, makeIssue } from '../../base/errors.ts';
import { FRAME_BYTES, KIB } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import { ownerNames } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import type { Gfp } from './gfp.ts';

/** A machine of thousands of nodes does not fill the screen. */
const MOST_ZONES = 48;

/** Bits of include/linux/gfp.h, 2.6.0. */
export function gfpMask(gfp: Gfp): number {
  const zone = { GFP_HIGHUSER: 0x02, GFP_KERNEL: 0, GFP_DMA: 0x01 }[gfp.zone];
  // __GFP_WAIT, __GFP_IO, __GFP_FS go together in the lab's requests.
  return (
    zone | (gfp.wait ? 0xd0 : 0) | (gfp.high ? 0x20 : 0) | (gfp.cold === true ? 0x100 : 0) | (gfp.noRetry ? 0x1000 : 0)
  );
}

type Parts = Pick<KernelParts, 'layout' | 'reclaim' | 'swap'>;

/** Two lines of show_free_areas(): counts and marks, and the free lists. */
export function zoneReport(parts: Parts, zone: Zone): string[] {
  const clusterKb = (parts.layout.clusterFrames * FRAME_BYTES) / KIB;
  const kb = (pages: number): string => `${pages * clusterKb}kB`;
  const name = `Node ${zone.node} ${zone.layout.name}${zone.layout.index > 0 ? ` ${zone.layout.index}` : ''}`;
  const { min, low, high } = zone.marks;
  const lru = Object.entries(parts.reclaim.census(zone)).map(([list, pages]) => `${list}:${kb(pages)}`);
  const marks = `${name} free:${kb(zone.free)} min:${kb(min)} low:${kb(low)} high:${kb(high)}`;
  const blocks = zone.census.map((count, order) => `${count}*${kb(2 ** order)}`).join(' ');
  return [[marks, ...lru].join(' '), `${name}: ${blocks} = ${kb(zone.free)}`];
}

/** Who has the pages of a zone, largest first. */
function ownersLine(zone: Zone): string {
  const owned = ownerNames.map((name, owner) => ({ name, pages: zone.owned[owner] })).filter(({ pages }) => pages > 0);
  const list = owned.sort((a, b) => b.pages - a.pages).map(({ name, pages }) => `${name} ${pages}`);
  return `Node ${zone.node} ${zone.layout.name} pages: ${list.join(', ')}`;
}

/** The error that ends the run: its message is the report. */
export function outOfMemory(parts: Parts, on: KernelCpu, list: ReadyZonelist, order: number, gfp: Gfp): InputError {
  const zones = list.zones.slice(0, MOST_ZONES);
  const mask = gfpMask(gfp).toString(16);
  const comm = on.task?.name ?? 'kernel';
  const free = list.zones.reduce((sum, zone) => sum + zone.freeFrames, 0);
  const summary = `${free} free 4 KiB pages in ${list.zones.length} zones, and reclaim finds nothing more`;
  const lines = [
    `${comm}: page allocation failure. order:${order}, mode:0x${mask}: ${summary}`,
    'Mem-info:',
    ...zones.flatMap((zone) => [...zoneReport(parts, zone), ownersLine(zone)]),
    ...(list.zones.length > MOST_ZONES ? [`(${list.zones.length - MOST_ZONES} more zones)`] : []),
    `Free swap: ${(parts.swap.free * parts.layout.clusterFrames * FRAME_BYTES) / KIB}kB`,
  ];
  const issue: Issue = {
    ...makeIssue('out-of-memory', '', 'a zone of the zonelist above its min mark', summary),
    message: lines.join('\n'),
  };
  return new InputError('Out of memory', [issue]);
}
