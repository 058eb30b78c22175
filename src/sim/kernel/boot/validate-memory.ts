/** Nodes and their memory: ids, overlaps, holes, what the machine can address, room for each node's own mem_map. */
import { grouped } from '../../base/grouped.ts';
import { makeIssue, type Issue } from '../../base/errors.ts';
import { FRAMES_PER_MIB } from '../../base/units.ts';
import type { MachineSpec } from '../../profiles/schema.ts';
import { dmaLimitFits } from './failure.ts';
import { reachPfn } from './limits.ts';
import type { BootPlan } from './plan.ts';
import { nodeSpans, overlap, type NodeSpan } from './spans.ts';

const mibText = (frames: number): string => `${grouped(frames / FRAMES_PER_MIB)} MiB`;
const field = (index: number, name: string): string => `machine.nodes[${index}].${name}`;

function idIssues(machine: MachineSpec): Issue[] {
  const first = new Map<number, number>();
  const issues: Issue[] = [];
  for (const [index, { id }] of machine.nodes.entries()) {
    const other = first.get(id);
    if (other === undefined) first.set(id, index);
    else
      issues.push(
        makeIssue('duplicate-id', field(index, 'id'), 'an id of its own', `${id}, as machine.nodes[${other}]`),
      );
  }
  return issues;
}

/** Two nodes with the same frames, each told at the one that comes later in physical memory. */
function overlapIssues(machine: MachineSpec, spans: readonly NodeSpan[]): Issue[] {
  const byStart = spans
    .filter((span) => span.startPfn < span.endPfn)
    .sort((a, b) => a.startPfn - b.startPfn || a.index - b.index);
  const issues: Issue[] = [];
  let before: NodeSpan | undefined;
  for (const span of byStart) {
    if (before !== undefined && span.startPfn < before.endPfn) {
      const named = machine.nodes[span.index].startMiB !== undefined;
      const told = named ? span : before;
      const expected = named
        ? `a start at or above ${mibText(before.endPfn)}, where node ${before.id} ends`
        : `an end at or below ${mibText(span.startPfn)}, where node ${span.id} begins`;
      const found = named ? mibText(span.startPfn) : `an end at ${mibText(before.endPfn)}`;
      issues.push(makeIssue('overlap', field(told.index, named ? 'startMiB' : 'memoryMiB'), expected, found));
    }
    if (before === undefined || span.endPfn > before.endPfn) before = span;
  }
  return issues;
}

function reachIssues(machine: MachineSpec, spans: readonly NodeSpan[]): Issue[] {
  const reach = reachPfn(machine);
  const what = machine.pae ? 'PAE reaches 64 GiB' : 'without PAE 4 GiB are reached';
  return spans
    .filter((span) => span.endPfn > reach && span.endPfn > span.startPfn)
    .map((span) => {
      const startsIn = span.startPfn < reach;
      const expected = startsIn
        ? `at most ${mibText(reach - span.startPfn)} here (${what})`
        : `memory below ${mibText(reach)} (${what})`;
      const found = `${mibText(span.endPfn - span.startPfn)} that end at ${mibText(span.endPfn)}`;
      return makeIssue('out-of-reach', field(span.index, 'memoryMiB'), expected, found);
    });
}

function holeIssues(machine: MachineSpec, spans: readonly NodeSpan[]): Issue[] {
  const issues: Issue[] = [];
  for (const [index, node] of machine.nodes.entries()) {
    const startKiB = spans[index].startPfn * 4;
    const endKiB = spans[index].endPfn * 4;
    for (const [place, hole] of node.holes.entries()) {
      const path = field(index, `holes[${place}]`);
      const found = `${grouped(hole.startKiB)} to ${grouped(hole.endKiB)} KiB`;
      if (hole.endKiB <= hole.startKiB) {
        issues.push(makeIssue('empty-hole', `${path}.endKiB`, 'an end above its start', found));
      } else if (hole.startKiB < startKiB || hole.endKiB > endKiB) {
        const within = `a hole within its node, ${grouped(startKiB)} to ${grouped(endKiB)} KiB`;
        issues.push(makeIssue('hole-outside', path, within, found));
      }
    }
  }
  return issues;
}

function windowIssues(plan: BootPlan): Issue[] {
  return plan.windows.flatMap(({ node, pages, startPfn }) => {
    const span = plan.spans[node];
    const size = span.endPfn - span.startPfn;
    if (pages >= size) {
      const expected = `more than ${mibText(pages)}, which the node’s own mem_map takes`;
      return [makeIssue('no-room', field(node, 'memoryMiB'), expected, mibText(size))];
    }
    if (span.holes.some((hole) => overlap(hole, startPfn, span.endPfn) > 0)) {
      const expected = `RAM in the last ${mibText(pages)} of the node, where its own mem_map goes`;
      return [makeIssue('hole-under-window', field(node, 'holes'), expected, 'a hole there')];
    }
    return [];
  });
}

/** Issues of ids, spans and holes. */
export function spanIssues(machine: MachineSpec): Issue[] {
  const spans = nodeSpans(machine);
  const issues = [
    ...idIssues(machine),
    ...overlapIssues(machine, spans),
    ...reachIssues(machine, spans),
    ...holeIssues(machine, spans),
  ];
  if (machine.nodes.every((node) => node.memoryMiB === 0)) {
    issues.push(makeIssue('no-memory', 'machine.nodes', 'memory on at least one node', 'none'));
  }
  return issues;
}

/** Issues that show only once the windows are laid out; asked where spans and addresses are in order. */
export function planIssues(plan: BootPlan): Issue[] {
  const issues = windowIssues(plan);
  if (!dmaLimitFits(plan)) {
    const expected = `at most ${mibText(plan.maxLowPfn)}, where low memory ends`;
    issues.push(
      makeIssue('dma-limit', 'zones.dmaLimitMiB', expected, `${grouped(plan.profile.zones.dmaLimitMiB)} MiB`),
    );
  }
  return issues;
}
