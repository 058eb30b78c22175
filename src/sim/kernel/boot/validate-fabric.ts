/** The interconnect: it is there where there are several nodes, joins all of them, and its tables fit them. */
import { grouped } from '../../base/grouped.ts';
import { makeIssue, type Issue } from '../../base/errors.ts';
import type { MachineSpec } from '../../profiles/schema.ts';

type Fabric<K extends MachineSpec['interconnect']['kind']> = Extract<MachineSpec['interconnect'], { kind: K }>;

function linkIssues(spec: Fabric<'links'>, ids: readonly number[]): Issue[] {
  const known = new Set(ids);
  const issues: Issue[] = [];
  for (const [place, link] of spec.links.entries()) {
    const path = `machine.interconnect.links[${place}]`;
    for (const end of ['from', 'to'] as const) {
      if (known.has(link[end])) continue;
      issues.push(makeIssue('unknown-node', `${path}.${end}`, 'the id of a node of this machine', `${link[end]}`));
    }
    if (link.from === link.to) {
      issues.push(makeIssue('self-link', `${path}.to`, 'another node than the link’s other end', `${link.to}`));
    }
  }
  return issues.length > 0 ? issues : connectionIssues(spec, ids);
}

function connectionIssues(spec: Fabric<'links'>, ids: readonly number[]): Issue[] {
  const index = new Map(ids.map((id, place) => [id, place]));
  const neighbours: number[][] = ids.map(() => []);
  for (const { from, to } of spec.links) {
    const a = index.get(from);
    const b = index.get(to);
    if (a === undefined || b === undefined) continue;
    neighbours[a].push(b);
    neighbours[b].push(a);
  }
  const seen = new Set([0]);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const to of neighbours[node]) {
      if (seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  }
  const lost = ids.findIndex((_, index) => !seen.has(index));
  if (lost < 0) return [];
  const found = `no way from node ${ids[0]} to node ${ids[lost]} (${grouped(ids.length - seen.size)} cannot be reached)`;
  return [makeIssue('disconnected', 'machine.interconnect.links', 'links that join every node', found)];
}

function matrixIssues(spec: Fabric<'matrix'>, count: number): Issue[] {
  const path = 'machine.interconnect.latencyNs';
  const rows = spec.latencyNs;
  if (rows.length !== count) {
    return [makeIssue('matrix', path, `${grouped(count)} rows, one a node`, grouped(rows.length))];
  }
  return rows.flatMap((row, index) => {
    if (row.length === count) return [];
    return [makeIssue('matrix', `${path}[${index}]`, `${grouped(count)} columns, one a node`, grouped(row.length))];
  });
}

/** Issues of the interconnect. */
export function fabricIssues(machine: MachineSpec): Issue[] {
  const { interconnect, nodes } = machine;
  switch (interconnect.kind) {
    case 'none':
      if (nodes.length === 1) return [];
      return [
        makeIssue(
          'no-interconnect',
          'machine.interconnect.kind',
          `an interconnect for ${grouped(nodes.length)} nodes`,
          'none',
        ),
      ];
    case 'links':
      return linkIssues(
        interconnect,
        nodes.map((node) => node.id),
      );
    case 'matrix':
      return matrixIssues(interconnect, nodes.length);
    default:
      return [];
  }
}
