/**
 * Imitates the triad of McCalpin's STREAM, a[i] = b[i] + q * c[i], by threads that each own a contiguous part of three
 * arrays of doubles: read b, read c, write a. Deviation: a part is swept again from its start until all references are made.
 */
import { type Pattern, ARRAY_BASE, arraySpace, put, share, threads } from './pattern.ts';
import { REF_READ, REF_WRITE } from './trace.ts';

const WORD = 8;

export const stream: Pattern = {
  id: 'stream',
  title: 'Stream triad',
  description: 'Threads sweep their parts of three arrays, a[i] = b[i] + q c[i]: bandwidth.',
  build(request) {
    const { bytes, cpus } = request.spec;
    const elements = Math.max(cpus.length, Math.floor(bytes / (3 * WORD)));
    const arrayBytes = elements * WORD;
    const a = ARRAY_BASE;
    const b = a + arrayBytes;
    const c = b + arrayBytes;
    return threads(request, 'Stream triad', arraySpace(3 * arrayBytes, request), (rank) => {
      const [start, end] = share(elements, rank, cpus.length);
      return (position, count, into) => {
        let i = Math.floor(position / 3) % (end - start);
        let step = position % 3;
        for (let at = 0; at < count; at++) {
          const element = (start + i) * WORD;
          if (step === 0) put(into, at, b + element, REF_READ, WORD);
          else if (step === 1) put(into, at, c + element, REF_READ, WORD);
          else put(into, at, a + element, REF_WRITE, WORD);
          if (++step < 3) continue;
          step = 0;
          if (++i === end - start) i = 0;
        }
      };
    });
  },
};
