/** Predictions by hand: a miss to the own node takes 250 ns on a NUMA-Q of four quads, to another 2,500 ns; 200 and 2,000 with round numbers. */
import { describe, expect, it } from 'vitest';
import { expected as reached } from '../../../../src/sim/engine/segment/first-references.ts';
import { predictSegment } from '../../../../src/sim/engine/segment/predict.ts';
import type { SegmentPrediction } from '../../../../src/sim/engine/segment/prediction.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { builtInSegments } from '../../../../src/sim/workloads/segment/designs.ts';
import { type DesignChanges, designOf } from '../../workloads/segment/designs.ts';
import { builtIn, roundNumbers } from '../runs.ts';

type Kernel = Partial<MachineProfile['kernel']>;

function quads(kernel: Kernel): MachineProfile {
  const profile = builtIn('numaq-16g-4quad');
  return { ...profile, kernel: { ...profile.kernel, ...kernel } };
}

function library(id: string, kernel: Kernel): SegmentPrediction {
  const found = builtInSegments().find((each) => each.id === id);
  if (found === undefined) throw new Error(`no design ${id}`);
  return predictSegment(quads(kernel), found.design);
}

const onNodes = ({ ranges }: SegmentPrediction): readonly string[] => ranges.map(({ numaMaps }) => numaMaps);
const close = (value: number): unknown => expect.closeTo(value, 6) as unknown;

describe('2 GiB on four quads', () => {
  it('used by all alike: 75 % remote under first touch, and the slowest process waits 2,500 ns', () => {
    const prediction = library('uniform', { binding: 'mempolicy' });
    expect(onNodes(prediction)).toEqual(['default N0=524288']);
    expect(prediction).toMatchObject({ remotePercent: 75, meanMissNs: close(1937.5), slowestMissNs: close(2500) });
    expect(prediction.groups.map(({ remotePercent }) => remotePercent)).toEqual([0, 100, 100, 100]);
    expect(prediction.matrix).toEqual([0, 1, 2, 3].map(() => [25, 0, 0, 0]));
  });

  it('used by all alike: 75 % remote when interleaved, and everybody waits the same', () => {
    const prediction = library('interleaved', { binding: 'mempolicy' });
    expect(onNodes(prediction)).toEqual(['interleave=0-3 N0=131072 N1=131072 N2=131072 N3=131072']);
    expect(prediction).toMatchObject({ remotePercent: 75, meanMissNs: close(1937.5), slowestMissNs: close(1937.5) });
  });

  it('98 % to a quarter of one’s own, bound there: 2 % remote, 0.98 x 250 + 0.02 x 2,500 ns', () => {
    for (const [id, binding, policy] of [
      ['partitioned', 'mempolicy', 'bind'],
      ['partitioned-shmbind', 'shmbind', 'shmbind(firstref,hard)'],
    ] as const) {
      const prediction = library(id, { binding });
      expect(onNodes(prediction)).toEqual([0, 1, 2, 3].map((node) => `${policy}=${node} N${node}=131072`));
      expect(prediction).toMatchObject({ remotePercent: close(2), meanMissNs: close(295), slowestMissNs: close(295) });
      expect(prediction.calls.map(({ result }) => result)).toEqual([0, 0, 0, 0]);
    }
  });

  it('98 % to a quarter of one’s own, not bound: 75 % remote', () => {
    const prediction = library('partitioned', { binding: 'none' });
    expect(prediction.calls.every(({ result }) => result === 'ENOSYS')).toBe(true);
    expect(onNodes(prediction)).toEqual([0, 1, 2, 3].map(() => 'default N0=131072'));
    expect(prediction.remotePercent).toBeCloseTo(75, 6);
    expect(prediction.warnings[0]).toBe('This kernel has no mbind (its binding calls: none).');
  });

  it('takes 4 MiB of page tables for each of 16 processes: 1,024 tables of 512 entries', () => {
    const { pteBytes } = library('uniform', {});
    expect(pteBytes).toEqual({ perProcess: 4 * 2 ** 20, total: 64 * 2 ** 20, place: 'low memory' });
  });

  it('behind windows takes page tables for the area: 256 for 512 MiB, 4 for 8 MiB, 16 for 32 MiB', () => {
    expect(library('windows', { binding: 'mempolicy' }).pteBytes.perProcess).toBe(276 * 4096);
  });
});

describe('a node that is too small', () => {
  // Two nodes of 128 MiB: 32,768 pages each.
  const small = (binding: MachineProfile['kernel']['binding']): MachineProfile => roundNumbers({ kernel: { binding } });
  const large = (mode: string, call: string): DesignChanges =>
    ({
      ranges: [{ name: 'pool', kib: 160 * 1024, policy: { mode, nodes: [1] } }],
      binding: { call },
    }) as DesignChanges;

  it('spills to the other one where the node is only preferred', () => {
    const prediction = predictSegment(small('mempolicy'), designOf(large('preferred', 'mbind')));
    const pages = new Map(prediction.ranges[0].nodes.map((each) => [each.node, each.pages]));
    expect((pages.get(0) ?? 0) + (pages.get(1) ?? 0)).toBe(40_960);
    expect(pages.get(1)).toBeLessThan(32_768);
    expect(pages.get(1)).toBeGreaterThan(31_000);
    expect(prediction.nodes[1].spilledPages).toBe(pages.get(0));
    expect(prediction.warnings.join('\n')).toMatch(/Node 1 has no room for \d+\.\d MiB .* they go to node 0\./);
  });

  it('has no page for the rest where the segment is bound to it', () => {
    const prediction = predictSegment(small('mempolicy'), designOf(large('bind', 'mbind')));
    expect(prediction.ranges[0].nodes.map(({ node }) => node)).toEqual([1]);
    expect(prediction.warnings.join('\n')).toContain('find no free page');
    expect(prediction.warnings.join('\n')).toContain('are touched by nobody');
  });
});

describe('calls', () => {
  const bound = (call: string, mode: string, more: DesignChanges = {}): DesignChanges =>
    ({
      ranges: [
        { name: 'a', kib: 64, policy: { mode, nodes: [1] } },
        { name: 'b', kib: 64, policy: { mode, nodes: [0] } },
      ],
      ...more,
      binding: { call, ...(more.binding ?? {}) },
    }) as DesignChanges;
  const predict = (kernel: Kernel, changes: DesignChanges): SegmentPrediction =>
    predictSegment(roundNumbers({ kernel }), designOf(changes));

  it('of a whole segment: the last one counts, and that is said', () => {
    const prediction = predict({ binding: 'membind' }, bound('membind', 'bind'));
    expect(onNodes(prediction)).toEqual(['membind=0 N0=16', 'membind=0 N0=16']);
    expect(prediction.warnings.join('\n')).toContain('of several calls the last one counts');
    const apart = predict({ binding: 'membind' }, bound('membind', 'bind', { separate: true }));
    expect(onNodes(apart)).toEqual(['membind=1 N1=16', 'membind=0 N0=16']);
  });

  it('shmbind after the segment has been attached is refused', () => {
    const after = { call: 'shmbind', after: true } as const;
    const prediction = predict({ binding: 'shmbind' }, bound('shmbind', 'bind', { separate: true, binding: after }));
    expect(prediction.calls.map(({ text, result }) => [text, result])).toEqual([
      ['shmbind(a, MEM_FIRSTREF|MEM_SOFTBIND, 1)', 'EINVAL'],
      ['shmbind(b, MEM_FIRSTREF|MEM_SOFTBIND, 0)', 'EINVAL'],
    ]);
  });

  it('mem_setbinding can only narrow what it has set', () => {
    const prediction = predict({ binding: 'mem_setbinding' }, bound('mem_setbinding', 'bind'));
    expect(prediction.calls.map(({ text, result }) => [text, result])).toEqual([
      ['mem_setbinding(1, MPOL_LOOSE)', 0],
      ['mem_setbinding(0, MPOL_LOOSE)', 'EPERM'],
    ]);
  });

  it('mbind of pages that are there leaves them, and says EIO where it is strict', () => {
    const after = { call: 'mbind', strict: true, after: true } as const;
    const prediction = predict({ binding: 'mempolicy' }, bound('mbind', 'bind', { binding: after }));
    expect(prediction.calls.map(({ text, result }) => [text, result])).toEqual([
      ['mbind(a, MPOL_BIND, 1, MPOL_MF_STRICT)', 'EIO'],
      ['mbind(b, MPOL_BIND, 0, MPOL_MF_STRICT)', 0],
    ]);
    expect(onNodes(prediction)).toEqual(['default N0=16', 'bind=0 N0=16']);
    expect(prediction.ranges.map(({ nodes }) => nodes)).toEqual([[{ node: 0, pages: 16 }], [{ node: 0, pages: 16 }]]);
  });

  it('weighted interleave gives nodes so many pages in a row', () => {
    const interleaveWeights = [
      { node: 0, weight: 5 },
      { node: 1, weight: 2 },
    ];
    const prediction = predict(
      { binding: 'weighted-interleave', interleaveWeights },
      {
        ranges: [{ name: 'pool', kib: 4 * 70, policy: { mode: 'weighted-interleave', nodes: [0, 1] } }],
        binding: { call: 'mbind' },
      },
    );
    expect(onNodes(prediction)).toEqual(['weighted-interleave=0-1 N0=50 N1=20']);
  });

  it('nodes that the machine does not have are refused', () => {
    const prediction = predict(
      { binding: 'mempolicy' },
      {
        ranges: [{ name: 'pool', kib: 64, policy: { mode: 'bind', nodes: [0, 5] } }],
        binding: { call: 'mbind' },
      },
    );
    expect(prediction.calls.map(({ result }) => result)).toEqual(['EINVAL']);
  });
});

describe('where nobody initialises', () => {
  it('the users’ first references do: pages fall to them as they refer to them', () => {
    const users = [0, 1].map((node) => {
      return {
        name: `on${node}`,
        nodes: [node],
        processes: node === 0 ? 1 : 3,
        references: 10_000,
        perTransaction: 100,
      };
    });
    const prediction = predictSegment(
      roundNumbers(),
      designOf({ initialiser: 'nobody', ranges: [{ name: 'pool', kib: 4 * 1000 }], users }),
    );
    const pages = prediction.ranges[0].nodes.map((each) => each.pages);
    // 40,000 references by lot reach all of 1,000 pages; three of four users are on node 1.
    expect(pages).toEqual([250, 750]);
    expect(prediction.remotePercent).toBeCloseTo(0.25 * 75 + 0.75 * 25, 6);
  });

  it('as many references as pages leave 1/e of them untouched', () => {
    expect(reached('uniform', 1000, 1000)).toBeCloseTo(1000 * (1 - 1 / Math.E), 9);
    expect(reached('skewed', 1000, 1000)).toBeLessThan(reached('uniform', 1000, 1000));
    expect(reached('skewed', 1e9, 1000)).toBeGreaterThan(999);
  });
});

describe('huge pages', () => {
  it('come from the creator’s node as long as it has any, then from the next one', () => {
    const prediction = predictSegment(
      roundNumbers({ kernel: { hugePages: 4 } }),
      designOf({ huge: true, creator: { node: 1 }, ranges: [{ name: 'pool', kib: 6 * 2048 }] }),
    );
    expect(onNodes(prediction)).toEqual(['default N0=1024 N1=2048']);
    expect(prediction.pteBytes.total).toBe(0);
  });

  it('of which there are too few are an error with its place', () => {
    expect(() =>
      predictSegment(roundNumbers(), designOf({ huge: true, ranges: [{ name: 'pool', kib: 2048 }] })),
    ).toThrow(/kernel.hugePages: expected enough huge pages on its nodes \(.* maps \d+\), found none free/);
  });
});
