/** Programs that hardly do anything themselves: small reads and writes, mappings made and taken away, now and then a fork. */
import { KIB } from '../../base/units.ts';
import { benchImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled, type Values } from './library-workload.ts';

const PIECE = 512;

export const syscalls: LibraryWorkload = {
  id: 'syscalls',
  title: 'System calls',
  description: 'N programs that read, write, map and fork in small pieces: kernel text, compilers, text per node.',
  imitates:
    'A system-call heavy load, as lmbench goes through the calls one by one: 512 bytes read and written, a page mapped, touched and unmapped, and once a round a fork that ends at once. ' +
    'A round is a transaction. Calls that the lab does not have (stat, poll, signals, sockets) are left out.',
  scales: 'the number of rounds.',
  parameters: [
    { name: 'tasks', description: 'Programs', value: 16, least: 1, most: 10_000, source: 'assumed: one a CPU' },
    { name: 'rounds', description: 'Rounds of each', value: 1000, least: 1, most: 1e7, source: 'assumed' },
    { name: 'files', description: 'Reads and writes of a round', value: 20, least: 0, most: 1e6, source: 'assumed' },
    { name: 'maps', description: 'Mappings of a round', value: 5, least: 0, most: 1e6, source: 'assumed' },
    { name: 'forks', description: 'Forks of a round', value: 1, least: 0, most: 1e6, source: 'assumed' },
    {
      name: 'instructions',
      description: 'Instructions of the program between two calls',
      value: 200,
      least: 0,
      most: 1e9,
      source: 'assumed',
    },
    {
      name: 'cacheKiB',
      description: 'Data of the program that it goes through in a round',
      value: 0,
      least: 0,
      most: 1024 * 1024,
      unit: 'KiB',
      source: 'assumed: none, so that caches are the kernel’s',
    },
    {
      name: 'threads',
      description: 'Threads of each program; more than one read and write alone',
      value: 1,
      least: 1,
      most: 1000,
      source: 'assumed',
    },
    {
      name: 'pauseNs',
      description: 'Sleep between two rounds',
      value: 0,
      least: 0,
      most: 1e12,
      unit: 'ns',
      source: 'assumed',
    },
  ],
  build(values, scale) {
    const threads = values.number('threads');
    const data = values.number('cacheKiB') * KIB;
    const begin = [{ op: 'exec', image: 'bench' }, ...startUp(0.1), { op: 'touch', region: 'text' }];
    const loop = {
      op: 'repeat',
      times: scaled(values.number('rounds'), scale),
      body: round(values, threads > 1),
    };
    const work = [{ op: 'create', file: FILE }, { op: 'write', file: FILE, bytes: 4 * KIB }, loop];
    const heap =
      data === 0
        ? []
        : [
            { op: 'brk', bytes: data },
            { op: 'touch', region: 'heap', write: true },
          ];
    return {
      images: { bench: benchImage },
      programs: {
        calls:
          threads === 1
            ? [...begin, ...heap, ...work]
            : [
                ...begin,
                ...heap,
                { op: 'repeat', times: threads, body: [{ op: 'clone', program: 'thread' }] },
                { op: 'wait' },
              ],
        ...(threads === 1 ? {} : { thread: work }),
        child: [{ op: 'touch', region: 'stack', bytes: 4 * KIB, write: true }],
      },
      start: [{ program: 'calls', copies: values.number('tasks') }],
    };
  },
};

const FILE = 'tmp/calls{task}';

/** One round; threads have one address space, in which only one of them could name a mapping. */
function round(values: Values, threaded: boolean): readonly object[] {
  const instructions = values.number('instructions');
  const think = instructions === 0 ? [] : [{ op: 'compute', instructions }];
  const repeated = (times: number, body: readonly object[]): readonly object[] =>
    times === 0 ? [] : [{ op: 'repeat', times, body }];
  const io = [
    { op: 'read', file: FILE, offset: 0, bytes: PIECE },
    ...think,
    { op: 'write', file: FILE, offset: 0, bytes: PIECE },
    ...think,
  ];
  const map = [
    { op: 'mmap', as: 'page', bytes: 4 * KIB, anonymous: true },
    { op: 'touch', region: 'page', write: true },
    { op: 'munmap', region: 'page' },
    ...think,
  ];
  const fork = [{ op: 'fork', program: 'child' }, { op: 'wait' }];
  const pause = values.number('pauseNs');
  return [
    { op: 'transaction', name: 'round', mark: 'begin' },
    ...repeated(values.number('files'), io),
    ...(threaded ? [] : [...repeated(values.number('maps'), map), ...repeated(values.number('forks'), fork)]),
    ...(values.number('cacheKiB') === 0 ? [] : [{ op: 'touch', region: 'heap', step: 32 }]),
    { op: 'transaction', name: 'round', mark: 'end' },
    ...(pause === 0 ? [] : [{ op: 'sleep', ns: pause }]),
  ];
}
