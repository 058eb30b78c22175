import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import { sysctlNames } from '../../../src/sim/kernel/sysctl.ts';
import { knobs } from '../../../src/sim/workloads/operations.ts';
import { parseScript, type Script } from '../../../src/sim/workloads/script.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';

/** A script with one program of these operations. */
function withOperations(operations: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    format: 'numaq-lab/script',
    version: 1,
    title: 'Test',
    files: { 'data/{round}': { bytes: 8192 } },
    segments: { cache: { bytes: 65536 } },
    images: { sh: { file: 'bin/sh', textBytes: 4096, dataBytes: 4096, libraries: [] } },
    programs: { main: operations, other: [{ op: 'exit' }] },
    start: [{ program: 'main' }],
    ...more,
  };
}

const MEMORY = { op: 'mmap', as: 'memory', bytes: 65536, anonymous: true };

/** Place, expected and found of everything wrong with a script. */
function faults(input: unknown): readonly string[] {
  try {
    parseScript(input, 'x.json');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.source).toBe('x.json');
    return error.issues.map(({ path, expected, found }) => `${path} | ${expected} | ${found}`);
  }
  return [];
}

describe('a script', () => {
  it('is taken with what may be left out filled in', () => {
    const script = parseScript(withOperations([MEMORY, { op: 'touch', region: 'memory' }]));
    expect(script.programs.main[1]).toEqual({
      op: 'touch',
      region: 'memory',
      from: 0,
      step: 4096,
      write: false,
      order: 'linear',
    });
    expect(script.start).toEqual([{ program: 'main', copies: 1, atNs: 0 }]);
    expect(script.scale).toBe(1);
  });

  it('comes out the same when it is read again', () => {
    const once = parseScript(
      withOperations([MEMORY, { op: 'repeat', times: 3, body: [{ op: 'fork', program: 'other' }] }]),
    );
    expect(parseScript(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it.each<[string, unknown, string]>([
    [
      'an operation that there is not',
      withOperations([{ op: 'mmmap' }]),
      'programs.main[0].op | the name of an operation | "mmmap"',
    ],
    [
      'a size that is none',
      withOperations([{ ...MEMORY, bytes: 'much' }]),
      'programs.main[0].bytes | a number | "much"',
    ],
    ['a size of nothing', withOperations([{ ...MEMORY, bytes: 0 }]), 'programs.main[0].bytes | at least 1 | 0'],
    [
      'a mistake within a repeat',
      withOperations([MEMORY, { op: 'repeat', times: 2, body: [MEMORY, { op: 'touch', region: 'memory', step: 1 }] }]),
      'programs.main[1].body[1].step | at least 4 | 1',
    ],
    [
      'a key that nobody knows',
      withOperations([{ ...MEMORY, byte: 1 }]),
      'programs.main[0] | keys that are known here | "byte"',
    ],
    [
      'a mapping of two things',
      withOperations([{ ...MEMORY, segment: 'cache' }]),
      'programs.main[0] | exactly one of "file", "segment" and "anonymous" | an object',
    ],
    [
      'a region that nobody makes',
      withOperations([MEMORY, { op: 'touch', region: 'memroy' }]),
      'programs.main[1].region | a region of the script (text, data, bss, stack, memory) | "memroy"',
    ],
    [
      'a file that is not declared and that nobody creates',
      withOperations([{ op: 'read', file: 'data/x', bytes: 1 }]),
      'programs.main[0].file | a file of the script (data/{round}) | "data/x"',
    ],
    [
      'a segment that is not declared',
      withOperations([{ op: 'mmap', as: 'x', bytes: 4096, segment: 'sga' }]),
      'programs.main[0].segment | a segment of the script (cache) | "sga"',
    ],
    [
      'an image that is not declared',
      withOperations([{ op: 'exec', image: 'bash' }]),
      'programs.main[0].image | an image of the script (sh) | "bash"',
    ],
    [
      'a fork of nothing',
      withOperations([{ op: 'fork', program: 'child' }]),
      'programs.main[0].program | a program of the script (main, other) | "child"',
    ],
    [
      'a start of nothing',
      withOperations([], { start: [{ program: 'mian' }] }),
      'start[0].program | a program of the script (main, other) | "mian"',
    ],
    ['no start', withOperations([], { start: [] }), 'start | at least 1 elements | a list of 0'],
    [
      'forks that never end',
      withOperations([{ op: 'fork', program: 'other' }], {
        programs: { main: [{ op: 'fork', program: 'other' }], other: [{ op: 'vfork', program: 'main' }] },
      }),
      'programs.other[0].program | a program that does not come back to this one | "main"',
    ],
    [
      'a placeholder that there is not',
      withOperations([{ op: 'create', file: 'tmp/{pid}' }]),
      'programs.main[0].file | a path; placeholders are {task}, {copy} and {round} | "tmp/{pid}"',
    ],
    [
      'another format',
      withOperations([], { format: 'numaq-lab/run' }),
      'format | "numaq-lab/script" | "numaq-lab/run"',
    ],
    ['a scale above 1', withOperations([], { scale: 2 }), 'scale | at most 1 | 2'],
    ['a scale of 0', withOperations([], { scale: 0 }), 'scale | more than 0 | 0'],
    [
      'an offset in words that nobody knows',
      withOperations([{ op: 'read', file: 'data/{round}', bytes: 1, offset: 'last' }]),
      'programs.main[0].offset | a number of bytes or a word (next, random, skewed) | "last"',
    ],
  ])('is refused for %s, with place, expected and found', (_, input, fault) => {
    expect(faults(input)).toContain(fault);
  });

  it('is refused where it is nested without end, without a crash', () => {
    let deep: unknown = [];
    for (let i = 0; i < 50_000; i++) deep = [{ op: 'repeat', times: 1, body: deep }];
    expect(faults(withOperations(deep as unknown[]))).toEqual([' | JSON nested at most 100 deep | an object']);
  });

  it('is refused with an InputError or taken, whatever it is', () => {
    const operation = fc.record(
      {
        op: fc.constantFrom('mmap', 'touch', 'fork', 'repeat', 'read', 'compute', 'exec', 'x', '__proto__'),
        as: fc.anything(),
        bytes: fc.anything(),
        region: fc.constantFrom('memory', 'constructor', '__proto__', ''),
        program: fc.constantFrom('main', 'constructor', '__proto__'),
        image: fc.constantFrom('sh', 'toString'),
        body: fc.anything({ maxDepth: 3 }),
        times: fc.anything(),
      },
      { requiredKeys: ['op'] },
    );
    const parsed = (input: unknown): Script | undefined => {
      try {
        return parseScript(input);
      } catch (error) {
        if (error instanceof InputError && error.issues.length > 0) return undefined;
        throw error;
      }
    };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.array(operation).map((list) => withOperations(list)),
        ),
        (input) => {
          parsed(input);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stands in a workload, and what is wrong with it has its place there', () => {
    const workload = { kind: 'script', cpus: [0], script: withOperations([{ op: 'touch', region: 'nowhere' }]) };
    const result = workloadSchema.safeParse(workload);
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual(['script.programs.main.0.region']);
    const good = workloadSchema.parse({ ...workload, script: withOperations([MEMORY]) });
    expect(good.kind === 'script' && good.script.title).toBe('Test');
  });
});

describe('the knobs of a script', () => {
  it('are those of the kernel', () => {
    expect(knobs).toEqual(sysctlNames);
  });
});
