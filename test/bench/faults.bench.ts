/**
 * Page faults and forks per second of real time on the 16 GB box: anonymous faults, faults on a shared segment that is in
 * memory, and fork with exit of a process of as many pages. Each is a row of medians.
 */
import { bootKernel } from '../support/kernel.ts';

const PAGES = 65_536;
const ROUNDS = 5;
const FORK_PAGES = 4096;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Calls of `once` a second, where it does `count` things. */
function rate(count: number, once: () => void): number {
  const start = performance.now();
  once();
  return (count * 1000) / (performance.now() - start);
}

const rows = { anonymous: [] as number[], shared: [] as number[], forks: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  const { kernel, on, process, touch } = bootKernel({ builtIn: 'numaq-16g-4quad' });
  const first = process('first');
  const start = kernel.syscalls.mmap(on(), first, { pages: PAGES, pgoff: 0, shared: false, writable: true });
  rows.anonymous.push(
    rate(PAGES, () => {
      for (let page = 0; page < PAGES; page++) touch(first, start + page, true);
    }),
  );
  const file = kernel.syscalls.segment(on(), 'segment', PAGES * 4096, false);
  const map = { pages: PAGES, file, pgoff: 0, shared: true, writable: true };
  const maker = process('maker');
  const made = kernel.syscalls.mmap(on(), maker, map);
  for (let page = 0; page < PAGES; page++) touch(maker, made + page, true);
  const user = process('user');
  const used = kernel.syscalls.mmap(on(), user, map);
  rows.shared.push(
    rate(PAGES, () => {
      for (let page = 0; page < PAGES; page++) touch(user, used + page, true);
    }),
  );
  const parent = process('parent');
  const heap = kernel.syscalls.mmap(on(), parent, { pages: FORK_PAGES, pgoff: 0, shared: false, writable: true });
  for (let page = 0; page < FORK_PAGES; page++) touch(parent, heap + page, true);
  rows.forks.push(
    rate(10, () => {
      for (let fork = 0; fork < 10; fork++) {
        on().task = parent;
        kernel.syscalls.exit(on(), kernel.syscalls.fork(on(), parent));
      }
    }),
  );
}
const text = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
console.log(`Anonymous faults a second:            ${text(median(rows.anonymous))}`);
console.log(`Faults on a shared segment a second:  ${text(median(rows.shared))}`);
console.log(`fork + exit of ${FORK_PAGES} pages a second:  ${text(median(rows.forks))}`);
