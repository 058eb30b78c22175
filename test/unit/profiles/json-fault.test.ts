import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, parseProfile } from '../../../src/sim/index.ts';
import { jsonFault } from '../../../src/sim/profiles/json-fault.ts';

const SEED = 20030328;

function placeOf(text: string): string {
  try {
    parseProfile(text, 'f');
  } catch (error) {
    if (error instanceof InputError) return `${error.issues[0].path}: ${error.issues[0].message}`;
    throw error;
  }
  return 'read';
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a text that is no JSON', () => {
  it.each([
    ['', 'line 1, column 1: expected a value, found the end of the file'],
    ['{"a": 1,\n "b": [1, 2,}', 'line 2, column 13: expected a value, found "}"'],
    ['{"a": 1\n "b": 2}', 'line 2, column 2: expected "," or "}", found "\\""'],
    ['{"a" 1}', 'line 1, column 6: expected ":", found "1"'],
    ['{a: 1}', 'line 1, column 2: expected a key in double quotes or "}", found "a"'],
    ['{"a": 1,}', 'line 1, column 9: expected a key in double quotes, found "}"'],
    ['{"a": nul}', 'line 1, column 7: expected a value, found "nul"'],
    ['{"a": 01}', 'line 1, column 7: expected a value, found "01"'],
    ['{"a": "b', 'line 1, column 9: expected the closing quote of a text, found the end of the file'],
    ['{"a": "\\x"}', 'line 1, column 8: expected an escape such as \\n, \\" or \\u0041, found "\\\\"'],
    ['{"a": 1} x', 'line 1, column 10: expected the end of the file, found "x"'],
    ['{\r\n"a": 1,\r\n"a": 2}', 'line 3, column 1: expected each key once, found "a" a second time'],
    ['{"a": 1, "\\u0061": 2}', 'line 1, column 10: expected each key once, found "a" a second time'],
  ])('%j is placed', (text, expected) => {
    expect(placeOf(text)).toBe(expected);
  });

  it('may be nested a hundred deep and no deeper', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(jsonFault(nested(100))).toBeUndefined();
    expect(placeOf(nested(101))).toContain('at most 100 levels of nesting');
    expect(placeOf('['.repeat(1_000_000))).toContain('at most 100 levels of nesting');
  });

  it('is found out exactly when JSON.parse finds it out (20,000 texts, cut and changed at random)', () => {
    const text = fc
      .json({ maxDepth: 4 })
      .chain((json) =>
        fc
          .tuple(
            fc.nat(json.length),
            fc.nat(3),
            fc.constantFrom('', '"', '}', ']', ',', ':', '\\', '1', '-', '.', 'e', ' ', 't', '\n'),
          )
          .map(([at, drop, insert]) => json.slice(0, at) + insert + json.slice(at + drop)),
      );
    fc.assert(
      fc.property(text, (sample) => {
        const fault = jsonFault(sample);
        if (fault?.expected === 'each key once') return;
        expect(fault === undefined).toBe(parses(sample));
      }),
      { seed: SEED, numRuns: 20_000 },
    );
  });
});
