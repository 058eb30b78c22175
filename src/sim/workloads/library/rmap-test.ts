/** Many mappings of one file in many processes, larger than memory is comfortable with: what reverse maps are tested with. */
import { type LibraryWorkload, scaled } from './library-workload.ts';

export const rmapTest: LibraryWorkload = {
  id: 'rmap-test',
  title: 'rmap-test',
  description: 'P processes with V mappings of one file each, written to page by page, linear or random.',
  imitates:
    "A. Morton's rmap-test (5 Apr 2003): a process makes V mappings of parts of a fresh file that lie a page apart, writes to a byte of every page, forks P children, and each of them writes to all pages in turn, or to as many at random. " +
    'Differences: there is no msync(MS_ASYNC) before the forks (writeback finds the pages by itself), and random pages come from the seed. An iteration of a child is a transaction.',
  scales:
    'processes and mappings, by its square root each; the file shrinks with the mappings, so give the machine less memory in proportion (mem=).',
  parameters: [
    {
      name: 'processes',
      description: 'P: children (-t)',
      value: 100,
      least: 1,
      most: 10_000,
      source: 'numbers: rmap-test, Morton, 5 Apr 2003 (-t 100)',
    },
    {
      name: 'mappings',
      description: 'V: mappings of each (-n)',
      value: 100,
      least: 1,
      most: 100_000,
      source: 'numbers: same (-n 100)',
    },
    {
      name: 'pages',
      description: 'Pages of a mapping (-s)',
      value: 600,
      least: 1,
      most: 1e6,
      source: 'numbers: same (-s 600)',
    },
    {
      name: 'iterations',
      description: 'Times that each child goes over all (-i)',
      value: 10,
      least: 1,
      most: 1e6,
      source: 'numbers: same (-i 10)',
    },
    {
      name: 'processed',
      description: 'Random: mappings’ worth of pages that an iteration of a child writes to (-V); 0: as many as it has',
      value: 0,
      least: 0,
      most: 100_000,
      source: 'rmap-test.c: all where -V is not given; the random run was measured with -V 2 -i 1',
    },
    {
      name: 'order',
      description: 'Linear (-l) or random (-r)',
      value: 'linear',
      choices: ['linear', 'random'],
      source: 'numbers: both were measured',
    },
  ],
  build(values, scale) {
    const root = Math.sqrt(scale);
    const mappings = scaled(values.number('mappings'), root);
    const pages = values.number('pages');
    const order = values.choice('order');
    const processed = order === 'random' && values.number('processed') > 0 ? values.number('processed') : mappings;
    const bytes = pages * 4096;
    return {
      programs: {
        'rmap-test': [
          { op: 'create', file: 'tmp/rmap-test' },
          { op: 'truncate', file: 'tmp/rmap-test', bytes: mappings * bytes + (mappings - 1) * 4096 },
          {
            op: 'mmap',
            as: 'mapped',
            bytes,
            file: 'tmp/rmap-test',
            pieces: { count: mappings, gap: 4096 },
            shared: true,
          },
          { op: 'touch', region: 'mapped', write: true },
          {
            op: 'repeat',
            times: scaled(values.number('processes'), root),
            body: [{ op: 'fork', program: 'child' }],
          },
          { op: 'wait' },
        ],
        child: [
          { op: 'sleep', ns: 1e9 },
          {
            op: 'repeat',
            times: values.number('iterations'),
            body: [
              { op: 'transaction', name: 'iteration', mark: 'begin' },
              { op: 'touch', region: 'mapped', write: true, order, count: processed * pages },
              { op: 'transaction', name: 'iteration', mark: 'end' },
            ],
          },
        ],
      },
      start: [{ program: 'rmap-test' }],
    };
  },
};
