/** Operations that bind memory: which call each becomes, and what becomes of calls that fail. */
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/sim/engine/events.ts';
import { FakeKernel } from './fake-kernel.ts';

const pages = (count: number): number => count * 4096;
const segments = { shm: { bytes: pages(8) } };
const script = (...main: readonly object[]): { readonly segments: object; readonly programs: object } => ({
  segments,
  programs: { main },
});

/** What a script that binds makes of it, without the calls that map. */
function callsOf(...main: readonly object[]): string[] {
  const kernel = new FakeKernel(script(...main));
  expect(kernel.finish()).toBe(true);
  return kernel.calls.filter((call) => /bind|policy/.test(call));
}

const mapped = { op: 'mmap', as: 'data', bytes: pages(8), segment: 'shm' };

describe('an operation that binds', () => {
  it('a task is a call of its own', () => {
    expect(
      callsOf(
        { op: 'setMempolicy', mode: 'interleave', nodes: [0, 2] },
        { op: 'setMempolicy', mode: 'default' },
        { op: 'memSetbinding', nodes: [1], behaviour: 'strict' },
        { op: 'memSetbinding', nodes: [1, 3], behaviour: 'loose' },
      ),
    ).toEqual([
      '1: set_mempolicy interleave 0,2',
      '1: set_mempolicy default ',
      '1: mem_setbinding 1 strict',
      '1: mem_setbinding 1,3 loose',
    ]);
  });

  it('a part of memory is given its pages, and an address within a page as it is', () => {
    const part = { region: 'data', from: pages(2), bytes: pages(3) };
    const calls = callsOf(
      mapped,
      { op: 'mbind', ...part, mode: 'bind', nodes: [2], strict: true },
      { op: 'mbind', region: 'data', mode: 'preferred' },
      { op: 'mbind', region: 'data', from: 2048, bytes: 10, mode: 'bind', nodes: [2] },
      { op: 'membind', ...part, cpus: [4, 5] },
    );
    expect(calls).toEqual([
      '1: mbind 40002+3 bind 2 strict',
      '1: mbind 40000+8 preferred ',
      '1: mbind 40000.8+1 bind 2',
      '1: membind 40002+3 CPUs 4,5',
    ]);
  });

  it('a segment names it, mapped or not', () => {
    const soft = { op: 'shmbind', segment: 'shm', nodes: [1, 0] };
    const hard = { ...soft, placement: 'stripe', strength: 'hard' };
    expect(callsOf(soft, hard)).toEqual(['1: shmbind shm firstref soft 1,0', '1: shmbind shm stripe hard 1,0']);
  });
});

describe('a call that the kernel refuses', () => {
  const binds = { op: 'setMempolicy', mode: 'bind', nodes: [9] };
  const main = [binds, { op: 'repeat', times: 3, body: [{ op: 'memSetbinding', nodes: [9], behaviour: 'loose' }] }];
  const start = [{ program: 'main', copies: 2 }];

  it('is listed with its place, tasks that fail alike as one, and the program goes on', () => {
    const kernel = new FakeKernel({ programs: { main: [...main, { op: 'compute', instructions: 5 }] }, start });
    kernel.answer = 'EINVAL';
    expect(kernel.finish()).toBe(true);
    const alike = { task: 1, program: 'main', result: 'EINVAL' };
    expect(kernel.run.failedCalls.summary()).toEqual([
      { ...alike, place: 'programs.main[0]', call: 'set_mempolicy', count: 2 },
      { ...alike, place: 'programs.main[1].body[0]', call: 'mem_setbinding', count: 6 },
    ]);
  });

  it('is an instant on the timeline; one that it grants is neither', () => {
    const instants = (answer: 0 | 'EPERM'): unknown[] => {
      const timeline = new Timeline((place) => place);
      const kernel = new FakeKernel({ programs: { main: [binds] } }, 1, timeline);
      kernel.answer = answer;
      kernel.finish();
      expect(kernel.run.failedCalls.summary()).toHaveLength(answer === 0 ? 0 : 1);
      const { traceEvents } = JSON.parse([...timeline.text()].join('')) as { traceEvents: Record<string, unknown>[] };
      return traceEvents.filter(({ ph }) => ph === 'i').map(({ name, cat }) => [cat, name]);
    };
    expect(instants('EPERM')).toEqual([['call', 'set_mempolicy: EPERM']]);
    expect(instants(0)).toEqual([]);
  });
});
