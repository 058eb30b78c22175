/** One flat memory (localAllocation: false): where memory fills from, whoever asks; and local allocation put on. */
import { describe, expect, it } from 'vitest';
import type { MachineProfileInput } from '../../../../src/sim/profiles/schema.ts';
import { IDS, Quads } from './quads.ts';

/** Four nodes of 1 GiB, 32 bits: low memory is node 0's. */
const shape = { bits: 32, pae: true, nodes: IDS.map((id) => ({ id, cpus: 1, memoryMiB: 1024 })) } as const;
const homes = (kernel: Partial<MachineProfileInput['kernel']>): number[] => {
  const quads = new Quads(kernel, shape);
  return IDS.map((_, cpu) => {
    const task = quads.process(cpu);
    const at = quads.map(task, 40);
    quads.touch(task, at, 40, cpu);
    const nodes = new Set(quads.nodesOf(task, at, 40));
    expect(nodes.size).toBe(1);
    return [...nodes][0];
  });
};

describe('a kernel without local allocation', () => {
  it('gives every CPU memory of one node first, the highest', () => {
    expect(homes({ flavour: '2.4.18' })).toEqual([6, 6, 6, 6]);
    expect(homes({ flavour: '2.4.22' })).toEqual([6, 6, 6, 6]);
    expect(homes({ flavour: '2.6.0', localAllocation: false })).toEqual([6, 6, 6, 6]);
  });

  it('goes on with the next node below when that is full, and then with low memory', () => {
    const small = { ...shape, nodes: IDS.map((id) => ({ id, cpus: 1, memoryMiB: id === 0 ? 900 : 12 })) };
    const quads = new Quads({ flavour: '2.4.18' }, small);
    const task = quads.process();
    const at = quads.map(task, 12_000);
    quads.touch(task, at, 12_000, 1);
    const order = quads.nodesOf(task, at, 12_000).filter((id, page, all) => page === 0 || all[page - 1] !== id);
    expect(order).toEqual([6, 4, 2, 0]);
  });
});

describe('a kernel with local allocation', () => {
  it('gives each CPU memory of its own node, on any kernel that it is put on', () => {
    expect(homes({ flavour: '2.4.18', localAllocation: true })).toEqual([0, 2, 4, 6]);
    expect(homes({ flavour: '2.4.22', kvaRemap: true })).toEqual([0, 2, 4, 6]);
    expect(homes({ flavour: '2.6.0' })).toEqual([0, 2, 4, 6]);
  });
});
