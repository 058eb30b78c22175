/**
 * A control for the others: every CPU runs a process of its own that reads and writes its own array from end to end, a
 * word at a time. Nothing is shared, so whatever is remote is the placement's doing.
 */
import { type Pattern, ARRAY_BASE, arraySpace, generate, put, titleOn } from './pattern.ts';
import { REF_MODIFY } from './trace.ts';

const WORD = 8;

export const privateArrays: Pattern = {
  id: 'private',
  title: 'Private arrays',
  description: 'Every CPU sweeps an array of its own, in a process of its own: the control.',
  build(request) {
    const { bytes, cpus, startNs, references } = request.spec;
    const words = Math.floor(bytes / WORD);
    const space = arraySpace(words * WORD, request);
    const read = generate(references, (position, count, into) => {
      let i = position % words;
      for (let at = 0; at < count; at++) {
        put(into, at, ARRAY_BASE + i * WORD, REF_MODIFY, WORD);
        if (++i === words) i = 0;
      }
    });
    return {
      title: titleOn('Private arrays', cpus),
      streams: cpus.map((cpu, rank) => ({
        cpu,
        addressSpace: rank,
        startNs,
        records: references,
        hasFetches: false,
        read,
      })),
      addressSpaces: cpus.map(() => space),
    };
  },
};
