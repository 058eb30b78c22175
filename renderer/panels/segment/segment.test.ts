import fc from 'fast-check';
import { checkSegment } from '../../../src/lab/segments.ts';
import { describe, expect, it, vi } from 'vitest';
import type { CheckedSegment } from '../../../src/sim/engine/segment/prediction.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import { rangePresets as presets } from '../../../src/sim/workloads/segment/designs.ts';
import { parseSegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import { Run } from '../../state/runs.svelte.ts';
import { machineOn } from '../testing.ts';
import { bindingFor, callOf, hasCall } from './calls.ts';
import { addRange, moveBorder, nodesOf, place, placedOn, removeRange, renameRange, splitRange } from './ranges.ts';
import { lastRunOf } from './runs-of.ts';
import { SegmentState } from './segment.svelte.ts';
import { WorkloadState } from '../runbar/workload.svelte.ts';
import { starterDesign } from './starter.ts';

const { profile } = machineOn('numaq-16g-4quad');
if (profile === null) throw new Error('no profile');
const machine = profile;
const design = starterDesign(machine, presets);
const sizes = (of: SegmentDesign): number[] => of.ranges.map(({ kib }) => kib);

describe('a run of a segment', () => {
  it('is called by its design and its binding, since runs of one design differ in that', () => {
    const workload = new WorkloadState([], []);
    const bound: SegmentDesign = {
      ...design,
      title: 'Cache',
      binding: { call: 'mbind', strict: false, after: false },
      ranges: design.ranges.slice(0, 2).map((range, at) => ({
        ...range,
        policy: at === 0 ? { mode: 'interleave', nodes: [0, 1, 2, 3] } : { mode: 'bind', nodes: [0] },
      })),
    };
    workload.useSegment(bound, [0]);
    expect(workload.title(16)).toBe('Cache, mbind: interleave 0-3, bind 0');
    workload.useSegment({ ...bound, binding: { call: 'none', strict: false, after: false } }, [0]);
    expect(workload.title(16)).toBe('Cache, not bound');
  });
});

describe('a design to begin with', () => {
  it('is one that the lab takes, on every kind of machine', () => {
    for (const id of ['numaq-16g-4quad', 'numaq-64g-8quad', 'pc-256m']) {
      const { profile: one } = machineOn(id);
      if (one === null) throw new Error(id);
      const made = starterDesign(one, presets);
      expect(parseSegmentDesign(structuredClone(made))).toEqual(made);
      // Between libraries and stack there is no hole for more.
      expect(sizes(made).reduce((sum, kib) => sum + kib)).toBeLessThanOrEqual((one.zones.userSpaceMiB * 1024) / 3);
      expect(checkSegment(one, made).issues).toEqual([]);
      expect(made.users.reduce((sum, { processes }) => sum + processes, 0)).toBe(
        one.machine.nodes.reduce((sum, { cpus }) => sum + cpus, 0),
      );
    }
  });
});

describe('the run beside a prediction', () => {
  it('is the last one of the same design on the same machine and kernel', () => {
    const runOf = (on: typeof machine, number: number): Run => {
      const workloads = [{ kind: 'segment' as const, design, scale: 1, cpus: [0], startNs: 0 }];
      return new Run({ profile: on, layout: null, workloads, seed: 1, title: '' }, number);
    };
    const bound = { ...machine, kernel: { ...machine.kernel, binding: 'mempolicy' as const } };
    const [first, second] = [runOf(machine, 1), runOf(bound, 2)];
    expect(lastRunOf(design, bound, [second, first])).toBe(second);
    expect(lastRunOf(design, structuredClone(machine), [second, first])).toBe(first);
    expect(lastRunOf({ ...design, warming: 'random' }, machine, [second, first])).toBeUndefined();
    expect(lastRunOf(design, machine, [second])).toBeUndefined();
  });
});

describe('ranges', () => {
  it('share a border: what one gains the next one gives, and both keep a page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: -(2 ** 22), max: 2 ** 22 }), (at, kib) => {
        const moved = sizes(moveBorder(design, at, kib));
        const before = sizes(design);
        expect(moved.reduce((a, b) => a + b)).toBe(before.reduce((a, b) => a + b));
        expect(moved.every((size) => size >= 4 && size % 4 === 0)).toBe(true);
        expect(moved.filter((size, index) => size !== before[index] && index !== at && index !== at + 1)).toEqual([]);
      }),
    );
  });

  it('keep names apart when they are added or split, and their users when they are renamed', () => {
    const more = addRange(splitRange(design, 1), presets[1]);
    expect(more.ranges.map(({ name }) => name)).toEqual(['pool', 'log', 'log2', 'locks', 'processes', 'log3']);
    expect(sizes(more)[1] + sizes(more)[2]).toBe(design.ranges[1].kib);
    expect(sizes(more)[2] - sizes(more)[1]).toBeLessThanOrEqual(4);
    const used = { ...design, users: [{ ...design.users[0], own: { range: 'log', percent: 98 } }] };
    expect(renameRange(used, 1, 'wal').users[0].own?.range).toBe('wal');
    expect(removeRange(used, 1).users[0].own).toBeUndefined();
  });

  it('are used as much as a database uses them: those added get their share of the references', () => {
    const share = (of: SegmentDesign, at: number): number => {
      const weights = of.ranges.map(({ weight, kib }) => weight ?? kib);
      return weights[at] / weights.reduce((a, b) => a + b);
    };
    expect(design.ranges.map((_, at) => share(design, at))).toEqual([0.7, 0.1, 0.18, 0.02]);
    // Of a segment whose ranges have no weights it is a share too, though its own size is a thousandth of theirs.
    const unweighted = { ...design, ranges: [{ ...design.ranges[0], weight: undefined }] };
    for (const of of [design, unweighted]) {
      const more = addRange(of, presets[1]);
      expect(share(more, more.ranges.length - 1)).toBeCloseTo(0.1, 2);
    }
  });

  it('bind on one node, interleave on several, and keep what a person chose', () => {
    const none = { mode: 'none' as const, nodes: [] };
    expect(placedOn(none, [2])).toEqual({ mode: 'bind', nodes: [2] });
    expect(placedOn(none, [3, 1])).toEqual({ mode: 'interleave', nodes: [1, 3] });
    expect(placedOn({ mode: 'bind', nodes: [0] }, [0, 1])).toEqual({ mode: 'interleave', nodes: [0, 1] });
    expect(placedOn({ mode: 'bind', nodes: [0, 1] }, [0, 2])).toEqual({ mode: 'bind', nodes: [0, 2] });
    expect(placedOn({ mode: 'weighted-interleave', nodes: [0, 1] }, [2, 3]).mode).toBe('weighted-interleave');
    expect(placedOn({ mode: 'preferred', nodes: [0] }, [3]).mode).toBe('preferred');
    expect(placedOn({ mode: 'interleave', nodes: [] }, [3]).mode).toBe('interleave');
    expect(placedOn(none, [3, 1], 'shmbind').mode).toBe('interleave');
    expect(placedOn(none, [3, 1], 'mem_setbinding').mode).toBe('bind');
    expect(placedOn({ mode: 'preferred', nodes: [0] }, [3], 'shmbind').mode).toBe('bind');
    expect(placedOn({ mode: 'bind', nodes: [0] }, [])).toEqual({ mode: 'first-touch', nodes: [] });
  });

  it('are placed one by one or all together', () => {
    const all = place(design, 'all', [0, 1], 'mbind');
    expect(nodesOf(all, 'all')).toEqual([0, 1]);
    const one = place(all, 2, [3]);
    expect(nodesOf(one, 2)).toEqual([3]);
    expect(nodesOf(one, 'all')).toEqual([]);
    expect(place(one, 9, [0])).toBe(one);
  });
});

describe('binding calls', () => {
  it('are those of the kernel: later kernels of the line have the earlier ones', () => {
    expect(callOf('membind')).toBe('membind');
    expect(callOf('mempolicy')).toBe('mbind');
    expect(callOf('none')).toBe('mbind');
    expect(hasCall('none', 'mbind', ['bind'])).toBe(false);
    expect(hasCall('mempolicy', 'mbind', ['bind', 'interleave'])).toBe(true);
    expect(hasCall('mempolicy', 'mbind', ['weighted-interleave'])).toBe(false);
    expect(hasCall('weighted-interleave', 'set_mempolicy', ['preferred-many'])).toBe(true);
    expect(hasCall('membind', 'shmbind', [])).toBe(false);
    expect(hasCall('none', 'none', ['bind'])).toBe(true);
    expect(bindingFor('mbind', ['preferred-many'])).toBe('preferred-many');
  });
});

describe('the segment on the table', () => {
  const made = (): { state: SegmentState; answers: ((answer: CheckedSegment) => void)[] } => {
    const answers: ((answer: CheckedSegment) => void)[] = [];
    const predictSegment = (): Promise<CheckedSegment> => new Promise((resolve) => answers.push(resolve));
    return {
      state: new SegmentState({ predictSegment, segmentDesigns: () => Promise.reject(new Error('not asked')) }),
      answers,
    };
  };
  const prediction = { ranges: [] } as unknown as NonNullable<CheckedSegment['prediction']>;

  it('takes a call of the kernel with the first range that is put on a node', () => {
    const { state } = made();
    state.open(design);
    state.place(0, [1], 'membind');
    expect(state.design?.binding.call).toBe('membind');
    expect(state.design?.ranges[0].policy).toEqual({ mode: 'bind', nodes: [1] });
    // membind() has no other mode.
    state.toggle(0, 2, 'membind');
    expect(state.design?.ranges[0].policy).toEqual({ mode: 'bind', nodes: [1, 2] });
    state.toggle(0, 1, 'membind');
    state.toggle(0, 2, 'membind');
    expect(state.design?.ranges[0].policy).toEqual({ mode: 'first-touch', nodes: [] });
  });

  it('makes a drag one step to undo', () => {
    const { state } = made();
    state.open(design);
    state.change(moveBorder(design, 0, 400), 'border 0');
    state.change(moveBorder(design, 0, 800), 'border 0');
    state.endGesture();
    state.change(moveBorder(design, 0, 1200), 'border 0');
    state.undo();
    expect(state.design).toEqual(moveBorder(design, 0, 800));
    state.undo();
    expect(state.design).toBe(design);
    state.redo();
    expect(state.design).toEqual(moveBorder(design, 0, 800));
  });

  it('keeps the last prediction in view while the design is wrong, and cannot run then', async () => {
    const { state, answers } = made();
    state.open(design);
    const first = state.predict(machine);
    answers[0]({ design, prediction, numactl: ['numactl'], issues: [] });
    await first;
    expect([state.canRun, state.prediction, state.numactl]).toEqual([true, prediction, ['numactl']]);
    state.edit('ranges[0].kib', 3);
    const second = state.predict(machine);
    const issue = { code: 'x', path: 'ranges[0].kib', expected: '', found: '', message: 'expected whole pages' };
    answers[1]({ numactl: [], issues: [issue] });
    await second;
    expect([state.canRun, state.prediction, state.issuesAt('ranges[0]')]).toEqual([false, prediction, [issue]]);
  });

  it('asks one question at a time, of a drag the last one, and drops the answer to an older one', async () => {
    const { state, answers } = made();
    const issue = { code: 'x', path: '', expected: '', found: '', message: 'old' };
    state.open(design);
    const asked = state.predict(machine);
    for (const title of ['One', 'Two', 'Three']) {
      state.edit('title', title);
      void state.predict(machine);
    }
    expect(answers).toHaveLength(1);
    answers[0]({ numactl: [], issues: [issue] });
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect([state.issues, state.canRun]).toEqual([[], false]);
    answers[1]({ design, prediction, numactl: [], issues: [] });
    await asked;
    expect(answers).toHaveLength(2);
    expect([state.issues, state.canRun, state.valid?.title]).toEqual([[], true, 'Three']);
    // It asks again after that, and nothing without a machine.
    void state.predict(null);
    void state.predict(machine);
    expect(answers).toHaveLength(3);
  });

  it('forgets what a machine that is gone had to say', async () => {
    const { state, answers } = made();
    state.open(design);
    const asked = state.predict(machine);
    void state.predict(null);
    answers[0]({ design, prediction, numactl: [], issues: [] });
    await asked;
    expect([state.prediction, state.canRun]).toEqual([null, false]);
  });
});
