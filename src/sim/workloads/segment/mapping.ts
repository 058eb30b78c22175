/**
 * How processes see a segment's ranges: all of it mapped at once, each range as a segment of its own, or (with windows)
 * small ranges mapped whole and large ones through a window area.
 */
import type { Part } from './binding.ts';
import type { SegmentDesign, SegmentRangeDesign } from './design.ts';

/** Region and segment of a design whose ranges share one. */
const WHOLE = 'segment';

export interface SeenRange {
  readonly range: SegmentRangeDesign;
  readonly index: number;
  /** Segment that it lies in, and its first byte there. */
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  /** Where the range is in the address space; undefined: through windows. */
  readonly part: Part | undefined;
}

export function seenRanges({ ranges, separate, windows }: SegmentDesign): readonly SeenRange[] {
  let next = 0;
  return ranges.map((range, index) => {
    const bytes = range.kib * 1024;
    const offset = separate ? 0 : next;
    next += bytes;
    const { name } = range;
    const segment = separate ? name : WHOLE;
    const seen = windows.kind === 'none' || range.kib <= windows.areaKiB;
    const alone = separate || windows.kind !== 'none';
    const part = alone ? { region: name, from: 0, bytes } : { region: WHOLE, from: offset, bytes };
    return { range, index, segment, offset, bytes, part: seen ? part : undefined };
  });
}

/** The mmap operations that make all parts that are mapped whole. */
export function mapOperations(design: SegmentDesign, seen: readonly SeenRange[]): readonly object[] {
  if (design.windows.kind === 'none' && !design.separate) {
    const bytes = seen.reduce((sum, each) => sum + each.bytes, 0);
    return [{ op: 'mmap', as: WHOLE, bytes, segment: WHOLE }];
  }
  return seen
    .filter(({ part }) => part !== undefined)
    .map(({ range, segment, offset, bytes }) => ({ op: 'mmap', as: range.name, bytes, segment, offset }));
}

/** The script's segments, with their ranges. */
export function segmentsOf(
  { kind, huge }: SegmentDesign,
  seen: readonly SeenRange[],
): Readonly<Record<string, object>> {
  const names = [...new Set(seen.map(({ segment }) => segment))];
  return Object.fromEntries(
    names.map((name) => {
      const inside = seen.filter(({ segment }) => segment === name);
      const ranges = inside.map(({ range, bytes }) => ({ name: range.name, bytes }));
      return [name, { bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0), huge, kind, ranges }];
    }),
  );
}
