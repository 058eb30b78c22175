/**
 * A database server: processes around one shared segment, with skewed lookups. Where the buffer cache is larger than an
 * address space, the processes see it through windows that they move.
 */
import { KIB, MIB } from '../../base/units.ts';
import { pages, serverImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled, scaledBytes, type Values } from './library-workload.ts';

const WINDOW = 64 * KIB;
const LARGEST = 64 * 1024 * 1024;

export const database: LibraryWorkload = {
  id: 'database',
  title: 'Database server',
  description: 'N processes attach one shared segment and look things up in it: page tables, reverse maps, placement.',
  imitates:
    'A process-per-client database of the time (Oracle, DB2 on 32 bits): N servers that attach one segment of 2 GiB, a large program text, private memory for each. One lookup goes through an index, reads rows and writes one; it is a transaction. ' +
    'With windows the cache is larger than user space: a server maps 64 KiB of it for each row, by remap_file_pages or by mmap and munmap, as with the indirect buffers of the time. Logging and the disks behind the cache are left out.',
  scales: 'the bytes of the segment and the lookups; the number of servers stays.',
  parameters: [
    { name: 'servers', description: 'Server processes', value: 20, least: 1, most: 10_000, source: 'assumed' },
    {
      name: 'segmentMiB',
      description: 'Shared segment, or the cache behind windows',
      value: 2048,
      least: 1,
      most: LARGEST,
      unit: 'MiB',
      source: 'numbers: 2 GB shared segment (Oracle Apps, Bligh, 27 Dec 2002)',
    },
    { name: 'huge', description: 'Segment in hugetlb pages', value: 'no', choices: ['no', 'yes'], source: 'assumed' },
    {
      name: 'windows',
      description: 'How a cache larger than user space is seen',
      value: 'none',
      choices: ['none', 'remap', 'mmap'],
      source: 'arguments, rows 2 and 22',
    },
    {
      name: 'windowsMiB',
      description: 'Window area of each server',
      value: 512,
      least: 1,
      most: 2048,
      unit: 'MiB',
      source: 'assumed',
    },
    {
      name: 'first',
      description: 'Who writes to the segment first',
      value: 'one',
      choices: ['one', 'nobody'],
      source: 'arguments, row 5: initialised by one process, used by all',
    },
    {
      name: 'all',
      description: 'Each server touches the whole segment before it serves',
      value: 'no',
      choices: ['no', 'yes'],
      source: 'assumed',
    },
    { name: 'lookups', description: 'Lookups of each server', value: 10_000, least: 0, most: 1e9, source: 'assumed' },
    { name: 'rows', description: 'Pages that a lookup reads', value: 12, least: 1, most: 1e6, source: 'assumed' },
    {
      name: 'privateKiB',
      description: 'Private memory of a server',
      value: 2048,
      least: 4,
      most: 1024 * 1024,
      unit: 'KiB',
      source: 'assumed',
    },
    {
      name: 'kiloInstructions',
      description: 'Thousands of instructions of a lookup',
      value: 60,
      least: 1,
      most: 1e6,
      source: 'assumed',
    },
  ],
  build(values, scale, { ptePageBytes }) {
    const servers = values.number('servers');
    const lookups = scaled(values.number('lookups'), scale, values.number('lookups') === 0 ? 0 : 1);
    const windows = values.choice('windows');
    const seen = windows === 'none';
    const huge = values.choice('huge') === 'yes';
    // A hugetlb page is as large as what a pte page maps.
    const step = huge ? ptePageBytes : 4096;
    const bytes = pages(scaledBytes(values.number('segmentMiB') * MIB, scale, WINDOW), step);
    const attach = seen ? [{ op: 'mmap', as: 'segment', bytes, segment: 'cache' }] : [];
    // A cache behind windows is written to as the lookups come to it.
    const first =
      values.choice('first') === 'one' && seen ? [{ op: 'touch', region: 'segment', step, write: true }] : [];
    return {
      segments: { cache: { bytes, huge } },
      images: { server: serverImage },
      programs: {
        listener: [
          { op: 'exec', image: 'server' },
          ...startUp(0.2),
          ...attach,
          ...first,
          { op: 'repeat', times: servers, body: [{ op: 'fork', program: 'server' }] },
          { op: 'wait' },
        ],
        server: [
          { op: 'exec', image: 'server' },
          ...startUp(0.25),
          { op: 'touch', region: 'text', bytes: 2 * MIB },
          { op: 'brk', bytes: pages(values.number('privateKiB') * KIB) },
          { op: 'touch', region: 'heap', write: true },
          ...attach,
          ...(values.choice('all') === 'yes' && seen ? [{ op: 'touch', region: 'segment', step }] : []),
          ...(windows === 'remap' ? [windowArea(values, bytes)] : []),
          { op: 'barrier', name: 'ready', parties: servers },
          ...(lookups === 0 ? [] : [{ op: 'repeat', times: lookups, body: lookup(values, bytes) }]),
        ],
      },
      start: [{ program: 'listener' }],
    };
  },
};

/** The area in which windows are moved about; as large as the cache where that is smaller. */
function windowArea(values: Values, bytes: number): object {
  const area = Math.min(bytes, values.number('windowsMiB') * MIB);
  return { op: 'mmap', as: 'windows', bytes: area, segment: 'cache' };
}

function lookup(values: Values, bytes: number): readonly object[] {
  const rows = values.number('rows');
  const compute = {
    op: 'compute',
    instructions: values.number('kiloInstructions') * 1000,
    workingSet: { region: 'heap', every: 1000, writeEvery: 4, order: 'skewed' },
  };
  return [
    { op: 'transaction', name: 'lookup', mark: 'begin' },
    ...reach(values, bytes, rows),
    compute,
    { op: 'transaction', name: 'lookup', mark: 'end' },
  ];
}

/** How a lookup comes to its rows. */
function reach(values: Values, bytes: number, rows: number): readonly object[] {
  const windows = values.choice('windows');
  if (windows === 'none') {
    return [
      { op: 'touch', region: 'segment', step: 4096, order: 'skewed', count: rows },
      { op: 'touch', region: 'segment', step: 4096, order: 'skewed', count: 1, write: true },
    ];
  }
  if (windows === 'mmap') {
    const size = Math.min(WINDOW, bytes);
    const one = [
      { op: 'mmap', as: 'window', bytes: size, segment: 'cache', offset: 'skewed' },
      { op: 'touch', region: 'window', bytes: 4096, write: true },
      { op: 'munmap', region: 'window' },
    ];
    return [{ op: 'repeat', times: rows, body: one }];
  }
  const area = Math.min(bytes, values.number('windowsMiB') * MIB);
  const slots = Math.max(1, Math.floor(area / WINDOW));
  return Array.from({ length: rows }, (_, row) => {
    // Far apart, so that a lookup's windows lie in pte pages of their own, as those of a busy server come to.
    const from = (Math.floor((row * slots) / rows) % slots) * WINDOW;
    const size = Math.min(WINDOW, area);
    return [
      { op: 'remapFilePages', region: 'windows', from, bytes: size, offset: 'skewed' },
      { op: 'touch', region: 'windows', from, bytes: 4096, write: true },
    ];
  }).flat();
}
