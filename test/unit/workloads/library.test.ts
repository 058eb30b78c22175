import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import { GIB, MIB } from '../../../src/sim/base/units.ts';
import { findLibraryWorkload, library, makeScript } from '../../../src/sim/workloads/library/library.ts';
import type { LibraryWorkload, MachineFacts } from '../../../src/sim/workloads/library/library-workload.ts';
import type { Operation } from '../../../src/sim/workloads/operations.ts';
import { parseScript, type Script } from '../../../src/sim/workloads/script.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import { numaq } from './machine.ts';

const machine: MachineFacts = { cpus: 16, memoryBytes: 16 * GIB, userBytes: 3 * GIB, ptePageBytes: 2 * MIB };

function workload(id: string): LibraryWorkload {
  const found = findLibraryWorkload(id);
  if (found === undefined) throw new Error(`no workload ${id}`);
  return found;
}

const script = (id: string, given: Record<string, number | string> = {}, scale = 1, facts = machine): Script =>
  makeScript(workload(id), given, scale, facts);

/** Every operation of a program, bodies of repeats included. */
function operationsOf(program: readonly Operation[]): readonly Operation[] {
  return program.flatMap((operation) =>
    operation.op === 'repeat' ? [operation, ...operationsOf(operation.body)] : [operation],
  );
}

const ids = library.map(({ id }) => id);
const scales = [1, 0.1, 0.01, 0.0001];

describe('the library', () => {
  it('has the workloads that people argued with', () => {
    expect(ids).toEqual([
      'compile',
      'shell-script',
      'database',
      'aim7',
      'dbench',
      'rmap-test',
      'memory-hog',
      'streaming-reader',
      'fork-children',
      'login',
      'syscalls',
    ]);
  });

  describe.each(ids)('%s', (id) => {
    it.each(scales)('makes a script at scale %s that is one when it is read again', (scale) => {
      const made = script(id, {}, scale);
      expect(parseScript(JSON.parse(JSON.stringify(made)))).toEqual(made);
      expect(made.scale).toBe(scale);
    });

    it('makes the same bytes of the same input', () => {
      expect(JSON.stringify(script(id, {}, 0.1))).toBe(JSON.stringify(script(id, {}, 0.1)));
    });

    it('says what it imitates, what scale does, and where each figure comes from', () => {
      const { imitates, scales: says, parameters } = workload(id);
      expect(imitates.length).toBeGreaterThan(80);
      expect(says).not.toBe('');
      for (const { source } of parameters) expect(source).not.toBe('');
      expect(script(id).parameters.map(({ name }) => name)).toEqual(parameters.map(({ name }) => name));
    });

    it('marks transactions, each begun and ended', () => {
      const marks = Object.values(script(id).programs)
        .flatMap(operationsOf)
        .filter((operation) => operation.op === 'transaction');
      expect(marks.length).toBeGreaterThan(0);
      const of = (mark: string): readonly string[] =>
        marks.filter((each) => each.mark === mark).map(({ name }) => name);
      expect(of('end')).toEqual(of('begin'));
    });

    it('takes every choice and every bound of its parameters', () => {
      for (const parameter of workload(id).parameters) {
        const values = 'choices' in parameter ? parameter.choices : [parameter.least];
        for (const value of values) script(id, { [parameter.name]: value }, 0.01);
      }
    });
  });

  it('refuses a parameter that a workload does not have, and a value that it does not take', () => {
    const wrong = (given: Record<string, number | string>): string => {
      try {
        makeScript(workload('compile'), given, 1, machine, 'workloads[2]');
      } catch (error) {
        if (error instanceof InputError) return `${error.issues[0].path}: ${error.issues[0].message}`;
      }
      return '';
    };
    expect(wrong({ job: 3 })).toMatch(
      /^workloads\[2\]\.parameters\.job: expected a parameter of the workload \(jobs, objects, .*, found "job"$/,
    );
    expect(wrong({ jobs: 0 })).toBe('workloads[2].parameters.jobs: expected a whole number from 1 to 4096, found 0');
    expect(wrong({ jobs: 'many' })).toMatch(/found "many"$/);
  });

  it('says of a figure that was given that it was', () => {
    const [jobs, objects] = script('compile', { jobs: 16 }).parameters;
    expect([jobs, objects.source]).toEqual([{ name: 'jobs', value: 16, source: 'given' }, 'assumed']);
  });

  it('is built into a program by the registry, at its place in the run', () => {
    const spec = {
      kind: 'program',
      program: 'shell-script',
      cpus: [0, 1],
      startNs: 5,
      scale: 0.01,
      parameters: {},
    } as const;
    const program = buildProgram({ ...spec, cpus: [0, 1] }, numaq, () => undefined, 0, 7);
    expect(program.title).toBe('Shell script at 0.01');
    expect(program.scripted).toMatchObject({ cpus: [0, 1], startNs: 5 });
    const wrong = { ...spec, cpus: [0], program: 'shel' };
    expect(() => buildProgram(wrong, numaq, () => undefined, 3, 7)).toThrow(
      /workloads\[3\]\.program: expected one of compile, .*, found shel$/,
    );
  });
});

describe('figures of workloads', () => {
  it('rmap-test: the measured run is 100 processes, 100 mappings of 600 pages, a page of file between two of them', () => {
    const { programs } = script('rmap-test');
    const [, truncate, map] = programs['rmap-test'];
    // 100 x 600 pages and 99 pages between: the tool's own formula.
    expect(truncate).toMatchObject({ op: 'truncate', bytes: (100 * 600 + 99) * 4096 });
    expect(map).toMatchObject({ op: 'mmap', bytes: 600 * 4096, pieces: { count: 100, gap: 4096 }, shared: true });
    expect(operationsOf(programs.child).find(({ op }) => op === 'touch')).toMatchObject({ count: 60_000, write: true });
    expect(programs['rmap-test'][4]).toMatchObject({ op: 'repeat', times: 100 });
  });

  it('rmap-test: at a hundredth there are a tenth of the processes and a tenth of the mappings', () => {
    const { programs } = script('rmap-test', {}, 0.01);
    expect(programs['rmap-test'][2]).toMatchObject({ pieces: { count: 10 } });
    expect(programs['rmap-test'][4]).toMatchObject({ times: 10 });
  });

  it('fork-children: k pte pages are filled alike, whatever a pte page maps', () => {
    for (const ptePageBytes of [2 * MIB, 4 * MIB]) {
      const { programs } = script('fork-children', { ptePages: 4, touched: 3 }, 1, { ...machine, ptePageBytes });
      const filled = programs.parent.filter(({ op }) => op === 'touch');
      expect(filled.map((touch) => 'from' in touch && touch.from)).toEqual([0, 1, 2, 3].map((n) => n * ptePageBytes));
      for (const touch of filled) expect(touch).toMatchObject({ bytes: ptePageBytes, write: true });
      expect(programs.child).toHaveLength(3);
      for (const [number, touch] of programs.child.entries()) {
        expect(touch).toMatchObject({ op: 'touch', from: number * ptePageBytes, bytes: 4096, write: true });
      }
    }
  });

  it('database: a segment of 2 GiB, in whole hugetlb pages where it has those', () => {
    expect(script('database').segments.cache).toMatchObject({ bytes: 2 * GIB, huge: false });
    const huge = script('database', { huge: 'yes', segmentMiB: 5 }, 1, { ...machine, ptePageBytes: 4 * MIB });
    expect(huge.segments.cache).toMatchObject({ bytes: 8 * MIB, huge: true });
  });

  it('database: windows never cover more than their area, however many rows a lookup has', () => {
    const { programs } = script('database', { windows: 'remap', windowsMiB: 1, rows: 100 });
    for (const operation of operationsOf(programs.server)) {
      if (operation.op !== 'remapFilePages') continue;
      expect(operation.from + (operation.bytes ?? 0)).toBeLessThanOrEqual(MIB);
    }
  });

  it('memory-hog: no hog wants more than its address space has, and together they want what was asked for', () => {
    const bytes = (facts: MachineFacts, processes: number): number => {
      const [map] = script('memory-hog', { processes }, 1, facts).programs.hog;
      return map.op === 'mmap' ? map.bytes : 0;
    };
    expect(bytes(machine, 1)).toBeLessThan(machine.userBytes);
    const small = { ...machine, memoryBytes: 256 * MIB };
    // 120 % of 256 MiB in two processes: 153.6 MiB each.
    expect(bytes(small, 2)).toBe(Math.ceil(153.6 * 256) * 4096);
  });

  it('compile: jobs are the N of make -jN, and every object is compiled once', () => {
    const { programs } = script('compile', { jobs: 16, objects: 500 }, 0.1);
    const loop = programs.make.find(({ op }) => op === 'repeat');
    expect(loop).toMatchObject({ times: 50 });
    expect(loop?.op === 'repeat' && loop.body[0]).toEqual({ op: 'wait', running: 15 });
  });

  it('shell-script: program, libraries and stack of the shell lie within a pte page each', () => {
    const { images, programs } = script('shell-script', { heapKiB: 1024 });
    const { textBytes, dataBytes, bssBytes, libraries } = images.shell;
    // From 0x08048000 up, 2 MiB less the 0x48000 before it.
    const room = 2 * MIB - 0x48000;
    const pages = (bytes: number): number => Math.ceil(bytes / 4096) * 4096;
    expect(pages(textBytes) + pages(dataBytes) + pages(bssBytes) + MIB).toBeLessThanOrEqual(room);
    expect(
      libraries.reduce((sum, library) => sum + pages(library.textBytes) + pages(library.dataBytes), 0),
    ).toBeLessThan(2 * MIB);
    expect(programs.shell.some(({ op }) => op === 'repeat')).toBe(true);
  });
});
