/** File servers' clients: files made, written, read and removed as fast as can be. */
import { KIB } from '../../base/units.ts';
import { benchImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled } from './library-workload.ts';

export const dbench: LibraryWorkload = {
  id: 'dbench',
  title: 'dbench-like file churn',
  description: 'N clients make, write, read and remove files: page cache, inodes, dentries, writeback.',
  imitates:
    "A. Tridgell's dbench, which replays the calls that a NetBench client makes a file server do. Here a client goes through files of one size: made, written in pieces, read back, and removed some files later, so that the cache turns over; every tenth is flushed. " +
    'A file from its making to its removal takes two transactions, "store" and "remove". The real load file has more kinds of calls (stat, rename, find), which are left out.',
  scales: 'the number of files of a client.',
  parameters: [
    {
      name: 'clients',
      description: 'Clients',
      value: 16,
      least: 1,
      most: 10_000,
      source: 'arguments, row 12: dbench on 16 CPUs',
    },
    { name: 'files', description: 'Files of each client', value: 5000, least: 1, most: 1e7, source: 'assumed' },
    {
      name: 'fileKiB',
      description: 'Size of a file',
      value: 64,
      least: 1,
      most: 1024 * 1024,
      unit: 'KiB',
      source: 'assumed',
    },
    {
      name: 'pieceKiB',
      description: 'Size of a read or write',
      value: 8,
      least: 1,
      most: 1024,
      unit: 'KiB',
      source: 'assumed',
    },
    {
      name: 'kept',
      description: 'Files of a client that are there at a time',
      value: 20,
      least: 1,
      most: 10_000,
      source: 'assumed',
    },
  ],
  build(values, scale) {
    const piece = values.number('pieceKiB') * KIB;
    const size = values.number('fileKiB') * KIB;
    const pieces = Math.max(1, Math.round(size / piece));
    const kept = values.number('kept');
    const files = scaled(values.number('files'), scale);
    const name = (slot: number): string => `clients/{task}/${slot}`;
    const slots = Array.from({ length: Math.min(kept, files) }, (_, slot) => slot);
    const store = (slot: number): readonly object[] => [
      { op: 'transaction', name: 'store', mark: 'begin' },
      { op: 'create', file: name(slot) },
      { op: 'repeat', times: pieces, body: [{ op: 'write', file: name(slot), bytes: piece }] },
      { op: 'read', file: name(slot), offset: 0, bytes: pieces * piece },
      ...(slot % 10 === 9 ? [{ op: 'fsync', file: name(slot) }] : []),
      { op: 'transaction', name: 'store', mark: 'end' },
    ];
    const remove = (slot: number): readonly object[] => [
      { op: 'transaction', name: 'remove', mark: 'begin' },
      { op: 'unlink', file: name(slot) },
      { op: 'transaction', name: 'remove', mark: 'end' },
    ];
    return {
      images: { client: benchImage },
      programs: {
        client: [
          { op: 'exec', image: 'client' },
          ...startUp(0.1),
          ...slots.flatMap(store),
          ...rounds(
            Math.ceil(files / slots.length) - 1,
            slots.flatMap((slot) => [...remove(slot), ...store(slot)]),
          ),
          ...slots.flatMap(remove),
        ],
      },
      start: [{ program: 'client', copies: values.number('clients') }],
    };
  },
};

function rounds(times: number, body: readonly object[]): readonly object[] {
  return times < 1 ? [] : [{ op: 'repeat', times, body }];
}
