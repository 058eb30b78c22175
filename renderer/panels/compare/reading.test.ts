import { describe, expect, it } from 'vitest';
import { type Figure, rowsOf } from './comparison.ts';
import { readingOf, scoreOf } from './reading.ts';

const figure = (id: string, unit: Figure['unit'], better: -1 | 0 | 1, values: Figure['values']): Figure => ({
  id,
  label: id,
  unit,
  better,
  values,
  description: '',
});
const groupsOf = (...figures: Figure[]): ReturnType<typeof rowsOf> => rowsOf([{ title: 'All', figures }]);
const letters = ['A', 'B', 'C'];
const names = ['4 KiB', '8 KiB', '32 KiB'];
const said = (groups: ReturnType<typeof rowsOf>): string[] =>
  readingOf(groups, letters, names).map(({ lead, rest, tone }) => `${tone}: ${lead} ${rest}`);

describe('the reading of a comparison', () => {
  it('names the run with the most low memory, by what factor, and what that costs in time', () => {
    // 750 / 268 is 2.8; 25.87 s less 24.31 s is 1.56 s, 6.4 % more.
    const groups = groupsOf(
      figure('low.boot', 'MiB', 1, [268, 514, 750]),
      figure('low.kva', 'MiB', -1, [628, 320, 84]),
      figure('elapsedNs', 'ns', -1, [24.31e9, 24.29e9, 25.87e9]),
    );
    expect(said(groups)).toEqual([
      'better: C (32 KiB) has 2.8 times the low memory (268 MiB to 750 MiB); the KVA remap shrinks from 628 to 84 MiB.',
      'worse: That costs 1,560.0 ms of elapsed time (+6.4 %).',
      'plain: B (8 KiB) is better or the same in 3 of 3 figures that have a direction.',
    ]);
  });

  it('says how much more where it is less than twice as much, and what another run saves', () => {
    const groups = groupsOf(
      figure('low.boot', 'MiB', 1, [800, 900, 800]),
      figure('elapsedNs', 'ns', -1, [10e9, 10.05e9, 8e9]),
    );
    expect(said(groups).slice(0, 3)).toEqual([
      'better: B (8 KiB) has 100 MiB more low memory (800 MiB to 900 MiB).',
      'plain: That takes the same time (10.05 s).',
      'better: C (32 KiB) saves 2,000.0 ms of elapsed time (−20.0 %).',
    ]);
  });

  it('says what low memory a saving costs where the baseline has the most of it', () => {
    // 464 - 268 is 196; 35.8 ms less 34.3 ms is 1.5 ms, 4.2 % less.
    const groups = groupsOf(
      figure('low.boot', 'MiB', 1, [464, 268]),
      figure('low.kva', 'MiB', -1, [432, 628]),
      figure('elapsedNs', 'ns', -1, [35.8e6, 34.3e6]),
    );
    expect(said(groups).slice(0, 2)).toEqual([
      'worse: B (8 KiB) has 196 MiB less low memory (464 MiB to 268 MiB); the KVA remap grows from 432 to 628 MiB.',
      'better: B (8 KiB) saves 1,500.0 µs of elapsed time (−4.2 %).',
    ]);
  });

  it('says of runs that came to the same that they did', () => {
    const groups = groupsOf(figure('elapsedNs', 'ns', -1, [10e9, 10e9, 10e9]), figure('c', '', 0, [5, 5, 5]));
    expect(said(groups)).toEqual(['plain: All runs are the same in all 2 figures.']);
  });

  it('says nothing of what no run has', () => {
    expect(said(groupsOf())).toEqual([]);
    expect(said(groupsOf(figure('x', '', 0, [1, 2, 3])))).toEqual([]);
  });

  it('counts only figures with a direction that both runs have', () => {
    const groups = groupsOf(
      figure('a', '', -1, [100, 50, undefined]),
      figure('b', '', 1, [100, 50, 100]),
      figure('c', '', 0, [100, 50, 100]),
    );
    expect(scoreOf(groups)).toEqual([
      { good: 1, all: 2 },
      { good: 1, all: 1 },
    ]);
  });
});
