/** Forks of a process of known size: what shared page tables save. */
import { type LibraryWorkload, scaled } from './library-workload.ts';

export const forkChildren: LibraryWorkload = {
  id: 'fork-children',
  title: 'Fork of a large process',
  description: 'A process with k equally filled pte pages forks; the child touches t of them and exits.',
  imitates:
    'The fork test of D. McCracken (20 Dec 2002): fork and exit of a process with more or less memory. It has nothing but one anonymous mapping of k times what a pte page maps. ' +
    'A fork until the child has ended is a transaction.',
  scales: 'the number of forks.',
  parameters: [
    {
      name: 'ptePages',
      description: 'pte pages of the process (k)',
      value: 8,
      least: 1,
      most: 1024,
      source: 'numbers: rule of thumb, k = 4 to 30',
    },
    {
      name: 'touched',
      description: 'pte pages that the child writes to (t)',
      value: 3,
      least: 0,
      most: 1024,
      source: 'numbers: a child touches 3 pte pages',
    },
    {
      name: 'percent',
      description: 'Part of each pte page that is filled',
      value: 100,
      least: 1,
      most: 100,
      unit: '%',
      source: 'assumed',
    },
    { name: 'forks', description: 'Forks, one after the other', value: 1000, least: 1, most: 1e7, source: 'assumed' },
    {
      name: 'start',
      description: 'How children are made',
      value: 'fork',
      choices: ['fork', 'vfork', 'clone'],
      source: 'arguments, row 3',
    },
  ],
  build(values, scale, { ptePageBytes }) {
    const all = values.number('ptePages');
    const filled = Math.max(1, Math.floor(((ptePageBytes / 4096) * values.number('percent')) / 100)) * 4096;
    const numbers = Array.from({ length: all }, (_, number) => number);
    const touched = numbers.slice(0, Math.min(all, values.number('touched')));
    return {
      programs: {
        parent: [
          { op: 'mmap', as: 'memory', bytes: all * ptePageBytes, anonymous: true },
          ...numbers.map((number) => ({
            op: 'touch',
            region: 'memory',
            from: number * ptePageBytes,
            bytes: filled,
            write: true,
          })),
          {
            op: 'repeat',
            times: scaled(values.number('forks'), scale),
            body: [
              { op: 'transaction', name: 'fork', mark: 'begin' },
              { op: values.choice('start'), program: 'child' },
              { op: 'wait' },
              { op: 'transaction', name: 'fork', mark: 'end' },
            ],
          },
        ],
        child: touched.map((number) => ({
          op: 'touch',
          region: 'memory',
          from: number * ptePageBytes,
          bytes: 4096,
          write: true,
        })),
      },
      start: [{ program: 'parent' }],
    };
  },
};
