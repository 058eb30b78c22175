/**
 * The order of the kernel-compile ladder of March 2002 on the 16-way NUMA-Q of 4 GB: 47 s with 2.4.18, 30 with the O(1) scheduler, 27
 * with local allocation, 25 with both. Compared is the time of CPUs, since of so small a compile only that has the order whatever
 * the seed (over three seeds steps of 2 to 4, 31 to 33 and 4 to 8 %): elapsed time ends with a few objects, and the O(1) scheduler
 * gains or loses by which they are. Of elapsed time it holds that local allocation is quicker, whatever schedules. The link is
 * kept small, as one CPU does it. The ratios are in docs/locality.md.
 */
import { expect, it } from 'vitest';
import { climb, type RungFigures, RUNGS } from '../../support/ladder-figures.ts';

const LONG_MS = 300_000;
const SMALL = {
  jobs: 32,
  scale: 0.064,
  parameters: { megaInstructions: 40, headers: 5, heapKiB: 512, objectBytes: 2048 },
};

const busyNs = ({ userNs, systemNs }: RungFigures): number => userNs + systemNs;

it(
  'a compile takes less of the CPUs with the O(1) scheduler, less with local allocation, and least with both',
  () => {
    const rungs = RUNGS.slice(0, 4).map((rung) => climb(rung, SMALL));
    const times = rungs.map(busyNs);
    expect([...times].sort((a, b) => b - a)).toEqual(times);
    const [old, o1, local, both] = rungs.map(({ elapsedNs }) => elapsedNs);
    expect(Math.max(local, both)).toBeLessThan(Math.min(old, o1));
  },
  LONG_MS,
);
