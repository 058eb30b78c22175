/**
 * What users do: transactions, each of whole references dealt to the ranges by their shares. A range behind windows is
 * seen through one that is moved first: that is a transaction of its own, `window`, with the faults that fill it again.
 */
import type { OperationOf } from '../operations.ts';
import type { SegmentDesign, UserGroup } from './design.ts';
import type { SeenRange } from './mapping.ts';
import { deal, type Target, targetsOf } from './sharing.ts';

/** Bytes from one cell of references to the next: a line of a P-III. */
const STRIDE = 32;
const PAGE = 4096;
/** Different transactions of a group, at least, so that small shares get their references. */
const CYCLE = 20;

type Pattern = OperationOf<'references'>['pattern'];
const PATTERNS: Readonly<Record<SegmentDesign['ranges'][number]['pattern'], Pattern>> = {
  uniform: 'random',
  skewed: 'skewed',
  linear: 'linear',
  hot: 'random',
};

export const areaOf = (name: string): string => `${name}.area`;
const windowOf = (name: string): string => `${name}.window`;

/** Mappings that a user needs beside the ranges that it has mapped whole. */
export function windowOperations({ windows }: SegmentDesign, seen: readonly SeenRange[]): readonly object[] {
  if (windows.kind === 'none') return [];
  return seen
    .filter(({ part }) => part === undefined)
    .map(({ range, segment, offset }) => {
      const remap = windows.kind === 'remap';
      const bytes = (remap ? windows.areaKiB : windows.windowKiB) * 1024;
      return { op: 'mmap', as: remap ? areaOf(range.name) : windowOf(range.name), bytes, segment, offset };
    });
}

/** All transactions of a process of the group; `mostOperations` is how long that may be written out. */
export function transactionOperations(
  design: SegmentDesign,
  group: UserGroup,
  seen: readonly SeenRange[],
  mostOperations: number,
): readonly object[] {
  const targets = targetsOf(design, group);
  const { perTransaction: each, references } = group;
  const transactions = Math.max(1, Math.floor(references / each));
  const wanted = Math.max(CYCLE, Math.ceil((CYCLE * targets.length) / each));
  const affordable = Math.max(1, Math.floor(mostOperations / Math.min(targets.length, each)));
  const cycle = Math.min(transactions, wanted, affordable);
  const name = design.users.length === 1 ? 'lookup' : `lookup.${group.name}`;
  const slots = new Slots(design);
  const bodies = deal(targets, each, cycle).map((counts) => [
    { op: 'transaction', name, mark: 'begin' },
    ...counts.flatMap((count, at) => (count === 0 ? [] : refer(design, seen, targets[at], count, slots))),
    ...(group.instructions === 0 ? [] : [{ op: 'compute', instructions: group.instructions }]),
    { op: 'transaction', name, mark: 'end' },
  ]);
  const rounds = Math.floor(transactions / cycle);
  return [{ op: 'repeat', times: rounds, body: bodies.flat() }, ...bodies.slice(0, transactions % cycle).flat()];
}

function refer(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  target: Target,
  count: number,
  slots: Slots,
): readonly object[] {
  const { range, part, bytes: ofRange } = seen[target.range];
  const { from, bytes, write } = target;
  if (part === undefined) return throughWindows(design, seen[target.range], target, count, slots);
  // A part of a whole range keeps its place in the reports; linear goes on where the process was.
  return [
    {
      op: 'references',
      region: part.region,
      from: part.from + from,
      bytes: Math.min(bytes, ofRange - from),
      pattern: PATTERNS[range.pattern],
      stride: STRIDE,
      count,
      writeEvery: write ? 1 : 0,
      ...(range.pattern === 'linear' ? { resume: true } : {}),
    },
  ];
}

/** Windows moved to places by lot; each takes its references, the first of them to pages that it does not have yet. */
function throughWindows(
  { windows }: SegmentDesign,
  { range, segment, offset }: SeenRange,
  { from, bytes, write }: Target,
  count: number,
  slots: Slots,
): readonly object[] {
  if (windows.kind === 'none') return [];
  const size = windows.windowKiB * 1024;
  const draw = {
    offset: range.pattern === 'skewed' ? 'skewed' : 'random',
    among: { from: offset + from, bytes: Math.max(size, bytes) },
  };
  const operations: object[] = [];
  for (let left = count; left > 0; left -= windows.perWindow) {
    const here = Math.min(left, windows.perWindow);
    const filled = Math.min(here, size / PAGE);
    const remap = windows.kind === 'remap';
    const region = remap ? areaOf(range.name) : windowOf(range.name);
    const part = { region, from: remap ? slots.next(range.name) : 0, bytes: size };
    const move = remap
      ? [{ op: 'remapFilePages', ...part, ...draw }]
      : [
          { op: 'munmap', region },
          { op: 'mmap', as: region, bytes: size, segment, ...draw },
        ];
    operations.push(
      { op: 'transaction', name: 'window', mark: 'begin' },
      ...move,
      { op: 'touch', ...part, bytes: filled * PAGE, write },
      { op: 'transaction', name: 'window', mark: 'end' },
    );
    if (here > filled) {
      const count = here - filled;
      operations.push({
        op: 'references',
        ...part,
        pattern: 'random',
        stride: STRIDE,
        count,
        writeEvery: write ? 1 : 0,
      });
    }
  }
  return operations;
}

/** Which window of the area is moved next: far apart, so that they lie in pte pages of their own, as a busy server's do. */
class Slots {
  private readonly used = new Map<string, number>();

  constructor(private readonly design: SegmentDesign) {}

  next(range: string): number {
    const { windows } = this.design;
    if (windows.kind === 'none') return 0;
    const number = this.used.get(range) ?? 0;
    this.used.set(range, number + 1);
    const slots = windows.areaKiB / windows.windowKiB;
    // A golden step goes round all of them before it comes back where slots and step have no common factor.
    const step = Math.max(1, Math.floor(slots * 0.618) | 1);
    return ((number * step) % slots) * windows.windowKiB * 1024;
  }
}
