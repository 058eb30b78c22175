/** A file read once from end to end beside memory that is used again and again: what page replacement is judged by. */
import { KIB } from '../../base/units.ts';
import { type LibraryWorkload, scaledBytes } from './library-workload.ts';

export const streamingReader: LibraryWorkload = {
  id: 'streaming-reader',
  title: 'Streaming reader beside a hot set',
  description: 'One process reads a file larger than memory while another uses its own memory at random.',
  imitates:
    'A backup or a scan of a table beside an interactive program: the argument whether page replacement keeps the hot set. A round of the hot process (as many references as it has pages) is a transaction, and so is each 64 KiB of the reader.',
  scales: 'both sizes; give the machine less memory in proportion (mem=), or nothing is replaced.',
  parameters: [
    {
      name: 'filePercent',
      description: 'File, of what memory there is',
      value: 200,
      least: 1,
      most: 10_000,
      unit: '%',
      source: 'assumed: larger than memory',
    },
    {
      name: 'hotPercent',
      description: 'Hot set, of what memory there is',
      value: 40,
      least: 1,
      most: 100,
      unit: '%',
      source: 'assumed',
    },
    { name: 'rounds', description: 'Rounds of the hot process', value: 20, least: 1, most: 1e6, source: 'assumed' },
    {
      name: 'restMs',
      description: 'Sleep between two rounds',
      value: 10,
      least: 0,
      most: 1e6,
      unit: 'ms',
      source: 'assumed',
    },
    {
      name: 'order',
      description: 'Order of the hot references',
      value: 'random',
      choices: ['linear', 'random', 'skewed'],
      source: 'assumed',
    },
    {
      name: 'mapped',
      description: 'The reader reads, or maps the file and touches it',
      value: 'no',
      choices: ['no', 'yes'],
      source: 'assumed',
    },
  ],
  build(values, scale, { memoryBytes, userBytes }) {
    const part = (name: string): number => (memoryBytes / 100) * values.number(name);
    const hot = scaledBytes(Math.min(part('hotPercent'), userBytes * 0.6), scale);
    const mapped = values.choice('mapped') === 'yes';
    const file = scaledBytes(
      mapped ? Math.min(part('filePercent'), userBytes * 0.6) : part('filePercent'),
      scale,
      PIECE,
    );
    const rest = values.number('restMs');
    const reader = mapped
      ? [
          { op: 'mmap', as: 'file', bytes: file, file: 'data/stream', shared: true, write: false },
          { op: 'touch', region: 'file' },
        ]
      : [
          {
            op: 'repeat',
            times: Math.ceil(file / PIECE),
            body: [
              { op: 'transaction', name: 'read', mark: 'begin' },
              { op: 'read', file: 'data/stream', bytes: PIECE },
              { op: 'transaction', name: 'read', mark: 'end' },
            ],
          },
        ];
    return {
      files: { 'data/stream': { bytes: file } },
      programs: {
        reader: [{ op: 'barrier', name: 'begin', parties: 2 }, ...reader],
        hot: [
          { op: 'mmap', as: 'hot', bytes: hot, anonymous: true },
          { op: 'touch', region: 'hot', write: true },
          { op: 'barrier', name: 'begin', parties: 2 },
          {
            op: 'repeat',
            times: values.number('rounds'),
            body: [
              { op: 'transaction', name: 'round', mark: 'begin' },
              { op: 'touch', region: 'hot', order: values.choice('order'), count: hot / 4096 },
              { op: 'transaction', name: 'round', mark: 'end' },
              ...(rest === 0 ? [] : [{ op: 'sleep', ns: rest * 1e6 }]),
            ],
          },
        ],
      },
      start: [{ program: 'hot' }, { program: 'reader' }],
    };
  },
};

const PIECE = 64 * KIB;
