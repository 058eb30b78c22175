/** What a person should know of a design before it runs, in sentences made of its figures. */
import { FRAME_BYTES } from '../../base/units.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { bindsTask } from '../../workloads/segment/binding.ts';
import type { SegmentDesign } from '../../workloads/segment/design.ts';
import type { Placing } from './placing.ts';
import type { PredictedCall, RangePrediction } from './prediction.ts';

export function warningsOf(
  design: SegmentDesign,
  kernel: Kernel,
  ranges: readonly RangePrediction[],
  calls: readonly PredictedCall[],
  placing: Placing,
): readonly string[] {
  return [
    ...callWarnings(design, calls, kernel),
    ...roomWarnings(kernel, placing),
    ...rangeWarnings(design, kernel, ranges),
  ];
}

function callWarnings(
  { binding, ranges, separate, initialiser, huge }: SegmentDesign,
  calls: readonly PredictedCall[],
  { traits }: Kernel,
): readonly string[] {
  const warnings: string[] = [];
  const wanted = ranges.filter(({ policy }) => policy.mode !== 'none');
  const { call, after } = binding;
  if (call === 'none' && wanted.length > 0) {
    warnings.push('Policies are set, but no call is chosen that would ask for them.');
  }
  const failed = calls.filter(({ result }) => result !== 0);
  if (failed.some(({ result }) => result === 'ENOSYS')) {
    warnings.push(`This kernel has no ${call} (its binding calls: ${traits.binding}).`);
  } else if (failed.length > 0) {
    warnings.push(
      `${failed.length} of ${calls.length} binding calls fail; the first: ${failed[0].text} gives ${failed[0].result}.`,
    );
  }
  const several = new Set(wanted.map(({ policy }) => JSON.stringify(policy))).size > 1;
  if ((call === 'shmbind' || call === 'membind') && !separate && several) {
    warnings.push(
      `${call} binds the whole segment: of several calls the last one counts. A segment a range keeps them apart.`,
    );
  }
  if (after && initialiser !== 'nobody' && wanted.length > 0 && call !== 'none') {
    warnings.push('The calls come after the memory has been initialised: pages that are there stay where they are.');
  }
  if (bindsTask(call) && initialiser === 'nobody' && several) {
    warnings.push(
      `${call} binds whoever calls: each user asks for its own range's policy, and has it for all that it touches first.`,
    );
  }
  if (huge && wanted.length > 0) warnings.push('Huge pages come with the first mapping, from the pools of the nodes.');
  return warnings;
}

function roomWarnings({ layout, traits }: Kernel, { spilled, unplaced }: Placing): readonly string[] {
  const { nodes } = layout;
  const warnings = [...spilled].map(([asked, gave]) => {
    const all = [...gave.values()].reduce((sum, clusters) => sum + clusters, 0);
    const where = [...gave.keys()].map((place) => nodes[place].id).sort((a, b) => a - b);
    const size = mib(all, traits.mmuShift);
    return `Node ${nodes[asked].id} has no room for ${size} that it is asked for: they go to node ${where.join(', ')}.`;
  });
  if (unplaced > 0) {
    warnings.push(`${mib(unplaced, traits.mmuShift)} find no free page: the kernel would reclaim, swap, or give up.`);
  }
  return warnings;
}

function rangeWarnings(
  { ranges }: SegmentDesign,
  { profile }: Kernel,
  predicted: readonly RangePrediction[],
): readonly string[] {
  const { kib } = profile.machine.cpu.l2;
  const small = ranges.filter((range) => range.kib <= kib).map(({ name }) => name);
  const warnings: string[] = [];
  if (small.length > 0) {
    warnings.push(
      `${small.join(', ')}: no larger than an L2 of ${kib} KiB, so most references do not miss; shares are of references.`,
    );
  }
  for (const { name, nodes, pages } of predicted) {
    const there = nodes.reduce((sum, node) => sum + node.pages, 0);
    if (there < pages) warnings.push(`${name}: ${pages - there} of ${pages} pages are touched by nobody.`);
  }
  return warnings;
}

const mib = (clusters: number, shift: number): string =>
  `${(((clusters << shift) * FRAME_BYTES) / 2 ** 20).toFixed(1)} MiB`;
