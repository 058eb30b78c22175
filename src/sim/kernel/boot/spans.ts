/**
 * Where each node's memory lies: its span of frames, and the holes in it that are not RAM (e820). A frame is RAM when
 * all of it is, as in the kernel's own rounding (PFN_UP of a start, PFN_DOWN of an end).
 */
import { FRAMES_PER_MIB } from '../../base/units.ts';
import type { MachineSpec, NodeSpec } from '../../profiles/schema.ts';

/** Frames, end exclusive. */
export interface FrameRange {
  readonly startPfn: number;
  readonly endPfn: number;
}

export interface NodeSpan extends FrameRange {
  /** Place in the profile's list of nodes. */
  readonly index: number;
  readonly id: number;
  readonly cpus: number;
  /** Within the span, in order, merged where they touch. */
  readonly holes: readonly FrameRange[];
}

const KIB_PER_FRAME = 4;

function holesOf(node: NodeSpec, span: FrameRange): FrameRange[] {
  const clipped = node.holes
    .map((hole) => ({
      startPfn: Math.max(span.startPfn, Math.floor(hole.startKiB / KIB_PER_FRAME)),
      endPfn: Math.min(span.endPfn, Math.ceil(hole.endKiB / KIB_PER_FRAME)),
    }))
    .filter((hole) => hole.startPfn < hole.endPfn)
    .sort((a, b) => a.startPfn - b.startPfn);
  const merged: FrameRange[] = [];
  for (const hole of clipped) {
    const last = merged.at(-1);
    if (last !== undefined && hole.startPfn <= last.endPfn) {
      merged[merged.length - 1] = { startPfn: last.startPfn, endPfn: Math.max(last.endPfn, hole.endPfn) };
    } else merged.push(hole);
  }
  return merged;
}

/** The nodes' spans in the profile's order. A node that names no start begins where the node before it ends. */
export function nodeSpans(machine: MachineSpec): NodeSpan[] {
  let end = 0;
  return machine.nodes.map((node, index) => {
    const startPfn = node.startMiB === undefined ? end : node.startMiB * FRAMES_PER_MIB;
    end = startPfn + node.memoryMiB * FRAMES_PER_MIB;
    const range = { startPfn, endPfn: end };
    const holes = node.holes.length === 0 ? [] : holesOf(node, range);
    return { index, id: node.id, cpus: node.cpus, ...range, holes };
  });
}

/** How many frames of `range` lie in [startPfn, endPfn). */
export function overlap(range: FrameRange, startPfn: number, endPfn: number): number {
  return Math.max(0, Math.min(range.endPfn, endPfn) - Math.max(range.startPfn, startPfn));
}

/** Frames of [startPfn, endPfn) that the span has as RAM. */
export function ramIn(span: NodeSpan, startPfn: number, endPfn: number): number {
  let frames = overlap(span, startPfn, endPfn);
  for (const hole of span.holes) frames -= overlap(hole, startPfn, endPfn);
  return frames;
}

/** Index of the node that the kernel boots on: the one whose memory begins lowest; -1 where no node has memory. */
export function bootNodeOf(spans: readonly NodeSpan[]): number {
  let best = -1;
  for (const span of spans) {
    if (span.startPfn === span.endPfn) continue;
    if (best < 0 || span.startPfn < spans[best].startPfn) best = span.index;
  }
  return best;
}
