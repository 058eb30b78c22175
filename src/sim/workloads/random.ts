/**
 * Imitates RandomAccess of the HPC Challenge (GUPS): threads update random words of one table, t[r] ^= r. Deviation: the
 * words come from a hash of seed and position, not from the benchmark's polynomial.
 */
import { hashAt, subSeed } from '../base/rng.ts';
import { type Pattern, ARRAY_BASE, arraySpace, put, threads } from './pattern.ts';
import { REF_MODIFY } from './trace.ts';

const WORD = 8;
const WIDE = 2 ** 21;

export const randomUpdates: Pattern = {
  id: 'random',
  title: 'Random updates',
  description: 'Threads read and write random words of one shared table: TLB, remote memory, ownership.',
  build(request) {
    const words = Math.floor(request.spec.bytes / WORD);
    return threads(request, 'Random updates', arraySpace(words * WORD, request), (rank) => {
      const seed = subSeed(request.seed, rank);
      const fine = subSeed(seed, 0);
      return (position, count, into) => {
        for (let at = 0; at < count; at++) {
          // 53 bits, so that tables of more than 2^32 words are reached evenly.
          const bits = hashAt(seed, position + at) * WIDE + (hashAt(fine, position + at) >>> 11);
          put(into, at, ARRAY_BASE + Math.floor((bits / 2 ** 53) * words) * WORD, REF_MODIFY, WORD);
        }
      };
    });
  },
};
