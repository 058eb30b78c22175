/** What only boot can see wrong: an issue at its path, and empty tables. */
import { describe, expect, it } from 'vitest';
import type { MachineProfileInput } from '../../../src/sim/profiles/schema.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { bootOf, cpu, profileOf, type Shape } from './machines.ts';

type Interconnect = MachineProfileInput['machine']['interconnect'];

const two = [
  { id: 0, cpus: 4, memoryMiB: 1024 },
  { id: 1, cpus: 4, memoryMiB: 1024 },
];

function refused(shape: Partial<Shape>): readonly string[] {
  const layout: BootLayout = bootOf(profileOf({ nodes: two, ...shape }));
  expect(layout.boots).toBe(layout.issues.length === 0);
  if (!layout.boots) {
    expect([layout.nodes, layout.zonelists, layout.lowmemBudget, layout.addressSpace]).toEqual([[], [], [], []]);
    expect(layout.failure).toBeUndefined();
  }
  for (const { expected, found } of layout.issues) expect(expected.length * found.length).toBeGreaterThan(0);
  return layout.issues.map(({ path }) => path);
}

const fabric = (interconnect: Interconnect): readonly string[] => refused({ machine: { interconnect } });

describe('a machine is refused, with the place of the mistake,', () => {
  it.each<[string, Partial<Shape>, string[]]>([
    ['when two nodes have one id', { nodes: [two[0], { ...two[1], id: 0 }] }, ['machine.nodes[1].id']],
    [
      'when a node starts within another',
      { nodes: [two[0], { ...two[1], startMiB: 512 }] },
      ['machine.nodes[1].startMiB'],
    ],
    [
      'when a node is placed where another ends up',
      {
        nodes: [
          { ...two[0], startMiB: 4096 },
          { ...two[1], startMiB: 0 },
          { id: 2, cpus: 0, memoryMiB: 4096 },
        ],
      },
      ['machine.nodes[0].startMiB'],
    ],
    [
      'when a node is so large that others lie in it',
      {
        nodes: [
          { ...two[0], startMiB: 2048, memoryMiB: 8192 },
          { ...two[1], startMiB: 2100, memoryMiB: 4 },
          { id: 2, cpus: 0, memoryMiB: 64 },
        ],
      },
      ['machine.nodes[1].startMiB', 'machine.nodes[0].memoryMiB'],
    ],
    ['beyond 64 GiB with PAE', { nodes: [two[0], { ...two[1], memoryMiB: 65536 }] }, ['machine.nodes[1].memoryMiB']],
    [
      'beyond 4 GiB without',
      { pae: false, nodes: [two[0], { ...two[1], memoryMiB: 4096 }] },
      ['machine.nodes[1].memoryMiB'],
    ],
    ['without any memory', { nodes: two.map((node) => ({ ...node, memoryMiB: 0 })) }, ['machine.nodes']],
    ['without any CPU', { nodes: two.map((node) => ({ ...node, cpus: 0 })) }, ['machine.nodes']],
    [
      'when a hole lies outside its node',
      { nodes: [two[0], { ...two[1], holes: [{ startKiB: 0, endKiB: 640 }] }] },
      ['machine.nodes[1].holes[0]'],
    ],
    [
      'when a hole ends before it starts',
      { nodes: [{ ...two[0], holes: [{ startKiB: 640, endKiB: 640 }] }, two[1]] },
      ['machine.nodes[0].holes[0].endKiB'],
    ],
    [
      'when a node’s own mem_map falls on a hole',
      { nodes: [two[0], { ...two[1], holes: [{ startKiB: 2096128, endKiB: 2097152 }] }] },
      ['machine.nodes[1].holes'],
    ],
    [
      'when a node is too small for its own mem_map',
      { nodes: [two[0], { ...two[1], memoryMiB: 2 }] },
      ['machine.nodes[1].memoryMiB'],
    ],
    [
      'when a cache has no power of two of sets',
      { machine: { cpu: { ...cpu, l1d: { kib: 24, ways: 4, lineBytes: 32 } } } },
      ['machine.cpu.l1d.kib'],
    ],
    [
      'when a line is no power of two',
      { machine: { cpu: { ...cpu, l2: { ...cpu.l2, lineBytes: 48 } } } },
      ['machine.cpu.l2.lineBytes'],
    ],
    [
      'when a TLB has no power of two of sets',
      { machine: { cpu: { ...cpu, dtlb: { entries: 63, ways: 4 } } } },
      ['machine.cpu.dtlb.entries'],
    ],
    [
      'when the remote cache’s line is shorter than L2’s',
      { machine: { remoteCache: { mib: 32, ways: 4, lineBytes: 16, hitNs: 300 } } },
      ['machine.remoteCache.lineBytes'],
    ],
    [
      'when it binds to a node that is not there',
      { kernel: { placement: { policy: 'bind', nodes: [1, 9] } } },
      ['kernel.placement.nodes[1]'],
    ],
    ['when it prefers one', { kernel: { placement: { policy: 'preferred', node: 9 } } }, ['kernel.placement.node']],
    [
      'when it binds to nodes without memory only',
      { nodes: [two[0], { ...two[1], memoryMiB: 0 }], kernel: { placement: { policy: 'interleave', nodes: [1] } } },
      ['kernel.placement.nodes'],
    ],
    [
      'when marks are not in order',
      { zones: { watermarks: [{ node: 0, zone: 'DMA', min: 5, low: 4, high: 3 }] } },
      ['zones.watermarks[0].low', 'zones.watermarks[0].high'],
    ],
    [
      'when marks name a node that is not there',
      { zones: { watermarks: [{ node: 7, zone: 'DMA', min: 1, low: 2, high: 3 }] } },
      ['zones.watermarks[0].node'],
    ],
    [
      'when marks are for the HighMem of a 64-bit machine',
      { bits: 64, zones: { watermarks: [{ node: 0, zone: 'HighMem', min: 1, low: 2, high: 3 }] } },
      ['zones.watermarks[0].zone'],
    ],
    ['when the DMA limit lies above low memory', { zones: { dmaLimitMiB: 1000 } }, ['zones.dmaLimitMiB']],
    // Node 1's window of 12 MiB, (262,144 + 1) x 44 B, leaves 884 MiB of 896.
    ['when the DMA limit lies above what the windows leave', { zones: { dmaLimitMiB: 885 } }, ['zones.dmaLimitMiB']],
    ['when maxmem leaves no room for vmalloc', { zones: { maxmemMiB: 1024 } }, ['zones.maxmemMiB']],
    ['when the reserve is too small for the kmaps', { zones: { vmallocReserveMiB: 0 } }, ['zones.vmallocReserveMiB']],
    ['when the reserve takes all', { zones: { vmallocReserveMiB: 1024 } }, ['zones.vmallocReserveMiB']],
    ['when user space leaves the kernel nothing', { zones: { userSpaceMiB: 4090 } }, ['zones.userSpaceMiB']],
  ])('%s', (_, shape, paths) => {
    expect(refused(shape)).toEqual(paths);
  });

  it('when its interconnect does not fit its nodes', () => {
    const links = { kind: 'links' as const, remoteNs: 1, linkMBps: 1 };
    const link = { latencyNs: 1, bandwidthMBps: 1 };
    expect(fabric({ kind: 'none' })).toEqual(['machine.interconnect.kind']);
    expect(fabric({ ...links, links: [] })).toEqual(['machine.interconnect.links']);
    expect(fabric({ ...links, links: [{ ...link, from: 0, to: 5 }] })).toEqual(['machine.interconnect.links[0].to']);
    expect(fabric({ ...links, links: [{ ...link, from: 0, to: 0 }] })).toEqual(['machine.interconnect.links[0].to']);
    const matrix = { kind: 'matrix' as const, linkMBps: 1 };
    expect(fabric({ ...matrix, latencyNs: [[1, 2]] })).toEqual(['machine.interconnect.latencyNs']);
    expect(fabric({ ...matrix, latencyNs: [[1, 2], [1]] })).toEqual(['machine.interconnect.latencyNs[1]']);
  });

  it('and the message says what is expected and what was found', () => {
    const layout = bootOf(profileOf({ nodes: [two[0], { ...two[1], memoryMiB: 66560 }] }));
    expect(layout.issues[0].message).toBe(
      'expected at most 64,512 MiB here (PAE reaches 64 GiB), found 66,560 MiB that end at 67,584 MiB',
    );
  });
});

describe('what is unusual boots', () => {
  it('such as a DMA limit just where low memory ends, and a machine smaller than the DMA zone', () => {
    expect(refused({ zones: { dmaLimitMiB: 884 } })).toEqual([]);
    expect(refused({ nodes: [{ id: 0, cpus: 1, memoryMiB: 8 }] })).toEqual([]);
  });

  it('such as nodes without CPUs or memory, ids out of order, gaps, and marks of a zone that is not there', () => {
    expect(refused({ nodes: [two[0], { id: 1, cpus: 0, memoryMiB: 512 }, { id: 2, cpus: 2, memoryMiB: 0 }] })).toEqual(
      [],
    );
    expect(
      refused({
        nodes: [
          { ...two[0], id: 9 },
          { ...two[1], id: 3, startMiB: 4096 },
        ],
      }),
    ).toEqual([]);
    expect(refused({ zones: { watermarks: [{ node: 1, zone: 'DMA', min: 1, low: 2, high: 3 }] } })).toEqual([]);
  });

  it('such as other splits, with the address space they leave', () => {
    // A 2:2 split has 2,048 - 128 MiB of low memory; a 4G/4G one 4,096 - 32 - 128.
    const lowmem = (userSpaceMiB: number): number => {
      const nodes = [{ id: 0, cpus: 1, memoryMiB: 8192 }];
      return bootOf(profileOf({ nodes, zones: { userSpaceMiB } })).lowmemMiB;
    };
    expect(lowmem(3072)).toBe(896);
    expect(lowmem(2048)).toBe(1920);
    expect(lowmem(1024)).toBe(2944);
    expect(lowmem(4096)).toBe(3936);
  });
});
