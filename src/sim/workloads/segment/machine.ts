/** What a segment's design is held against: the machine's nodes and their CPUs, and how large an address space is. */
import type { MachineProfile } from '../../profiles/schema.ts';

export interface SegmentMachine {
  /** CPUs are numbered node after node, in the order of the profile. */
  readonly nodes: readonly { readonly id: number; readonly cpus: readonly number[] }[];
  readonly cpus: number;
  /** User part of an address space. */
  readonly userBytes: number;
  readonly hugePageBytes: number;
}

export function segmentMachineOf({ machine, zones }: MachineProfile): SegmentMachine {
  let next = 0;
  const nodes = machine.nodes.map(({ id, cpus }) => {
    const first = next;
    next += cpus;
    return { id, cpus: Array.from({ length: cpus }, (_, at) => first + at) };
  });
  const wide = machine.pae || machine.bits === 64;
  return {
    nodes,
    cpus: next,
    userBytes: zones.userSpaceMiB * 2 ** 20,
    hugePageBytes: (wide ? 2 : 4) * 2 ** 20,
  };
}

/** CPUs of the node with this id; none where it is not there. */
export function cpusOf(machine: SegmentMachine, node: number): readonly number[] {
  return machine.nodes.find(({ id }) => id === node)?.cpus ?? [];
}

/** Id of the node that a CPU belongs to; undefined for one that is not there. */
export function nodeOf(machine: SegmentMachine, cpu: number): number | undefined {
  return machine.nodes.find(({ cpus }) => cpus.includes(cpu))?.id;
}
