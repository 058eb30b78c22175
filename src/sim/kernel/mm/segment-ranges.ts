/**
 * Named ranges of a shared segment: frames that join its page cache are marked with the range that they hold, frames that
 * leave it lose the mark, so that the machine's locality counts tell ranges apart (hardware/locality.ts). No kernel did
 * this; it costs no virtual time. A page belongs to the range in which it begins.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import { type Locality, OTHER_MEMORY } from '../../hardware/locality.ts';
import type { KernelParts } from '../parts.ts';
import type { SegmentPart } from '../syscalls.ts';
import type { AddressSpace, SegmentRange } from './address-space.ts';

/** What lies behind the last range that has a name. */
const REST = '(rest)';

/** The ranges of a segment of `bytes`, one after the other from its start; without any it is one range of its own name. */
export function rangesOf(
  locality: Locality,
  segment: string,
  bytes: number,
  parts: readonly SegmentPart[],
): readonly SegmentRange[] {
  const end = Math.ceil(bytes / FRAME_BYTES);
  const ranges: SegmentRange[] = [];
  let at = 0;
  const add = (name: string, next: number): void => {
    const first = Math.min(end, Math.ceil(at / FRAME_BYTES));
    const pages = Math.min(end, Math.ceil(next / FRAME_BYTES)) - first;
    if (pages > 0) ranges.push({ name, first, tag: locality.tag(segment, name, pages) });
    at = next;
  };
  for (const part of parts) add(part.name, at + part.bytes);
  if (at < bytes) add(parts.length === 0 ? segment : REST, bytes);
  return ranges;
}

/** Marks the frames of `count` pages (clusters) from `page` on, which hold the segment from `pgoff` (4 KiB) on. */
export function markPages(parts: KernelParts, space: AddressSpace, page: number, pgoff: number, count = 1): void {
  const { ranges } = space;
  if (ranges.length === 0) return;
  const { memMap, machine } = parts;
  const slot = memMap.slotOf(page);
  const end = pgoff + (count << memMap.shift);
  for (const [place, { first, tag }] of ranges.entries()) {
    const from = Math.max(pgoff, first);
    const to = Math.min(end, place + 1 < ranges.length ? ranges[place + 1].first : end);
    if (from < to) machine.locality.setTag(slot + from - pgoff, to - from, tag);
  }
}

/** The pages leave the segment. */
export function unmarkPages(parts: KernelParts, space: AddressSpace, page: number, count = 1): void {
  if (space.ranges.length === 0) return;
  const { memMap, machine } = parts;
  machine.locality.setTag(memMap.slotOf(page), count << memMap.shift, OTHER_MEMORY);
}
