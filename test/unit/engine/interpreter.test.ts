import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import { FakeKernel } from './fake-kernel.ts';

const SH = {
  file: 'bin/sh',
  textBytes: 8192,
  dataBytes: 4096,
  libraries: [{ file: 'libc', textBytes: 4096, dataBytes: 4096 }],
};
const MEMORY = { op: 'mmap', as: 'memory', bytes: 16384, anonymous: true };

/** Runs one program to its end; what it called. */
function callsOf(operations: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const kernel = new FakeKernel({ programs: { main: operations }, ...more });
  expect(kernel.finish()).toBe(true);
  return kernel.calls;
}

describe('a task', () => {
  it('makes its system calls in order, with addresses for the names of regions, and exits', () => {
    expect(
      callsOf([
        MEMORY,
        { op: 'mprotect', region: 'memory', from: 4096, bytes: 4096, write: false },
        { op: 'mlock', region: 'memory', bytes: 5000 },
        { op: 'munlock', region: 'memory' },
        { op: 'mremap', region: 'memory', bytes: 32768 },
        { op: 'munmap', region: 'memory', from: 28672 },
        { op: 'munmap', region: 'memory' },
        { op: 'sysctl', name: 'swappiness', value: 0 },
      ]),
    ).toEqual([
      '1: mmap 40000+4 anonymous',
      '1: mprotect 40001+1 false',
      '1: mlock 40000+2',
      '1: munlock 40000+4',
      '1: mremap 40000+4 to 8',
      // It has moved; its last page goes first, then the rest.
      '1: munmap 4000b+1',
      '1: munmap 40004+7',
      'sysctl swappiness=0',
      '1: exit',
    ]);
  });

  it('names what the heap has grown by, all of it where it joins, and cuts it where the heap shrinks', () => {
    const kernel = new FakeKernel({
      programs: {
        main: [
          { op: 'brk', bytes: 8192 },
          { op: 'brk', bytes: 4096 },
          { op: 'touch', region: 'heap' },
          { op: 'brk', as: 'more', bytes: 4096 },
          { op: 'brk', as: 'more', bytes: -8192 },
          { op: 'touch', region: 'heap', write: true },
        ],
      },
    });
    expect(kernel.finish()).toBe(true);
    expect(kernel.calls).toEqual(['1: brk 2', '1: brk 1', '1: brk 1', '1: brk -2', '1: exit']);
    const vpns = kernel.references.map(({ address, write }) => `${(address / 4096).toString(16)}${write ? 'w' : ''}`);
    expect(vpns).toEqual(['8100', '8101', '8102', '8100w', '8101w']);
  });

  it('maps pieces of a file side by side in room that it has made', () => {
    const pieces = { op: 'mmap', as: 'all', bytes: 8192, file: 'data', pieces: { count: 3, gap: 4096 }, shared: true };
    expect(callsOf([pieces, { op: 'munmap', region: 'all' }], { files: { data: { bytes: 1e6 } } })).toEqual([
      'file data 1000000',
      '1: mmap 40000+6 anonymous read-only',
      '1: munmap 40000+6',
      '1: mmap 40000+2 data@0 shared',
      '1: mmap 40002+2 data@3 shared',
      '1: mmap 40004+2 data@6 shared',
      '1: munmap 40000+6',
      '1: exit',
    ]);
  });

  it('reads on where it stopped, in pieces, and from the start again at the end', () => {
    const read = { op: 'read', file: 'data', bytes: 200_000 };
    expect(callsOf([read, read, read], { files: { data: { bytes: 300_000 } } })).toEqual([
      'file data 300000',
      '1: read data 0+131072',
      '1: read data 131072+68928',
      // Up to 300,000, by way of the next boundary of 128 KiB.
      '1: read data 200000+62144',
      '1: read data 262144+37856',
      '1: read data 0+131072',
      '1: read data 131072+68928',
      '1: exit',
    ]);
  });

  it('has files by names with its number, its copy and its round', () => {
    const make = [
      { op: 'repeat', times: 2, body: [{ op: 'create', file: '{task}/{copy}/{round}' }] },
      { op: 'unlink', file: '{task}/{copy}/{round}' },
    ];
    const kernel = new FakeKernel({ programs: { main: make }, start: [{ program: 'main', copies: 2 }] });
    expect(kernel.finish()).toBe(true);
    expect(kernel.calls.filter((call) => !call.endsWith('exit'))).toEqual([
      'create 0/0/0',
      'create 0/0/1',
      'unlink 0/0/0',
      'create 1/1/0',
      'create 1/1/1',
      'unlink 1/1/0',
    ]);
  });

  it('gives a child the round in which it was forked', () => {
    const kernel = new FakeKernel({
      programs: {
        main: [{ op: 'repeat', times: 2, body: [{ op: 'fork', program: 'child' }, { op: 'wait' }] }],
        child: [{ op: 'create', file: 'o{round}' }],
      },
    });
    expect(kernel.finish()).toBe(true);
    expect(kernel.calls).toEqual(['1: fork 2', 'create o0', '2: exit', '1: fork 3', 'create o1', '3: exit', '1: exit']);
  });

  it('empties a file that it creates anew, and has none after unlink', () => {
    const programs = {
      main: [
        { op: 'create', file: 'a' },
        { op: 'write', file: 'a', bytes: 10 },
        { op: 'create', file: 'a' },
        { op: 'write', file: 'a', bytes: 20 },
        { op: 'fsync', file: 'a' },
        { op: 'unlink', file: 'a' },
        { op: 'read', file: 'a', bytes: 1 },
      ],
    };
    const kernel = new FakeKernel({ programs });
    expect(() => kernel.finish()).toThrow('programs.main[6].file: expected a file that is there by now, found "a"');
    expect(kernel.calls).toEqual([
      'create a',
      '1: write a 0+10',
      'truncate a 0',
      '1: write a 0+20',
      'fsync a',
      'unlink a',
    ]);
  });

  it('finds text, data and libraries after exec, and nothing of before', () => {
    const programs = {
      main: [
        MEMORY,
        { op: 'exec', image: 'sh' },
        { op: 'touch', region: 'lib0.data', write: true },
        { op: 'touch', region: 'text' },
        { op: 'repeat', times: 2, body: [{ op: 'touch', region: 'memory' }] },
      ],
    };
    const kernel = new FakeKernel({ images: { sh: SH }, programs });
    expect(() => kernel.finish()).toThrow(
      /programs\.main\[4\]\.body\[0\]\.region: expected a region that the task has by now \(text, data, bss, stack, lib0, lib0\.data\), found "memory"/,
    );
    expect(kernel.references.map(({ address }) => (address / 4096).toString(16))).toEqual(['40100', '8048', '8049']);
  });

  it('is stopped where it reaches beyond its region', () => {
    const kernel = new FakeKernel({
      programs: { main: [MEMORY, { op: 'touch', region: 'memory', from: 8192, bytes: 8193 }] },
    });
    expect(() => kernel.finish()).toThrow(
      'programs.main[1]: expected a part of memory, which has 16384 bytes, found 8193 bytes from 8192 on',
    );
  });

  it('says where in the script it was when the kernel complains', () => {
    const kernel = new FakeKernel({ programs: { main: [{ op: 'repeat', times: 3, body: [MEMORY] }] } });
    const complaint = { code: 'x', path: 'task 1', expected: 'room', found: 'none', message: 'no room' };
    kernel.run.host.syscalls.mmap = () => {
      throw new InputError('', [complaint]);
    };
    expect(() => kernel.finish()).toThrow('programs.main[0].body[0]: no room');
  });
});

describe('touches', () => {
  const touched = (touch: Readonly<Record<string, unknown>>, bytes = 16384): readonly number[] => {
    const kernel = new FakeKernel({
      programs: {
        main: [
          { ...MEMORY, bytes },
          { region: 'memory', op: 'touch', ...touch },
        ],
      },
    });
    expect(kernel.finish(7)).toBe(true);
    return kernel.references.map(({ address }) => address - 0x40000 * 4096);
  };

  it('go over a part once a page, or at smaller steps', () => {
    expect(touched({})).toEqual([0, 4096, 8192, 12288]);
    expect(touched({ from: 4096, bytes: 64, step: 32 })).toEqual([4096, 4128]);
  });

  it('begin again where there are more of them than steps', () => {
    expect(touched({ count: 6 })).toEqual([0, 4096, 8192, 12288, 0, 4096]);
  });

  it('never leave their part, in whatever order', () => {
    for (const order of ['random', 'skewed']) {
      for (const address of touched({ from: 4096, bytes: 8192, step: 64, order, count: 1000 })) {
        expect(address).toBeGreaterThanOrEqual(4096);
        expect(address).toBeLessThan(12288);
        expect(address % 64).toBe(0);
      }
    }
  });

  it('fall on a fifth of the pages four times out of five where they are skewed', () => {
    const pages = 1000;
    const counts = new Map<number, number>();
    for (const address of touched({ order: 'skewed', count: 20_000 }, pages * 4096)) {
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    const hottest = [...counts.values()].sort((a, b) => b - a).slice(0, pages / 5);
    const share = hottest.reduce((sum, count) => sum + count, 0) / 20_000;
    // 0.2^(1/7) = 0.795; counted on a sample the hottest fifth is a little more.
    expect(share).toBeGreaterThan(0.78);
    expect(share).toBeLessThan(0.83);
  });

  it('of a chase come to every cell once a round', () => {
    const references = { op: 'references', pattern: 'chase', count: 256, stride: 64 };
    const cells = touched(references);
    expect(new Set(cells).size).toBe(256);
    expect(cells).not.toEqual([...cells].sort((a, b) => a - b));
  });

  it('are the same however often the task is interrupted', () => {
    const run = (turn: number): readonly unknown[] => {
      const touch = { op: 'touch', region: 'memory', order: 'random', count: 700, write: true };
      const programs = { main: [MEMORY, touch, { ...touch, write: false }] };
      const kernel = new FakeKernel({ programs, start: [{ program: 'main', copies: 3 }] }, 2);
      expect(kernel.finish(turn)).toBe(true);
      const of = (pid: number): unknown => kernel.references.filter((reference) => reference.pid === pid);
      return [of(1), of(2), of(3)];
    };
    const whole = run(1e9);
    expect(run(13)).toEqual(whole);
    expect(run(300)).toEqual(whole);
  });

  it('of a working set stand for the instructions between them', () => {
    const workingSet = { region: 'memory', every: 100, writeEvery: 2, order: 'linear' };
    const kernel = new FakeKernel({ programs: { main: [MEMORY, { op: 'compute', instructions: 1000, workingSet }] } });
    expect(kernel.finish()).toBe(true);
    expect(kernel.references.map(({ write }) => write)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
    // 1,000 instructions, and 10 for each of the two operations.
    expect(kernel.now).toBe(1020);
  });
});

describe('tasks', () => {
  it('wait for all children, or until no more than so many live', () => {
    const kernel = new FakeKernel({
      programs: {
        main: [
          {
            op: 'repeat',
            times: 3,
            body: [
              { op: 'wait', running: 1 },
              { op: 'fork', program: 'child' },
            ],
          },
          { op: 'wait' },
          MEMORY,
        ],
        child: [{ op: 'sleep', ns: 1000 }],
      },
    });
    expect(kernel.finish()).toBe(true);
    expect(kernel.calls).toEqual([
      '1: fork 2',
      '1: fork 3',
      // The third waits for the first to end.
      '2: exit',
      '1: fork 4',
      '3: exit',
      '4: exit',
      '1: mmap 40000+4 anonymous',
      '1: exit',
    ]);
  });

  it('stand still after vfork until the child execs or exits', () => {
    const kernel = new FakeKernel({
      images: { sh: SH },
      programs: {
        main: [
          { op: 'vfork', program: 'execs' },
          { op: 'brk', bytes: 4096 },
          { op: 'vfork', program: 'exits' },
          { op: 'brk', bytes: 8192 },
        ],
        execs: [
          { op: 'sleep', ns: 500 },
          { op: 'exec', image: 'sh' },
          { op: 'sleep', ns: 5000 },
        ],
        exits: [{ op: 'sleep', ns: 100 }],
      },
    });
    expect(kernel.finish()).toBe(true);
    expect(kernel.calls).toEqual([
      '1: vfork 2',
      '2: exec bin/sh',
      '1: brk 1',
      '1: vfork 3',
      '3: exit',
      '1: brk 2',
      '1: exit',
      '2: exit',
    ]);
  });

  it('share the names of memory with a thread, and give a child of fork a copy', () => {
    const mapping = [{ op: 'mmap', as: 'new', bytes: 4096, anonymous: true }];
    const programs = (start: string): unknown => ({
      main: [{ op: start, program: 'child' }, { op: 'wait' }, { op: 'touch', region: 'new' }],
      child: mapping,
    });
    const thread = new FakeKernel({ programs: programs('clone') });
    expect(thread.finish()).toBe(true);
    expect(thread.references).toEqual([{ pid: 1, address: 0x40000 * 4096, write: false }]);
    const child = new FakeKernel({ programs: programs('fork') });
    expect(() => child.finish()).toThrow('programs.main[2].region');
  });

  it('pass a barrier together', () => {
    const kernel = new FakeKernel(
      {
        programs: {
          main: [
            {
              op: 'repeat',
              times: 2,
              body: [
                { op: 'create', file: 'before{task}' },
                { op: 'barrier', name: 'b', parties: 3 },
                { op: 'create', file: 'after{task}' },
              ],
            },
          ],
        },
        start: [{ program: 'main', copies: 3 }],
      },
      2,
    );
    expect(kernel.finish()).toBe(true);
    const order = kernel.calls
      .filter((call) => /create|truncate/.test(call))
      .map((call) => call.split(' ')[1].slice(0, -1));
    const before = ['before', 'before', 'before'];
    const after = ['after', 'after', 'after'];
    expect(order.slice(0, 3)).toEqual(before);
    expect(order.filter((name) => name === 'after')).toHaveLength(6);
    // A second round begins only with tasks that have passed the first barrier.
    expect(order.indexOf('after')).toBe(3);
    expect(order.slice(-3)).toEqual(after);
  });

  it('that wait for each other for ever are named', () => {
    const kernel = new FakeKernel({ programs: { main: [{ op: 'barrier', name: 'b', parties: 2 }] } });
    expect(kernel.finish()).toBe(false);
    expect(kernel.run.stuck.map(({ path, expected }) => `${path}: ${expected}`)).toEqual([
      'programs.main[0]: enough parties',
    ]);
  });

  it('sleep for a disk within an operation and for as long as they are told', () => {
    const kernel = new FakeKernel({
      files: { data: { bytes: 1e6 } },
      programs: {
        main: [
          { op: 'read', file: 'data', bytes: 4096 },
          { op: 'sleep', ns: 5000 },
        ],
      },
    });
    kernel.diskNs = 70_000;
    expect(kernel.finish()).toBe(true);
    // Two operations of 10 instructions, 100 ns of the read, its disk, and the sleep.
    expect(kernel.now).toBe(10 + 100 + 70_000 + 10 + 5000);
  });

  it('start when and where the script says', () => {
    const started: [number, readonly number[]][] = [];
    const kernel = new FakeKernel(
      {
        programs: { main: [] },
        start: [{ program: 'main', atNs: 500, cpus: [1] }, { program: 'main' }],
      },
      2,
    );
    const { spawn } = kernel.run.host.syscalls;
    kernel.run.host.syscalls.spawn = (name, cpus, now) => {
      started.push([now, cpus]);
      return spawn(name, cpus, now);
    };
    expect(kernel.finish()).toBe(true);
    expect(started).toEqual([
      [500, [1]],
      [0, [0, 1]],
    ]);
    const beyond = new FakeKernel({ programs: { main: [] }, start: [{ program: 'main', cpus: [0, 7] }] }, 2);
    expect(() => beyond.finish()).toThrow(
      "start[0].cpus[1]: expected a place in the workload's list of 2 CPUs, from 0, found 7",
    );
  });

  it('go through ten thousand rounds of nothing, and nothing in a round, in no time', () => {
    const nothing = { op: 'repeat', times: 1e12, body: [] };
    expect(callsOf([nothing, { op: 'repeat', times: 10_000, body: [{ op: 'wait' }, { op: 'sleep', ns: 0 }] }])).toEqual(
      ['1: exit'],
    );
  });
});

describe('transactions', () => {
  it('are counted and timed from begin to end, waiting included', () => {
    const kernel = new FakeKernel({
      programs: {
        main: [
          {
            op: 'repeat',
            times: 100,
            body: [
              { op: 'transaction', name: 'short', mark: 'begin' },
              { op: 'transaction', name: 'short', mark: 'end' },
            ],
          },
          { op: 'transaction', name: 'long', mark: 'begin' },
          { op: 'sleep', ns: 1000 },
          { op: 'compute', instructions: 30 },
          { op: 'transaction', name: 'long', mark: 'end' },
          { op: 'transaction', name: 'never-begun', mark: 'end' },
        ],
      },
    });
    expect(kernel.finish()).toBe(true);
    expect(kernel.transactions).toBe(101);
    // Each operation takes 10 ns of its own: the one that ends it, and of the long one two more and 1,030 ns.
    const row = (name: string, count: number, ns: number): unknown => ({
      name,
      count,
      meanNs: ns,
      p50Ns: ns,
      p95Ns: ns,
      p99Ns: ns,
      maxNs: ns,
    });
    expect(kernel.run.latencies.summary()).toMatchObject([row('short', 100, 10), row('long', 1, 1060)]);
    const [short, long] = kernel.run.latencies.summary();
    expect(long.toNs - long.fromNs).toBe(1060);
    // One after the other, whatever lies between them.
    expect(short.toNs - short.fromNs).toBeGreaterThanOrEqual(100 * 10);
  });
});

describe('the progress of a script', () => {
  it('goes from 0 to 1, children and repeats included', () => {
    const kernel = new FakeKernel({
      programs: {
        main: [{ op: 'repeat', times: 5, body: [{ op: 'fork', program: 'child' }, { op: 'wait' }] }],
        child: [MEMORY, { op: 'references', region: 'memory', pattern: 'random', count: 5000 }],
      },
    });
    expect(kernel.run.progress).toBe(0);
    kernel.finish();
    expect(kernel.run.progress).toBe(1);
    // repeat, 5 x (fork, wait), 5 x (mmap, references and 5 thousands of them).
    expect(kernel.run.costs.total).toBe(1 + 5 * 2 + 5 * (1 + 1 + 5));
  });
});
