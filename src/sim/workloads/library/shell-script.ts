/** A shell script of small commands: fork and exec, and hardly anything else. */
import { KIB } from '../../base/units.ts';
import { commandImage, shellImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled } from './library-workload.ts';

export const shellScript: LibraryWorkload = {
  id: 'shell-script',
  title: 'Shell script',
  description: 'bash runs one small command after the other: fork, exec, a few pages, exit.',
  imitates:
    'A script of commands such as expr, cat and rm, as in the argument whether bash should clone instead of fork. A shell has three pte pages (program and heap, libraries, stack), which its child touches at once. ' +
    'A command, from its fork to its end, is a transaction. Builtins, pipes and redirections are left out.',
  scales: 'the number of commands.',
  parameters: [
    { name: 'shells', description: 'Scripts that run at a time', value: 1, least: 1, most: 10_000, source: 'assumed' },
    { name: 'commands', description: 'Commands of each script', value: 5000, least: 1, most: 1e7, source: 'assumed' },
    {
      name: 'heapKiB',
      description: 'Heap of the shell',
      value: 320,
      least: 4,
      most: 1024,
      unit: 'KiB',
      source: 'assumed; below what would take a fourth pte page',
    },
    {
      name: 'start',
      description: 'How the shell starts a command',
      value: 'fork',
      choices: ['fork', 'vfork'],
      source: 'bash forks (arguments, row 3)',
    },
    {
      name: 'kiloInstructions',
      description: 'Thousands of instructions of a command',
      value: 200,
      least: 1,
      most: 1e9,
      source: 'assumed',
    },
  ],
  build(values, scale) {
    const start = values.choice('start');
    // A child that borrows its parent's memory execs at once.
    const between = start === 'vfork' ? [] : CHILD;
    return {
      images: { shell: shellImage, command: commandImage },
      programs: {
        shell: [
          { op: 'exec', image: 'shell' },
          ...startUp(0.25),
          { op: 'touch', region: 'text', bytes: 240 * KIB },
          { op: 'touch', region: 'bss', write: true },
          { op: 'brk', bytes: values.number('heapKiB') * KIB },
          { op: 'touch', region: 'heap', write: true },
          {
            op: 'repeat',
            times: scaled(values.number('commands'), scale),
            body: [
              { op: 'transaction', name: 'command', mark: 'begin' },
              { op: start, program: 'command' },
              { op: 'wait' },
              { op: 'transaction', name: 'command', mark: 'end' },
              { op: 'touch', region: 'heap', bytes: 16 * KIB, write: true },
              { op: 'touch', region: 'stack', write: true },
              { op: 'compute', instructions: 50_000 },
            ],
          },
        ],
        command: [
          ...between,
          { op: 'exec', image: 'command' },
          ...startUp(0.1),
          { op: 'touch', region: 'text' },
          { op: 'brk', bytes: 8 * KIB },
          { op: 'touch', region: 'heap', write: true },
          { op: 'compute', instructions: values.number('kiloInstructions') * 1000 },
        ],
      },
      start: [{ program: 'shell', copies: values.number('shells') }],
    };
  },
};

/** What a forked shell touches before it execs: stack, libc's data, its own data and heap. */
const CHILD = [
  { op: 'touch', region: 'stack', write: true },
  { op: 'touch', region: 'lib1.data', bytes: 8 * KIB, write: true },
  { op: 'touch', region: 'data', bytes: 8 * KIB, write: true },
  { op: 'touch', region: 'heap', bytes: 8 * KIB, write: true },
];
