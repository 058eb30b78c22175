/** Who runs where in a segment's design: its processes, one by one, with the CPUs that each may run on. */
import type { SegmentDesign } from './design.ts';
import { cpusOf, nodeOf, type SegmentMachine } from './machine.ts';

export interface UserProcess {
  /** Number among all processes of the design, and within its group. */
  readonly number: number;
  readonly group: number;
  readonly member: number;
  readonly cpus: readonly number[];
  /** Id of the node that its CPUs belong to. */
  readonly node: number;
}

/** The users in the order in which they start. Nodes and CPUs have been checked (issues.ts). */
export function processesOf(design: SegmentDesign, machine: SegmentMachine): readonly UserProcess[] {
  const list: UserProcess[] = [];
  for (const [group, { nodes, cpus, processes }] of design.users.entries()) {
    for (let member = 0; member < processes; member++) {
      const on = cpus.length > 0 ? [cpus[member % cpus.length]] : cpusOf(machine, nodes[member % nodes.length]);
      list.push({ number: list.length, group, member, cpus: on, node: nodeOf(machine, on[0]) ?? -1 });
    }
  }
  return list;
}

/** Every CPU that the creator or a user may run on, ascending. */
export function segmentCpus(design: SegmentDesign, machine: SegmentMachine): readonly number[] {
  const all = new Set(cpusOf(machine, design.creator.node));
  for (const { nodes, cpus } of design.users) {
    for (const cpu of cpus) all.add(cpu);
    for (const node of nodes) for (const cpu of cpusOf(machine, node)) all.add(cpu);
  }
  return [...all].sort((a, b) => a - b);
}
