import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cancelled, InputError, InvariantError, makeIssue } from '../../../src/sim/base/errors.ts';
import { type LabApi, type MethodName, methods } from '../../../src/lab/contract.ts';
import { dispatcher } from '../../../src/lab/serve.ts';

/** A lab whose methods note their calls and then do what `answer` does. */
function fakeLab(answer: () => unknown): { api: LabApi; calls: string[] } {
  const calls: string[] = [];
  const method = (name: string) => async (): Promise<unknown> => {
    calls.push(name);
    return answer();
  };
  const entries = Object.keys(methods).map((name) => [name, method(name)]);
  return { api: Object.fromEntries(entries) as LabApi, calls };
}

describe('the dispatcher', () => {
  it('calls a method of the contract and wraps what it returns', async () => {
    const { api, calls } = fakeLab(() => 'a');
    expect(await dispatcher(api)('openBuiltIn', ['smp-8way'])).toEqual({ ok: true, value: 'a' });
    expect(calls).toEqual(['openBuiltIn']);
  });

  it.each([
    ['nothing'],
    ['constructor'],
    ['__proto__'],
    ['toString'],
    [7],
    [null],
    [undefined],
    [{}],
    ['x'.repeat(1e6)],
  ])('refuses %j, which is no method of the contract', async (name) => {
    const { api, calls } = fakeLab(() => 1);
    const result = await dispatcher(api)(name, []);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'input' } });
    expect(JSON.stringify(result).length).toBeLessThan(1000);
    expect(calls).toEqual([]);
  });

  it.each<[MethodName, unknown]>([
    ['openBuiltIn', []],
    ['openBuiltIn', [5]],
    ['openBuiltIn', ['a', 'b']],
    ['openBuiltIn', 'a'],
    ['openBuiltIn', { 0: 'a', length: 1 }],
    ['catalogue', [1]],
    ['openRecent', ['']],
    ['openRecent', ['x'.repeat(201)]],
    ['zonelists', [{}, -1]],
    ['startRun', [{ profile: {}, workloads: [], seed: 0 }]],
    ['startRun', [{ profile: {}, workloads: [{ kind: 'shell' }], seed: 0 }]],
    ['startRun', [{ profile: {}, workloads: [], seed: 0, path: '/etc/passwd' }]],
    ['parseMachine', ['a.json', null]],
    ['saveRunAs', [undefined, undefined]],
  ])('refuses %s with parameters %j', async (name, params) => {
    const { api, calls } = fakeLab(() => 1);
    const result = await dispatcher(api)(name, params);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'input', source: name } });
    expect(calls).toEqual([]);
  });

  it('says path, expected and found of a bad parameter', async () => {
    const { api } = fakeLab(() => 1);
    const result = await dispatcher(api)('zonelists', [{}, 'two']);
    const issue = { code: 'invalid_type', path: '[1]', expected: 'number', found: '"two"' };
    expect(result).toMatchObject({ ok: false, failure: { issues: [issue] } });
  });

  it('makes a failure of whatever is thrown, never with a stack', async () => {
    const thrown: [unknown, object][] = [
      [new InputError('a.json', [makeIssue('x', 'p', 'e', 'f')]), { kind: 'input', source: 'a.json' }],
      [new Cancelled(), { kind: 'cancelled' }],
      [new InvariantError('free pages do not add up', { zone: 1 }), { kind: 'invariant' }],
      [new TypeError('oops'), { kind: 'failed', message: 'oops' }],
      ['text', { kind: 'failed', message: 'text' }],
    ];
    for (const [error, failure] of thrown) {
      const { api } = fakeLab(() => {
        throw error;
      });
      const result = await dispatcher(api)('catalogue', []);
      expect(result).toMatchObject({ ok: false, failure });
      expect(JSON.stringify(result)).not.toMatch(/serve\.test|at .*\.ts/);
    }
  });

  it('never rejects and never calls with what the contract does not allow', async () => {
    const names = fc.oneof(fc.constantFrom(...Object.keys(methods)), fc.string());
    await fc.assert(
      fc.asyncProperty(names, fc.anything(), async (name, params) => {
        const { api, calls } = fakeLab(() => null);
        const result = await dispatcher(api)(name, params);
        expect(result.ok).toBe(calls.length === 1);
        if (result.ok) expect(methods[name as MethodName].params.safeParse(params).success).toBe(true);
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
