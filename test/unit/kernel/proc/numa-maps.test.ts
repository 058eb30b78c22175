/** numa_maps of processes and segments: policies as mpol_to_str() of 2.6.16 wrote them, pages by node, in whose words. */
import { describe, expect, it } from 'vitest';
import { numaMapsText } from '../../../../src/sim/interop/numa-maps-text.ts';
import { COUNTERS } from '../../../../src/sim/base/counters.ts';
import { takeSnapshot } from '../../../../src/sim/kernel/proc/take-snapshot.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

const AT = 0x40000;
const BYTES = 16 * 4096;

function boot(): BootedKernel {
  return bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { flavour: '2.6.7', binding: 'weighted-interleave' } });
}

function textOf({ kernel }: BootedKernel): string {
  return numaMapsText(takeSnapshot(kernel, new Float64Array(COUNTERS), 0));
}

/** Maps the segment `pool` of 16 pages, shared, at AT, with a log of its first 4 pages. */
function mapPool({ kernel, on }: BootedKernel, task: Task): void {
  const space = kernel.syscalls.segment(on(), 'pool', BYTES, false, [{ name: 'log', bytes: 4 * 4096 }]);
  kernel.syscalls.mmap(on(), task, { pages: 16, file: space, pgoff: 0, shared: true, writable: true, at: AT });
}

function touchAll(booted: BootedKernel, task: Task, first: number, pages: number, cpu = 0): void {
  for (let page = first; page < first + pages; page++) booted.touch(task, AT + page, true, cpu);
}

describe('numa_maps', () => {
  it('says the policy in effect, what is behind a mapping and where its pages are', () => {
    const booted = boot();
    const { kernel, on } = booted;
    const task = booted.process('db');
    mapPool(booted, task);
    expect(
      kernel.syscalls.mbind(on(), task, { vpn: AT, pages: 16, mode: 'interleave', nodes: [0, 1, 3], strict: false }),
    ).toBe(0);
    touchAll(booted, task, 0, 6);
    expect(textOf(booted)).toBe(
      [
        `# ${task.pid} db`,
        '40000000 interleave=0-1,3 file=SYSV\\040pool dirty=6 N0=2 N1=2 N3=2',
        '# segments',
        'SYSV\\040pool interleave=0-1,3 pages=6 N0=2 N1=2 N3=2',
        '',
      ].join('\n'),
    );
  });

  it('shows a segment that outlives its processes, range by range of its policy', () => {
    const booted = boot();
    const { kernel, on } = booted;
    const task = booted.process('db');
    mapPool(booted, task);
    kernel.syscalls.mbind(on(), task, { vpn: AT, pages: 4, mode: 'bind', nodes: [2], strict: false });
    kernel.syscalls.mbind(on(), task, { vpn: AT + 4, pages: 12, mode: 'preferred', nodes: [1], strict: false });
    touchAll(booted, task, 0, 16);
    kernel.syscalls.exit(on(), task);
    expect(textOf(booted)).toBe(
      [
        '# No process is left: every task has ended.',
        '# segments',
        'SYSV\\040pool bind=2@0-3 prefer=1@4-15 pages=16 N1=12 N2=4',
        '',
      ].join('\n'),
    );
  });

  it('falls back to the task’s policy, and calls private pages anonymous', () => {
    const booted = boot();
    const { kernel, on } = booted;
    const task = booted.process('job');
    const at = kernel.syscalls.mmap(on(), task, { pages: 4, pgoff: 0, shared: false, writable: true, at: AT });
    expect(kernel.syscalls.setMempolicy(on(), task, 'bind', [3])).toBe(0);
    touchAll(booted, task, 0, 3);
    expect(textOf(booted).split('\n')[1]).toBe(
      `${(at * 4096).toString(16).padStart(8, '0')} bind=3 anon=3 dirty=3 N3=3`,
    );
  });

  it('counts how often the most mapped page is mapped', () => {
    const booted = boot();
    const first = booted.process('a');
    mapPool(booted, first);
    touchAll(booted, first, 0, 2);
    const second = booted.process('b', 4);
    mapPool(booted, second);
    booted.touch(second, AT, false, 4);
    const [, a, , b] = textOf(booted).split('\n');
    expect([a, b]).toEqual([
      '40000000 default file=SYSV\\040pool dirty=2 mapmax=2 N0=2',
      // It only reads: the page is dirty by the first one's pte alone.
      '40000000 default file=SYSV\\040pool mapped=1 mapmax=2 N0=1',
    ]);
  });
});

describe('ranges of a segment', () => {
  it('mark the frames that hold them until they leave it', () => {
    const booted = boot();
    const { kernel, on, machine } = booted;
    const { locality } = machine;
    const task = booted.process('db');
    mapPool(booted, task);
    touchAll(booted, task, 2, 4);
    expect(locality.ranges.map(({ range, pages }) => [range, pages])).toEqual([
      ['log', 4],
      ['(rest)', 12],
    ]);
    const counts = (): number[] => locality.framesByTag(4).map((nodes) => nodes[0]);
    expect(counts()).toEqual([0, 2, 2]);
    const [space] = [...kernel.spaces.values()].filter(({ name }) => name === 'SYSV pool');
    kernel.syscalls.exit(on(), task);
    expect(counts()).toEqual([0, 2, 2]);
    kernel.syscalls.segments.remove(on(), space);
    expect(counts()).toEqual([0, 0, 0]);
  });
});
