/**
 * Imitates lmbench's lat_mem_rd and the chase of memory latency checkers: one cycle of pointers through all 64-byte cells
 * of an array in random order, every load waiting for the one before. Threads begin at places spread evenly over the cycle.
 * The cell after p(k) is p(k + 1), with p a permutation: a single full cycle that needs no table.
 */
import { type Pattern, ARRAY_BASE, arraySpace, put, threads } from './pattern.ts';
import { permutation } from './permutation.ts';
import { REF_READ } from './trace.ts';

const CELL_BYTES = 64;

export const chase: Pattern = {
  id: 'chase',
  title: 'Pointer chase',
  description: 'Every load reads the address of the next, in one random cycle through the array: latency.',
  build(request) {
    const { bytes, cpus } = request.spec;
    const cells = Math.floor(bytes / CELL_BYTES);
    const cell = permutation(cells, request.seed);
    const pointerBytes = request.user.bits / 8;
    return threads(request, 'Pointer chase', arraySpace(cells * CELL_BYTES, request), (rank) => {
      const start = Math.floor((cells * rank) / cpus.length);
      return (position, count, into) => {
        let next = (start + position) % cells;
        for (let at = 0; at < count; at++) {
          put(into, at, ARRAY_BASE + cell(next) * CELL_BYTES, REF_READ, pointerBytes);
          if (++next === cells) next = 0;
        }
      };
    });
  },
};
