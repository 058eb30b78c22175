/** A process that takes more memory than there is: what page replacement and swap are for. */
import { type LibraryWorkload, scaled, scaledBytes } from './library-workload.ts';

export const memoryHog: LibraryWorkload = {
  id: 'memory-hog',
  title: 'Memory hog',
  description: 'Processes that fill anonymous memory and go over it again and again: reclaim, swap, out of memory.',
  imitates:
    'The hogs that people wrote by hand to press on page replacement (usemem of vmregress, mtest of the LTP): each fills ' +
    'its memory page by page, then sweeps it for some rounds. A sweep of one process is a transaction.',
  scales: 'bytes; rounds and processes stay.',
  parameters: [
    { name: 'processes', description: 'Hogs', value: 1, least: 1, most: 1000, source: 'assumed' },
    {
      name: 'percent',
      description: 'Memory of all of them together, of what the machine has',
      value: 120,
      least: 1,
      most: 1000,
      unit: '%',
      source: 'assumed: a fifth more than there is',
    },
    { name: 'rounds', description: 'Sweeps after the first', value: 3, least: 0, most: 1e6, source: 'assumed' },
    {
      name: 'order',
      description: 'Order of a sweep',
      value: 'linear',
      choices: ['linear', 'random'],
      source: 'assumed: linear is the worst case of least recently used',
    },
  ],
  build(values, scale, { memoryBytes, userBytes }) {
    const processes = values.number('processes');
    const wanted = ((memoryBytes / 100) * values.number('percent')) / processes;
    // What a process can have in one piece: its user space without image, libraries and stack.
    const bytes = scaledBytes(Math.min(wanted, userBytes * 0.6), scale);
    const rounds = values.number('rounds');
    const order = values.choice('order');
    const sweep = [
      { op: 'transaction', name: 'sweep', mark: 'begin' },
      { op: 'touch', region: 'memory', write: true, order, count: scaled(bytes / 4096, 1) },
      { op: 'transaction', name: 'sweep', mark: 'end' },
    ];
    return {
      programs: {
        hog: [
          { op: 'mmap', as: 'memory', bytes, anonymous: true },
          { op: 'touch', region: 'memory', write: true },
          ...(rounds === 0 ? [] : [{ op: 'repeat', times: rounds, body: sweep }]),
          { op: 'munmap', region: 'memory' },
        ],
      },
      start: [{ program: 'hog', copies: processes }],
    };
  },
};
