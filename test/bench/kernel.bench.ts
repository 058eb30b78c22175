/**
 * Kernel paths per second of host time: a page allocated and freed again through the per-CPU sets, in bulk through the free
 * lists, and an object of a slab, on the 16 GB box. Kernels are interleaved, so that their ratios hold on a noisy machine.
 */
import { bootKernel } from '../support/kernel.ts';
import { GFP_HIGHUSER } from '../../src/sim/kernel/alloc/gfp.ts';
import { OWNER } from '../../src/sim/kernel/page-flags.ts';

const ROUNDS = 7;
const PAIRS = 200_000;
const BULK = 20_000;
const FLAVOURS = ['2.4.22', '2.6.0', '2.6.11'];

const seconds = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Millions a second of each path. */
interface Rates {
  readonly pairs: number[];
  readonly bulk: number[];
  readonly objects: number[];
}

const machines = FLAVOURS.map((flavour) => {
  const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { flavour } });
  const rates: Rates = { pairs: [], bulk: [], objects: [] };
  return { flavour, kernel, on: on(), rates };
});

for (let round = 0; round < ROUNDS; round++) {
  for (const { kernel, on, rates } of machines) {
    let start = process.hrtime.bigint();
    for (let i = 0; i < PAIRS; i++) {
      kernel.pages.free(on, kernel.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous), 0);
    }
    rates.pairs.push(PAIRS / seconds(start) / 1e6);

    start = process.hrtime.bigint();
    const pages = Array.from({ length: BULK }, () => kernel.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
    for (const page of pages) kernel.pages.free(on, page, 0);
    rates.bulk.push(BULK / seconds(start) / 1e6);

    const cache = kernel.slabs.cache('bench', 32, 32);
    start = process.hrtime.bigint();
    const objects = Array.from({ length: BULK }, () => cache.alloc(on));
    for (const object of objects) cache.free(on, object);
    rates.objects.push(BULK / seconds(start) / 1e6);
  }
}

console.log(`kernel paths on the 16 GB box, ${ROUNDS} interleaved rounds, median in M/s`);
const cells = (values: readonly string[]): string => values.map((value) => value.padStart(22)).join('');
console.log(cells(['', 'a page and back', '20,000 pages and back', '20,000 objects']));
for (const { flavour, rates } of machines) {
  const numbers = [rates.pairs, rates.bulk, rates.objects].map((values) => median(values).toFixed(2));
  console.log(cells([flavour, ...numbers]));
}
