/** Designs for tests: small ones, changed where a test looks. */
import type { SegmentMachine } from '../../../../src/sim/workloads/segment/machine.ts';
import {
  parseSegmentDesign,
  type SegmentDesign,
  type SegmentDesignInput,
} from '../../../../src/sim/workloads/segment/design.ts';

export type DesignChanges = Partial<SegmentDesignInput>;

/** One range of 64 KiB, a creator on node 0, a user on each of two nodes. */
export function designOf(changes: DesignChanges = {}): SegmentDesign {
  return parseSegmentDesign({
    format: 'numaq-lab/segment',
    version: 1,
    title: 'test',
    ranges: [{ name: 'pool', kib: 64 }],
    users: [0, 1].map((node) => ({ name: `on${node}`, nodes: [node], references: 100, perTransaction: 10 })),
    ...changes,
  });
}

/** Nodes 0 to 3 of two CPUs each, 3 GiB of user space, huge pages of 2 MiB. */
export const fourNodes: SegmentMachine = {
  nodes: [0, 1, 2, 3].map((id) => ({ id, cpus: [2 * id, 2 * id + 1] })),
  cpus: 8,
  userBytes: 3 * 2 ** 30,
  hugePageBytes: 2 * 2 ** 20,
};
