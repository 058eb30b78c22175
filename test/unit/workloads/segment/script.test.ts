/** The script of a design: who initialises which page, who calls what and when, on which CPUs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../src/sim/workloads/operations.ts';
import { builtInSegments } from '../../../../src/sim/workloads/segment/designs.ts';
import { scaledDesign, segmentScript } from '../../../../src/sim/workloads/segment/script.ts';
import { type DesignChanges, designOf, fourNodes } from './designs.ts';

const PAGE = 4096;

/** Every page of the segments that a program writes before it is ready, `segment page`, in its order. */
function warmed(operations: readonly Operation[]): readonly string[] {
  const regions = new Map<string, { segment: string; offset: number; bytes: number }>();
  const pages: string[] = [];
  for (const operation of operations) {
    if (operation.op === 'barrier' && operation.name === 'warmed') break;
    if (operation.op === 'mmap' && operation.segment !== undefined) {
      regions.set(operation.as, {
        segment: operation.segment,
        offset: Number(operation.offset),
        bytes: operation.bytes,
      });
    }
    if (operation.op !== 'touch' && operation.op !== 'references') continue;
    const region = regions.get(operation.region);
    if (region === undefined) throw new Error(`nothing is mapped as ${operation.region}`);
    const step = operation.op === 'touch' ? operation.step : operation.stride;
    const bytes = operation.bytes ?? region.bytes - operation.from;
    expect(step % PAGE).toBe(0);
    if (operation.op === 'references') expect(operation.count).toBe(Math.ceil(bytes / step));
    for (let at = 0; at < bytes; at += step) {
      pages.push(`${region.segment} ${(region.offset + operation.from + at) / PAGE}`);
    }
  }
  return pages;
}

/** Every operation of a program, bodies of repeats once. */
function flat(operations: readonly Operation[]): readonly Operation[] {
  return operations.flatMap((each) => (each.op === 'repeat' ? [each, ...flat(each.body)] : [each]));
}

const change = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
  separate: fc.boolean(),
  initialiser: fc.constantFrom('creator', 'users') satisfies fc.Arbitrary<'creator' | 'users'>,
  warming: fc.constantFrom('linear', 'random', 'turns') satisfies fc.Arbitrary<'linear' | 'random' | 'turns'>,
  processes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  owns: fc.array(fc.option(fc.nat(4)), { minLength: 4, maxLength: 4 }),
});

describe('initialisation', () => {
  it('writes every page exactly once, whoever does it and in whatever order', () => {
    fc.assert(
      fc.property(change, ({ sizes, separate, initialiser, warming, processes, owns }) => {
        const design = designOf({
          separate,
          initialiser,
          warming,
          ranges: sizes.map((pages, at) => ({ name: `r${at}`, kib: 4 * pages })),
          users: processes.map((count, group) => {
            const own = owns[group];
            return {
              name: `g${group}`,
              nodes: [group],
              processes: count,
              references: 10,
              perTransaction: 10,
              ...(own === null || own >= sizes.length ? {} : { own: { range: `r${own}`, percent: 50 } }),
            };
          }),
        });
        const { programs, start } = segmentScript(design, fourNodes);
        const written = start.flatMap(({ program, copies }) => {
          expect(copies).toBe(1);
          return warmed(programs[program]);
        });
        const expected = sizes.flatMap((pages, at) => {
          const before = separate ? 0 : sizes.slice(0, at).reduce((sum, each) => sum + each, 0);
          return Array.from({ length: pages }, (_, page) => `${separate ? `r${at}` : 'segment'} ${before + page}`);
        });
        expect([...written].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('goes page by page round the users in turns', () => {
    const design = designOf({ initialiser: 'users', warming: 'turns', ranges: [{ name: 'pool', kib: 20 }] });
    const { programs } = segmentScript(design, fourNodes);
    expect(warmed(programs['user.on0.0'])).toEqual(['segment 0', 'segment 2', 'segment 4']);
    expect(warmed(programs['user.on1.0'])).toEqual(['segment 1', 'segment 3']);
  });

  it('gives a group its own range, and what is nobody’s to the others', () => {
    const design = designOf({
      initialiser: 'users',
      ranges: [
        { name: 'mine', kib: 8 },
        { name: 'rest', kib: 8 },
      ],
      users: [
        { name: 'owner', nodes: [0], references: 10, perTransaction: 10, own: { range: 'mine' } },
        { name: 'other', nodes: [1], references: 10, perTransaction: 10 },
      ],
    });
    const { programs } = segmentScript(design, fourNodes);
    expect(warmed(programs['user.owner.0'])).toEqual(['segment 0', 'segment 1']);
    expect(warmed(programs['user.other.0'])).toEqual(['segment 2', 'segment 3']);
  });

  it('maps a range behind windows one area after the other', () => {
    const windows = { kind: 'mmap', windowKiB: 4, areaKiB: 16 } as const;
    const design = designOf({
      kind: 'tmpfs',
      windows,
      ranges: [
        { name: 'pool', kib: 40 },
        { name: 'log', kib: 16 },
      ],
    });
    const { programs } = segmentScript(design, fourNodes);
    const pages = warmed(programs.creator);
    expect(pages).toEqual(Array.from({ length: 14 }, (_, page) => `segment ${page}`));
    const mapped = programs.creator.flatMap((each) => (each.op === 'mmap' ? [[each.as, each.offset, each.bytes]] : []));
    expect(mapped).toEqual([
      ['log', 40_960, 16_384],
      ['chunk', 0, 16_384],
      ['chunk', 16_384, 16_384],
      ['chunk', 32_768, 8192],
    ]);
  });
});

describe('calls', () => {
  const bound = (call: NonNullable<DesignChanges['binding']>['call'], more: DesignChanges = {}): readonly string[] => {
    const design = designOf({
      ranges: [
        { name: 'a', kib: 8, policy: { mode: 'bind', nodes: [1] } },
        { name: 'b', kib: 8 },
        { name: 'c', kib: 4, policy: { mode: 'bind', nodes: [2, 3] } },
      ],
      binding: { call, strict: true },
      ...more,
    });
    return segmentScript(design, fourNodes).programs.creator.map((each) => {
      switch (each.op) {
        case 'mbind':
          return `mbind ${each.region}+${each.from}:${each.bytes} ${each.mode} ${each.nodes} ${each.strict}`;
        case 'membind':
          return `membind ${each.region}+${each.from}:${each.bytes} ${each.cpus}`;
        case 'shmbind':
          return `shmbind ${each.segment} ${each.placement} ${each.strength} ${each.nodes}`;
        case 'setMempolicy':
          return `set_mempolicy ${each.mode} ${each.nodes}`;
        case 'memSetbinding':
          return `mem_setbinding ${each.nodes} ${each.behaviour}`;
        case 'mmap':
          return `mmap ${each.as}`;
        case 'barrier':
          return each.name;
        default:
          return each.op;
      }
    });
  };

  it('mbind is made of the mapping, range by range, before anybody else is told', () => {
    expect(bound('mbind')).toEqual([
      'mmap segment',
      'mbind segment+0:8192 bind 1 true',
      'mbind segment+16384:4096 bind 2,3 true',
      'created',
      'touch',
      'touch',
      'touch',
      'warmed',
      'measure',
      'ready',
      'used',
    ]);
  });

  it('shmbind comes before the first mapping', () => {
    expect(bound('shmbind', { separate: true }).slice(0, 3)).toEqual([
      'shmbind a firstref hard 1',
      'shmbind c firstref hard 2,3',
      'mmap a',
    ]);
  });

  it('membind is given the CPUs of the nodes', () => {
    expect(bound('membind', { separate: true }).slice(3, 5)).toEqual([
      'membind a+0:8192 2,3',
      'membind c+0:4096 4,5,6,7',
    ]);
  });

  it('calls that bind the task come just before it writes to a range', () => {
    expect(bound('set_mempolicy')).toEqual([
      'mmap segment',
      'created',
      'set_mempolicy bind 1',
      'touch',
      'touch',
      'set_mempolicy bind 2,3',
      'touch',
      'warmed',
      'measure',
      'ready',
      'used',
    ]);
    expect(bound('mem_setbinding')[2]).toBe('mem_setbinding 1 strict');
  });

  it('calls after warming come when all has been written, and are not measured', () => {
    expect(bound('mbind', { binding: { call: 'mbind', after: true } }).slice(-5)).toEqual([
      'mbind segment+0:8192 bind 1 false',
      'mbind segment+16384:4096 bind 2,3 false',
      'measure',
      'ready',
      'used',
    ]);
  });
});

describe('users', () => {
  it('are dealt to their nodes in turn, each on the CPUs of its node', () => {
    const design = designOf({
      users: [
        { name: 'all', nodes: [2, 0], processes: 3, references: 10, perTransaction: 10 },
        { name: 'one', cpus: [7], references: 10, perTransaction: 10 },
      ],
    });
    // The workload's CPUs are listed backwards: a start names places in that list.
    const cpus = [7, 6, 5, 4, 1, 0];
    const { start } = segmentScript(design, fourNodes, cpus);
    expect(start.map(({ program, cpus: places }) => [program, places?.map((place) => cpus[place])])).toEqual([
      ['creator', [0, 1]],
      ['user.all', [4, 5]],
      ['user.all', [0, 1]],
      ['user.all', [4, 5]],
      ['user.one', [7]],
    ]);
  });

  it('make whole transactions of as many references as asked for', () => {
    const design = designOf({
      users: [{ name: 'u', nodes: [0], references: 1055, perTransaction: 10, instructions: 500 }],
    });
    const { programs } = segmentScript(design, fourNodes);
    let references = 0;
    let transactions = 0;
    const count = (operations: readonly Operation[], times: number): void => {
      for (const each of operations) {
        if (each.op === 'repeat') count(each.body, times * each.times);
        if (each.op === 'references') references += times * each.count;
        if (each.op === 'transaction' && each.mark === 'begin') transactions += times;
      }
    };
    count(programs['user.u'], 1);
    expect(references).toBe(1050);
    expect(transactions).toBe(105);
  });

  it('move a window for every so many references, in a transaction of its own', () => {
    const windows = { kind: 'remap', windowKiB: 8, areaKiB: 32, perWindow: 5 } as const;
    const design = designOf({
      kind: 'tmpfs',
      windows,
      users: [{ name: 'u', nodes: [0], references: 10, perTransaction: 10 }],
    });
    const { programs } = segmentScript(design, fourNodes);
    const names = flat(programs['user.u']).map((each) =>
      each.op === 'transaction' ? `${each.name} ${each.mark}` : each.op,
    );
    const one = ['window begin', 'remapFilePages', 'touch', 'window end', 'references'];
    const wanted = ['lookup begin', ...one, ...one, 'lookup end', 'barrier'];
    expect(names.slice(names.indexOf('lookup begin'))).toEqual(wanted);
  });
});

describe('the library of designs', () => {
  it('has designs that fit a machine of four nodes, each with a script', () => {
    for (const { id, design } of builtInSegments()) {
      expect(segmentScript(design, fourNodes).start.length, id).toBe(17);
    }
  });

  it('keeps shares, windows and whole pages at a small scale', () => {
    for (const { design } of builtInSegments()) {
      const small = scaledDesign(design, 0.001, fourNodes);
      for (const [at, range] of small.ranges.entries()) {
        expect(range.kib % 4).toBe(0);
        expect(range.weight).toBe(design.ranges[at].weight ?? design.ranges[at].kib);
      }
      if (small.windows.kind !== 'none') expect(small.ranges[0].kib).toBeGreaterThan(small.windows.areaKiB);
      expect(segmentScript(small, fourNodes).title).toBe(design.title);
    }
  });
});
