/**
 * The zonelist order of 2.6.11 against a naive twin: find_next_best_node() and build_zonelists() as the kernel has them,
 * O(N^3), with the value scaled by N x MAX_NUMNODES.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeOrders } from '../../src/sim/kernel/boot/node-order.ts';
import { boot } from '../../src/sim/kernel/boot/boot.ts';
import { profileOf, traitsBy } from '../unit/boot/machines.ts';

const MAX_NUMNODES = 64;

/** Orders of nodes 0, 1, 2, ... as the kernel builds them. */
function naiveOrders(distance: readonly (readonly number[])[], cpus: readonly number[]): number[][] {
  const count = cpus.length;
  const nodeLoad = new Array<number>(count).fill(0);
  const orders: number[][] = [];
  for (let local = 0; local < count; local++) {
    const used = new Set<number>();
    const order: number[] = [];
    let load = count;
    let previous = local;
    while (used.size < count) {
      let best = -1;
      let bestValue = Infinity;
      for (let i = 0; i < count; i++) {
        const n = (local + i) % count;
        if (used.has(n)) continue;
        if (!used.has(local)) {
          best = local;
          break;
        }
        const penalty = cpus[n] > 0 ? 1 : 0;
        const value = (distance[local][n] + penalty) * count * MAX_NUMNODES + nodeLoad[n];
        if (value < bestValue) {
          bestValue = value;
          best = n;
        }
      }
      used.add(best);
      if (distance[local][best] !== distance[local][previous]) nodeLoad[best] += load;
      previous = best;
      load--;
      order.push(best);
    }
    orders.push(order);
  }
  return orders;
}

const machine = fc.integer({ min: 1, max: 24 }).chain((count) =>
  fc.record({
    distance: fc.array(fc.array(fc.integer({ min: 11, max: 16 }), { minLength: count, maxLength: count }), {
      minLength: count,
      maxLength: count,
    }),
    cpus: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
  }),
);

const withLocal = (distance: readonly (readonly number[])[]): number[][] => {
  return distance.map((row, from) => row.map((far, to) => (from === to ? 10 : far)));
};

describe('zonelists of 2.6.11', () => {
  it('have the order of the naive twin on random distances, with headless nodes among them', () => {
    fc.assert(
      fc.property(machine, ({ distance, cpus }) => {
        const rows = withLocal(distance);
        const orders = new NodeOrders(
          cpus.map((count, id) => ({ id, cpus: count })),
          (from) => rows[from],
        );
        expect(cpus.map((_, node) => orders.of(node))).toEqual(naiveOrders(rows, cpus));
      }),
      { numRuns: 300 },
    );
  });

  it('are the same whichever node is asked for first', () => {
    fc.assert(
      fc.property(machine, ({ distance, cpus }) => {
        const rows = withLocal(distance);
        const nodes = cpus.map((count, id) => ({ id, cpus: count }));
        const forward = new NodeOrders(nodes, (from) => rows[from]);
        const backward = new NodeOrders(nodes, (from) => rows[from]);
        const ahead = nodes.map((_, node) => forward.of(node));
        const behind = nodes.map((_, node) => backward.of(nodes.length - 1 - node)).reverse();
        expect(behind).toEqual(ahead);
      }),
    );
  });

  it('come out of a latency matrix the same way', () => {
    fc.assert(
      fc.property(machine, ({ distance, cpus }) => {
        const rows = withLocal(distance);
        const nodes = cpus.map((count, id) => ({ id, cpus: id === 0 ? 1 : count, memoryMiB: 1024 }));
        const latencyNs = rows.map((row) => row.map((far) => far * 20));
        const interconnect = { kind: 'matrix' as const, latencyNs, linkMBps: 1000 };
        const profile = profileOf({ nodes, bits: 64, machine: { localNs: 200, interconnect } });
        const layout = boot(profile, traitsBy({ zonelistOrder: '2.6.11' }));
        const lists = layout.zonelists.filter(({ gfp }) => gfp === 'GFP_HIGHUSER');
        const orders = lists.map(({ zones }) => zones.filter(({ zone }) => zone === 'Normal').map(({ node }) => node));
        const counts = nodes.map((node) => node.cpus);
        expect(orders).toEqual(naiveOrders(rows, counts));
      }),
    );
  });

  it('are the rotation of 2.6.0 where all distances are equal', () => {
    const nodes = Array.from({ length: 9 }, (_, id) => ({ id, cpus: 1 }));
    const equal = new NodeOrders(nodes, (from) => nodes.map(({ id }) => (id === from ? 10 : 20)));
    const rotation = new NodeOrders(nodes, null);
    for (const { id } of nodes) expect(equal.of(id)).toEqual(rotation.of(id));
  });
});
