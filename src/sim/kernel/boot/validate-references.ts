/** What names nodes elsewhere in the profile: the placement policy, and watermarks set by hand. */
import { makeIssue, type Issue } from '../../base/errors.ts';
import type { MachineProfile } from '../../profiles/schema.ts';

const A_NODE = 'the id of a node of this machine';

function placementIssues({ machine, kernel }: MachineProfile): Issue[] {
  const { placement } = kernel;
  const memory = new Map(machine.nodes.map((node) => [node.id, node.memoryMiB]));
  if (placement.policy === 'first-touch') return [];
  if (placement.policy === 'preferred') {
    if (memory.has(placement.node)) return [];
    return [makeIssue('unknown-node', 'kernel.placement.node', A_NODE, `${placement.node}`)];
  }
  const issues = placement.nodes.flatMap((id, place) => {
    if (memory.has(id)) return [];
    return [makeIssue('unknown-node', `kernel.placement.nodes[${place}]`, A_NODE, `${id}`)];
  });
  if (issues.length === 0 && placement.nodes.every((id) => memory.get(id) === 0)) {
    const expected = `a node with memory to ${placement.policy} to`;
    issues.push(makeIssue('no-memory', 'kernel.placement.nodes', expected, 'none that has any'));
  }
  return issues;
}

function watermarkIssues({ machine, zones }: MachineProfile): Issue[] {
  const known = new Set(machine.nodes.map((node) => node.id));
  const seen = new Set<string>();
  return zones.watermarks.flatMap((marks, place) => {
    const path = `zones.watermarks[${place}]`;
    const issues: Issue[] = [];
    if (!known.has(marks.node)) issues.push(makeIssue('unknown-node', `${path}.node`, A_NODE, `${marks.node}`));
    if (machine.bits === 64 && marks.zone === 'HighMem') {
      issues.push(makeIssue('no-zone', `${path}.zone`, 'DMA or Normal on a 64-bit machine', 'HighMem'));
    }
    if (marks.low < marks.min)
      issues.push(makeIssue('marks', `${path}.low`, `at least min, ${marks.min}`, `${marks.low}`));
    if (marks.high < marks.low)
      issues.push(makeIssue('marks', `${path}.high`, `at least low, ${marks.low}`, `${marks.high}`));
    const key = `${marks.node} ${marks.zone}`;
    if (seen.has(key))
      issues.push(makeIssue('marks-twice', path, 'marks of a zone once', `${marks.zone} ${marks.node} again`));
    seen.add(key);
    return issues;
  });
}

/** Issues of placement and watermarks. */
export function referenceIssues(profile: MachineProfile): Issue[] {
  return [...placementIssues(profile), ...watermarkIssues(profile)];
}
