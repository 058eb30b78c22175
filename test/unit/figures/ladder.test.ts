/**
 * The order of the kernel-compile ladder of March 2002 on the 16-way NUMA-Q of 4 GB: 47 s with 2.4.18, 30 with the O(1) scheduler, 27
 * with local allocation, 25 with both. Compared is the time of CPUs: of so small a compile elapsed time is for a good part
 * that of its last objects and of the link. The ratios are in docs/locality.md.
 */
import { expect, it } from 'vitest';
import { climb, type RungFigures, RUNGS } from '../../support/ladder-figures.ts';

const LONG_MS = 300_000;
const SMALL = { jobs: 24, scale: 0.032, parameters: { megaInstructions: 30, headers: 10, heapKiB: 1024 } };

const busyNs = ({ userNs, systemNs }: RungFigures): number => userNs + systemNs;

it(
  'a compile takes less with the O(1) scheduler, less with local allocation, and least with both',
  () => {
    const times = RUNGS.slice(0, 4).map((rung) => busyNs(climb(rung, SMALL)));
    expect([...times].sort((a, b) => b - a)).toEqual(times);
  },
  LONG_MS,
);
