/**
 * Imitates per-CPU counters that were packed into an array without padding: every thread adds to a 4-byte counter of its
 * own, next to those of the others, so that lines are shared and no word is. An array larger than one row of counters holds
 * several rows; a thread adds to a counter 8 times before it goes to its counter in the next row.
 */
import { type Pattern, ARRAY_BASE, arraySpace, put, threads } from './pattern.ts';
import { REF_MODIFY } from './trace.ts';

const COUNTER_BYTES = 4;
/** Rows begin on a line, whatever line size up to this a machine has. */
const ROW_ALIGN = 256;
const ADDITIONS = 8;

export const falseSharing: Pattern = {
  id: 'false-sharing',
  title: 'False sharing',
  description: 'Threads add to counters of their own that lie in the same cache lines: lines move, data is not shared.',
  build(request) {
    const { bytes, cpus } = request.spec;
    const rowBytes = Math.ceil((cpus.length * COUNTER_BYTES) / ROW_ALIGN) * ROW_ALIGN;
    const rows = Math.max(1, Math.floor(bytes / rowBytes));
    return threads(request, 'False sharing', arraySpace(rows * rowBytes, request), (rank) => {
      const counter = ARRAY_BASE + rank * COUNTER_BYTES;
      return (position, count, into) => {
        let row = Math.floor(position / ADDITIONS) % rows;
        let left = ADDITIONS - (position % ADDITIONS);
        for (let at = 0; at < count; at++) {
          put(into, at, counter + row * rowBytes, REF_MODIFY, COUNTER_BYTES);
          if (--left > 0) continue;
          left = ADDITIONS;
          if (++row === rows) row = 0;
        }
      };
    });
  },
};
