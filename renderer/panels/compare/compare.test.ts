import { describe, expect, it } from 'vitest';
import { Run } from '../../state/runs.svelte.ts';
import { aRun } from '../testing.ts';
import { CompareState } from './compare.svelte.ts';

const report = { result: {} } as unknown as NonNullable<Run['report']>;
/** Runs that are done, newest first. */
const done = (count: number): Run[] =>
  Array.from({ length: count }, (_, at) => {
    const run = new Run(aRun().start, count - at);
    run.report = report;
    return run;
  });
const numbers = (state: CompareState): number[] => state.runs.map(({ number }) => number);

describe('the compared runs', () => {
  it('are the last two until a person chooses, the earlier one as the baseline', () => {
    const runs = done(3);
    const state = new CompareState({ list: runs });
    expect(numbers(state)).toEqual([2, 3]);
    state.choose([runs[0], runs[2]]);
    expect(numbers(state)).toEqual([1, 3]);
    state.chooseLast();
    expect(numbers(state)).toEqual([2, 3]);
  });

  it('are at most eight: the ninth takes the place of the last, and of ten chosen the latest are taken', () => {
    const runs = done(10);
    const state = new CompareState({ list: runs });
    state.choose(runs.slice(2));
    expect(numbers(state)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(state.others).toEqual([]);
    state.add(runs[0]);
    expect(numbers(state)).toEqual([1, 2, 3, 4, 5, 6, 7, 10]);
    state.choose(runs);
    expect(numbers(state)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are set against another one when the baseline is changed, in their order', () => {
    const runs = done(4);
    const state = new CompareState({ list: runs });
    state.choose(runs);
    state.setBaseline(runs[1]);
    expect(numbers(state)).toEqual([3, 1, 2, 4]);
    state.nextBaseline();
    expect(numbers(state)).toEqual([1, 2, 4, 3]);
    state.move(runs[2], -1);
    expect(numbers(state)).toEqual([2, 1, 4, 3]);
    state.move(runs[2], -1);
    expect(numbers(state)).toEqual([2, 1, 4, 3]);
  });

  it('can be taken out until two are left', () => {
    const runs = done(3);
    const state = new CompareState({ list: runs });
    state.choose(runs);
    state.remove(runs[2]);
    expect(numbers(state)).toEqual([2, 3]);
    state.remove(runs[1]);
    expect(numbers(state)).toEqual([2, 3]);
    expect(state.others.map(({ number }) => number)).toEqual([1]);
  });

  it('wait for a run that is under way: it joins when it is done', () => {
    const runs = done(2);
    const under = new Run(aRun().start, 3);
    const state = new CompareState({ list: [under, ...runs] });
    state.add(under);
    expect(numbers(state)).toEqual([1, 2]);
    under.report = report;
    expect(numbers(state)).toEqual([1, 2, 3]);
  });

  it('are those that are marked, eight at most, the oldest mark giving way', () => {
    const runs = done(9);
    const state = new CompareState({ list: runs });
    state.mark(runs[0], true);
    state.chooseMarked();
    expect(numbers(state)).toEqual([8, 9]);
    for (const run of runs.slice(1)) state.mark(run, true);
    expect(state.marked.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    state.mark(runs[8], false);
    state.chooseMarked();
    expect(numbers(state)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('are fewer than two where too few have a report', () => {
    const state = new CompareState({ list: [...done(1), new Run(aRun().start, 2)] });
    expect(numbers(state)).toEqual([1]);
    expect(new CompareState({ list: [] }).baseline).toBeNull();
  });
});
