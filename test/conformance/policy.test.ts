/** kernel/policy against its naive twin, on random policies, nodes and offsets; and what numastat must say of any of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadyZonelist } from '../../src/sim/kernel/page-alloc.ts';
import type { MemPolicy } from '../../src/sim/kernel/policy/mempolicy.ts';
import { withRange } from '../../src/sim/kernel/policy/shared-policy.ts';
import { IDS, Quads } from '../unit/kernel/policy/quads.ts';
import { byMembind, byPolicy, bySetbinding, byShmbind, paint, type Question } from './naive/policy.ts';

const nodes: readonly number[] = IDS;
/** Ids and the zones that a list asks, neighbours of one node as one. */
const asked = ({ zones }: ReadyZonelist): number[] =>
  zones.map(({ node }) => node).filter((node, at, all) => at === 0 || all[at - 1] !== node);

const someNodes = fc.uniqueArray(fc.constantFrom(...nodes), { minLength: 1, maxLength: 4 });
const policies: fc.Arbitrary<MemPolicy> = fc
  .record({
    mode: fc.constantFrom('preferred', 'bind', 'interleave', 'preferred-many', 'weighted-interleave'),
    nodes: someNodes,
  })
  .map(({ mode, nodes: mask }) => {
    const sorted = [...mask].sort((a, b) => a - b);
    return { mode, nodes: mode === 'preferred' ? sorted.slice(0, 1) : sorted } as MemPolicy;
  });
const cpus = fc.integer({ min: 0, max: 3 });
const offsets = fc.integer({ min: 0, max: 299 });
const interleaveWeights = [
  { node: 0, weight: 5 },
  { node: 4, weight: 2 },
];
const weights = new Map(interleaveWeights.map(({ node, weight }) => [node, weight]));
const question = (cpu: number, offset: number): Question => ({ nodes, running: nodes[cpu], offset });

/** 32 bits: node 0 has three zones. */
const quadsOf32 = { bits: 32, pae: true, nodes: nodes.map((id) => ({ id, cpus: 1, memoryMiB: 1024 })) } as const;

describe('the choice of a zonelist', () => {
  it('of a task’s, a mapping’s or a segment’s policy is the naive one, each node from its highest zone down', () => {
    const quads = new Quads({ flavour: '2.6.7', binding: 'weighted-interleave', interleaveWeights }, quadsOf32);
    const { placement } = quads.kernel;
    const task = quads.process();
    const base = 0x4000;
    const own = { pages: 300, pgoff: 0, shared: false, writable: true, at: base };
    quads.kernel.syscalls.mmap(quads.on(task), task, own);
    const segment = quads.segment('s', 300);
    fc.assert(
      fc.property(policies, policies, cpus, offsets, fc.integer({ min: 0, max: 3 }), (a, b, cpu, offset, which) => {
        const vma = task.mm?.vmaAt(base + offset);
        if (vma === undefined) throw new Error('not mapped');
        const on = quads.on(task, cpu);
        task.policy = (which & 1) === 0 ? undefined : a;
        vma.policy = (which & 2) === 0 ? undefined : b;
        segment.policy = vma.policy && { kind: 'mbind', ranges: [{ start: 0, end: 300, policy: vma.policy }] };
        const policy = vma.policy ?? task.policy;
        const ofVma = placement.forVma(on, vma, base + offset);
        expect(asked(ofVma)).toEqual(byPolicy(question(cpu, base + offset), policy, weights));
        const ofSegment = placement.forSpace(on, segment, offset);
        expect(asked(ofSegment)).toEqual(byPolicy(question(cpu, offset), policy, weights));
        for (const { zones } of [ofVma, ofSegment]) {
          const names = zones.filter(({ node }) => node === 0).map(({ layout }) => layout.name);
          expect(names).toEqual(names.length === 0 ? [] : ['HighMem', 'Normal', 'DMA']);
        }
      }),
    );
  });

  it('of mem_setbinding is the naive walk; STRICT is violated as posted alone, by nodes below the local one alone', () => {
    fc.assert(
      fc.property(someNodes, cpus, fc.boolean(), fc.boolean(), (mask, cpu, strict, posted) => {
        const quads = setbinding[posted ? 0 : 1];
        const task = quads.process();
        task.binding = { nodes: mask, strict };
        const segment = quads.segment('s', 1);
        const list = asked(quads.kernel.placement.forSpace(quads.on(task, cpu), segment, 0));
        expect(list).toEqual(bySetbinding(question(cpu, 0), mask, strict, posted));
        const violations = list.filter((id) => !mask.includes(id));
        if (!posted && strict) expect(violations).toEqual([]);
        if (strict) for (const id of violations) expect(id).toBeLessThan(nodes[cpu]);
        if (!strict) expect([...list].sort((a, b) => a - b)).toEqual(nodes);
      }),
      { numRuns: 60 },
    );
  });
  const setbinding = (['as-posted', 'mended'] as const).map(
    (each) => new Quads({ flavour: '2.5.59', binding: 'mem_setbinding', setbinding: each }),
  );

  it('of shmbind and membind is the naive one', () => {
    const quads = new Quads({ flavour: '2.6.0' });
    const { placement } = quads.kernel;
    const segment = quads.segment('s', 300);
    fc.assert(
      fc.property(someNodes, cpus, offsets, fc.boolean(), fc.boolean(), (mask, cpu, offset, stripe, hard) => {
        const sorted = [...mask].sort((a, b) => a - b);
        const how = stripe ? 'stripe' : 'firstref';
        segment.policy = { kind: 'shmbind', placement: how, hard, nodes: sorted };
        const on = quads.on(undefined, cpu);
        expect(asked(placement.forSpace(on, segment, offset))).toEqual(
          byShmbind(question(cpu, offset), how, hard, mask),
        );
        segment.policy = { kind: 'membind', nodes: sorted };
        expect(asked(placement.forSpace(on, segment, offset))).toEqual(byMembind(question(cpu, offset), mask));
      }),
    );
  });
});

describe('the shared policy of an inode', () => {
  it('is what painting its pages one call after the other gives, in ranges that are sorted and apart', () => {
    const calls = fc.array(
      fc.record({
        start: fc.integer({ min: 0, max: 60 }),
        length: fc.integer({ min: 1, max: 30 }),
        policy: fc.option(policies, { nil: undefined }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(calls, (list) => {
        const bounded = list.map(({ start, length, policy }) => ({ start, end: start + length, policy }));
        let ranges: ReturnType<typeof withRange> = [];
        for (const { start, end, policy } of bounded) ranges = withRange(ranges, start, end, policy);
        const painted = paint(100, bounded);
        for (const [at, { start, end }] of ranges.entries()) {
          expect(start).toBeLessThan(end);
          if (at > 0) expect(ranges[at - 1].end).toBeLessThanOrEqual(start);
        }
        for (const [page, policy] of painted.entries()) {
          expect(ranges.find(({ start, end }) => start <= page && page < end)?.policy).toBe(policy);
        }
      }),
    );
  });
});

describe('numastat, whatever the policies', () => {
  it('balances: misses are foreign elsewhere, and what was local or not is what hit or missed; BIND stays inside', () => {
    const touches = fc.array(fc.record({ policy: policies, cpu: cpus, pages: fc.integer({ min: 1, max: 500 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(touches, (list) => {
        // Small enough to run over: 1,500 pages a node, of which boot has some.
        const small = { nodes: nodes.map((id) => ({ id, cpus: 1, memoryMiB: 6 })) };
        const quads = new Quads({ binding: 'weighted-interleave', interleaveWeights }, small);
        for (const { policy, cpu, pages } of list) {
          const task = quads.process();
          task.policy = policy;
          const at = quads.map(task, pages);
          quads.touch(task, at, pages, cpu);
          const placed = quads.nodesOf(task, at, pages);
          if (policy.mode === 'bind') for (const id of placed) expect(policy.nodes).toContain(id);
        }
        const sum = (column: Parameters<Quads['stat']>[0]): number => quads.stat(column).reduce((a, b) => a + b);
        expect(sum('numa_miss')).toBe(sum('numa_foreign'));
        const [hit, miss] = [quads.stat('numa_hit'), quads.stat('numa_miss')];
        const [local, other] = [quads.stat('local_node'), quads.stat('other_node')];
        for (const place of [0, 1, 2, 3]) expect(hit[place] + miss[place]).toBe(local[place] + other[place]);
      }),
      { numRuns: 12 },
    );
  });

  it('counts an interleave hit for each page that is interleaved, by offset or in turn, over nodes that differ by one at most', () => {
    fc.assert(
      fc.property(someNodes, fc.integer({ min: 1, max: 90 }), fc.boolean(), (mask, pages, inTurn) => {
        const quads = new Quads();
        const task = quads.process();
        quads.kernel.syscalls.setMempolicy(quads.on(task), task, 'interleave', mask);
        const before = quads.stat('interleave_hit');
        if (inTurn) {
          const file = quads.kernel.syscalls.file('/f', 0);
          quads.kernel.syscalls.write(quads.on(task), task, file, 0, pages * 4096);
        } else quads.touch(task, quads.map(task, pages), pages, 1);
        const hits = quads.stat('interleave_hit').map((count, place) => count - before[place]);
        const used = hits.filter((_, place) => mask.includes(nodes[place]));
        expect(hits.reduce((a, b) => a + b)).toBe(pages);
        expect(used.reduce((a, b) => a + b)).toBe(pages);
        expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
  });
});
