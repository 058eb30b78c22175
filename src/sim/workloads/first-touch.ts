/**
 * Imitates a parallel program whose arrays are set up by its first thread: one CPU writes a word of every page, then all
 * threads sweep their own contiguous parts, one read and write a 64-byte step. First-touch placement puts all of it on the
 * first CPU's node. The set-up's references, one a page, come on top of the workload's references per CPU.
 */
import { FRAME_BYTES } from '../base/units.ts';
import { type Pattern, ARRAY_BASE, arraySpace, generate, put, share, titleOn } from './pattern.ts';
import { REF_MODIFY, REF_WRITE } from './trace.ts';
import type { ReferenceStream } from './workload.ts';

const WORD = 8;
const STEP_BYTES = 64;

export const firstTouch: Pattern = {
  id: 'first-touch',
  title: 'First touch by one',
  description: 'One thread touches every page first, then all threads use their parts: placement.',
  build(request) {
    const { bytes, cpus, startNs, references } = request.spec;
    const steps = Math.max(cpus.length, Math.floor(bytes / STEP_BYTES));
    const pages = Math.ceil((steps * STEP_BYTES) / FRAME_BYTES);
    const touch: ReferenceStream = {
      cpu: cpus[0],
      addressSpace: 0,
      startNs,
      records: pages,
      hasFetches: false,
      read: generate(pages, (position, count, into) => {
        for (let at = 0; at < count; at++) put(into, at, ARRAY_BASE + (position + at) * FRAME_BYTES, REF_WRITE, WORD);
      }),
    };
    const use = cpus.map((cpu, rank): ReferenceStream => {
      const [start, end] = share(steps, rank, cpus.length);
      const read = generate(references, (position, count, into) => {
        let i = position % (end - start);
        for (let at = 0; at < count; at++) {
          put(into, at, ARRAY_BASE + (start + i) * STEP_BYTES, REF_MODIFY, WORD);
          if (++i === end - start) i = 0;
        }
      });
      return { cpu, addressSpace: 0, startNs, records: references, hasFetches: false, read, after: 0 };
    });
    const addressSpaces = [arraySpace(steps * STEP_BYTES, request)];
    return { title: titleOn('First touch by one', cpus), streams: [touch, ...use], addressSpaces };
  },
};
