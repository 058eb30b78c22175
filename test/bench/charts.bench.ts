/**
 * What a chart of 64 series and 100,000 samples each costs before anything is painted: which samples stand in which pixel
 * column, their lowest and highest, the axis; all of it, of a stretch, and while samples come. `npm run bench charts`.
 */
import { columnBounds, decimateInto, type Samples } from '../../renderer/panels/charts/decimate.ts';
import { Extremes } from '../../renderer/panels/charts/extremes.ts';

const SERIES = 64;
const SAMPLES = 100_000;
const WIDTH = 900;
const DRAWS = 60;

const times: number[] = [];
const series: (Samples & { readonly values: number[] })[] = Array.from({ length: SERIES }, () => {
  const values: number[] = [];
  return { times, values, extremes: new Extremes(values) };
});
const kept: number[] = [];

/** One row of samples more. */
function grow(): void {
  const at = times.length;
  times.push(at * 50_000);
  series.forEach(({ values }, number) => values.push(50 + 40 * Math.sin(at / (200 + number)) + ((at * 7919) % 13)));
}

function draw(from: number, to: number): number {
  const bounds = columnBounds(times, { from, to }, WIDTH);
  let points = 0;
  for (const samples of series) {
    points += decimateInto(kept, samples, bounds);
    points += samples.extremes.highest(bounds[0], bounds[WIDTH]) < 0 ? 1 : 0;
  }
  return points;
}

function measure(what: string, act: () => number): void {
  const took: number[] = [];
  let points = 0;
  for (let number = 0; number < DRAWS; number++) {
    const begun = performance.now();
    points = act();
    took.push(performance.now() - begun);
  }
  took.sort((a, b) => a - b);
  const [least, median, worst] = [took[0], took[DRAWS >> 1], took[DRAWS - 1]].map((ms) => ms.toFixed(2));
  console.log(`${what}: least ${least} ms, median ${median} ms, worst ${worst} ms, ${points} points`);
}

for (let at = 0; at < SAMPLES; at++) grow();
const end = times[SAMPLES - 1];
measure('all of it', () => draw(0, end));
measure('a tenth of it', () => draw(end * 0.45, end * 0.55));
measure('all of it, with 10 samples more each time', () => {
  for (let at = 0; at < 10; at++) grow();
  return draw(0, times[times.length - 1]);
});
