/** What a person does to the ranges of a segment's design. Pure: each returns another design. */
import { placingModes } from './calls.ts';
import type { SegmentCatalogue } from '../../../src/lab/contract.ts';
import type {
  BindingCall,
  RangePolicy,
  SegmentDesign,
  SegmentRangeDesign,
  UserGroup,
} from '../../../src/sim/workloads/segment/design.ts';

const PAGE_KIB = 4;

export type RangePreset = SegmentCatalogue['presets'][number];

/** A range of the design by its index, or the whole segment. */
export type RangeChoice = number | 'all';

/** A preset's range with every field, as the design's schema fills them in. */
export function wholeRange(range: RangePreset['range']): SegmentRangeDesign {
  const { name, kib, weight } = range;
  return {
    name,
    kib,
    policy: { mode: range.policy?.mode ?? 'none', nodes: range.policy?.nodes ?? [] },
    writePercent: range.writePercent ?? 0,
    pattern: range.pattern ?? 'uniform',
    hotPercent: range.hotPercent ?? 10,
    hotReferencesPercent: range.hotReferencesPercent ?? 90,
    ...(weight === undefined ? {} : { weight }),
  };
}

const isThere = (design: SegmentDesign, index: number): boolean => design.ranges[index] !== undefined;

/** A name that no range has yet: `log`, `log2`, ... */
export function freeName(design: SegmentDesign, name: string): string {
  const taken = new Set(design.ranges.map((range) => range.name));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

/** With a range more, at the end, that gets its share of all references: by its size it would hardly get any. */
export function addRange(design: SegmentDesign, { range, referencesPercent }: RangePreset): SegmentDesign {
  const others = design.ranges.reduce((sum, { weight, kib }) => sum + (weight ?? kib), 0);
  const weight = Math.round((others * referencesPercent) / (100 - referencesPercent));
  const added = wholeRange({ ...range, name: freeName(design, range.name), weight: Math.max(1, weight) });
  return { ...design, ranges: [...design.ranges, added] };
}

/** Without a range; the last one stays. Users of it have none of their own then. */
export function removeRange(design: SegmentDesign, index: number): SegmentDesign {
  const gone = design.ranges[index];
  if (gone === undefined || design.ranges.length === 1) return design;
  return {
    ...design,
    ranges: design.ranges.filter((_, at) => at !== index),
    users: design.users.map((group) => (group.own?.range === gone.name ? withoutOwn(group) : group)),
  };
}

function withoutOwn({ name, nodes, cpus, processes, references, perTransaction, instructions }: UserGroup): UserGroup {
  return { name, nodes, cpus, processes, references, perTransaction, instructions };
}

/** A range under another name: its users keep it. */
export function renameRange(design: SegmentDesign, index: number, name: string): SegmentDesign {
  const before = design.ranges[index]?.name;
  return {
    ...design,
    ranges: design.ranges.map((range, at) => (at === index ? { ...range, name } : range)),
    users: design.users.map((group) =>
      group.own !== undefined && group.own.range === before ? { ...group, own: { ...group.own, range: name } } : group,
    ),
  };
}

/** The border behind range `index` moved by `kib`: what one range gains, the next one gives. Both keep a page. */
export function moveBorder(design: SegmentDesign, index: number, kib: number): SegmentDesign {
  const [left, right] = [design.ranges[index], design.ranges[index + 1]];
  if (left === undefined || right === undefined) return design;
  const wanted = Math.round(kib / PAGE_KIB) * PAGE_KIB;
  const by = Math.min(right.kib - PAGE_KIB, Math.max(PAGE_KIB - left.kib, wanted));
  const sizes = new Map([
    [index, left.kib + by],
    [index + 1, right.kib - by],
  ]);
  return { ...design, ranges: design.ranges.map((range, at) => ({ ...range, kib: sizes.get(at) ?? range.kib })) };
}

/** A range cut in two of the same size; the second half has a name of its own. */
export function splitRange(design: SegmentDesign, index: number): SegmentDesign {
  const range = design.ranges[index];
  if (range === undefined || range.kib < 2 * PAGE_KIB) return design;
  const first = Math.floor(range.kib / 2 / PAGE_KIB) * PAGE_KIB;
  const second = { ...range, name: freeName(design, range.name), kib: range.kib - first };
  const ranges = design.ranges.flatMap((one, at) => (at === index ? [{ ...range, kib: first }, second] : [one]));
  return { ...design, ranges };
}

/** Modes that place on one node, and on several; bind does both, and begins as what one node needs. */
const ON_ONE: readonly RangePolicy['mode'][] = ['bind', 'preferred'];
const ON_SEVERAL: readonly RangePolicy['mode'][] = ['interleave', 'preferred-many', 'weighted-interleave'];

/**
 * What becomes of a range's policy when it is put on `nodes`: none is first touch again; a mode that fits so many nodes
 * stays, as does one that was chosen before any node was; else one node binds and several interleave, where `call` can.
 */
export function placedOn(
  { mode, nodes: before }: RangePolicy,
  nodes: readonly number[],
  call: BindingCall = 'mbind',
): RangePolicy {
  const can = placingModes(call);
  const sorted = [...new Set(nodes)].sort((a, b) => a - b);
  if (sorted.length === 0) return { mode: 'first-touch', nodes: [] };
  const single = sorted.length === 1;
  const fits = single ? ON_ONE.includes(mode) : ON_SEVERAL.includes(mode) || (mode === 'bind' && before.length > 1);
  const chosenFirst = before.length === 0 && mode !== 'none' && mode !== 'first-touch';
  if ((fits || chosenFirst) && can.includes(mode)) return { mode, nodes: sorted };
  return { mode: single || !can.includes('interleave') ? 'bind' : 'interleave', nodes: sorted };
}

/** The design with a range, or all of them, put on nodes by a call. */
export function place(
  design: SegmentDesign,
  which: RangeChoice,
  nodes: readonly number[],
  call: BindingCall = design.binding.call,
): SegmentDesign {
  if (which !== 'all' && !isThere(design, which)) return design;
  const ranges = design.ranges.map((range, at) =>
    which === 'all' || which === at ? { ...range, policy: placedOn(range.policy, nodes, call) } : range,
  );
  return { ...design, ranges, binding: { ...design.binding, call } };
}

/** Nodes that a range, or every range, is put on. */
export function nodesOf(design: SegmentDesign, which: RangeChoice): readonly number[] {
  if (which !== 'all') return design.ranges[which]?.policy.nodes ?? [];
  const [first, ...others] = design.ranges.map((range) => range.policy.nodes);
  return (first ?? []).filter((node) => others.every((nodes) => nodes.includes(node)));
}
