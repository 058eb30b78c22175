import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/sim/engine/events.ts';
import type { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import { kernelEvents } from '../../../src/sim/kernel/events.ts';
import { Task } from '../../../src/sim/kernel/task.ts';
import { FakeKernel } from './fake-kernel.ts';

/** A CPU at virtual time `clock`, four to a node, that runs `task`. */
function at(clock: number, cpu = 0, task?: Task): KernelCpu {
  return { cpu, node: Math.floor(cpu / 4), core: { clock }, task } as unknown as KernelCpu;
}

interface TraceFile {
  readonly traceEvents: readonly Readonly<Record<string, unknown>>[];
  readonly otherData?: { readonly dropped: number };
}

const parsed = (timeline: Timeline): TraceFile => JSON.parse([...timeline.text()].join('')) as TraceFile;
/** Ids of nodes are not their places. */
const idOf = (place: number): number => place + 10;
const cc1 = new Task(7, 'cc1', undefined, [0], 0);

describe('the timeline', () => {
  it('has nodes as processes, CPUs as threads, and microseconds with their nanoseconds', () => {
    const timeline = new Timeline(idOf);
    timeline.span('fault', at(2500, 5, cc1), 1234, 0x8048);
    expect(parsed(timeline).traceEvents).toEqual([
      { ph: 'M', name: 'process_name', pid: 11, args: { name: 'node 11' } },
      { ph: 'M', name: 'thread_name', pid: 11, tid: 5, args: { name: 'CPU 5' } },
      {
        ph: 'X',
        cat: 'kernel',
        name: 'fault',
        pid: 11,
        tid: 5,
        ts: 1.234,
        dur: 1.266,
        args: { task: 'cc1 (7)', vpn: 0x8048 },
      },
    ]);
  });

  it('takes every event of the kernel, with or without a task', () => {
    const timeline = new Timeline(idOf);
    for (const event of kernelEvents) timeline.span(event, at(100), 0, 3);
    const spans = parsed(timeline).traceEvents.filter(({ ph }) => ph === 'X');
    expect(spans.map(({ name }) => name)).toEqual(kernelEvents);
    for (const { args } of spans) expect(Object.values(args as object)).toEqual([3]);
  });

  it('shows sleeps for a disk as async events of the task, moves and knobs as instants', () => {
    const timeline = new Timeline(idOf);
    timeline.waited(at(5000, 0, cc1), cc1, 5000, 8000);
    timeline.migrated(at(13_000, 4, cc1), cc1, 0);
    timeline.turned(at(14_000, 4), 'swappiness', 100);
    expect(parsed(timeline).traceEvents.filter(({ ph }) => ph !== 'M')).toEqual([
      { ph: 'b', cat: 'wait', name: 'disk', id: 7, pid: 10, tid: 0, ts: 5, args: { task: 'cc1 (7)' } },
      { ph: 'e', cat: 'wait', name: 'disk', id: 7, pid: 10, tid: 0, ts: 13 },
      { ph: 'i', s: 't', cat: 'task', name: 'migration', pid: 11, tid: 4, ts: 13, args: { task: 'cc1 (7)', from: 0 } },
      { ph: 'i', s: 'g', cat: 'sysctl', name: 'swappiness=100', pid: 11, tid: 4, ts: 14, args: {} },
    ]);
  });

  it('is a file also without any event, and with many', () => {
    expect(parsed(new Timeline(idOf)).traceEvents).toEqual([]);
    const timeline = new Timeline(idOf);
    for (let i = 0; i < 5000; i++) timeline.span('fault', at(i + 1, i % 16), i, i);
    const { traceEvents } = parsed(timeline);
    expect(traceEvents).toHaveLength(5000 + 16 + 4);
    expect(traceEvents.at(-1)).toMatchObject({ ts: 4.999, args: { vpn: 4999 } });
  });

  it('keeps no more than it may, and says how many it left out', () => {
    const timeline = new Timeline(idOf, 10);
    for (let i = 0; i < 25; i++) timeline.span('fault', at(i), i, i);
    expect([timeline.events, timeline.dropped]).toEqual([10, 15]);
    const { traceEvents, otherData } = parsed(timeline);
    expect(traceEvents.filter(({ ph }) => ph === 'X')).toHaveLength(10);
    expect(otherData).toEqual({ dropped: 15 });
  });

  it('hears of the sleeps, moves and knobs of the tasks of a script', () => {
    const timeline = new Timeline(idOf);
    const kernel = new FakeKernel(
      {
        files: { data: { bytes: 1e6 } },
        programs: {
          main: [
            { op: 'read', file: 'data', bytes: 4096 },
            { op: 'compute', instructions: 100_000 },
            { op: 'sysctl', name: 'swappiness', value: 10 },
          ],
        },
      },
      2,
      timeline,
    );
    kernel.diskNs = 50_000;
    expect(kernel.finish()).toBe(true);
    const names = parsed(timeline).traceEvents.map(({ name, ph }) => `${String(ph)} ${String(name)}`);
    expect(names).toContain('b disk');
    expect(names).toContain('e disk');
    expect(names).toContain('i migration');
    expect(names).toContain('i swappiness=10');
  });
});
