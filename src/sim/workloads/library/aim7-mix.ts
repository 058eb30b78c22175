/** Many users who each do a little of everything: what fills low memory with stacks, page tables and vmas. */
import { KIB, MIB } from '../../base/units.ts';
import { benchImage, startUp } from './images.ts';
import { type LibraryWorkload, scaled } from './library-workload.ts';

const FILE_BYTES = 256 * KIB;

export const aim7Mix: LibraryWorkload = {
  id: 'aim7',
  title: 'AIM7-like mix',
  description: 'N tasks, each a mix of brk, page, fork, exec, file and computing tests.',
  imitates:
    "AIM7's multiuser mix: N tasks that each go through a list of small tests (brk_test, page_test, fork_test, exec_test, creat-clo, disk_rd, disk_wr, mem_rtns and arithmetic). The tests have their names and kind, not their exact counts; a job (one pass through the list) is a transaction. " +
    'Sockets, pipes and signals are left out.',
  scales: 'the number of tasks; the jobs of each stay.',
  parameters: [
    {
      name: 'tasks',
      description: 'Tasks',
      value: 10_000,
      least: 1,
      most: 100_000,
      source: 'numbers: 10,000 AIM7 tasks, 48 GB (Irwin, 2003)',
    },
    { name: 'jobs', description: 'Jobs of each task', value: 1, least: 1, most: 1e6, source: 'assumed' },
    {
      name: 'together',
      description: 'Tasks begin when all are there',
      value: 'yes',
      choices: ['yes', 'no'],
      source: "AIM7's tasks start together",
    },
    {
      name: 'megaInstructions',
      description: 'Millions of instructions of the arithmetic of a job',
      value: 5,
      least: 1,
      most: 1e6,
      source: 'assumed',
    },
  ],
  build(values, scale) {
    const tasks = scaled(values.number('tasks'), scale);
    const together = values.choice('together') === 'yes' ? [{ op: 'barrier', name: 'begin', parties: tasks }] : [];
    return {
      files: { 'aim/fakeh': { bytes: FILE_BYTES } },
      images: { bench: benchImage },
      programs: {
        multitask: [
          { op: 'exec', image: 'bench' },
          ...startUp(0.1),
          { op: 'repeat', times: tasks, body: [{ op: 'fork', program: 'task' }] },
          { op: 'wait' },
        ],
        task: [
          { op: 'touch', region: 'stack', write: true },
          { op: 'touch', region: 'lib1.data', bytes: 8 * KIB, write: true },
          { op: 'touch', region: 'bss', write: true },
          ...together,
          {
            op: 'repeat',
            times: values.number('jobs'),
            body: [
              { op: 'transaction', name: 'job', mark: 'begin' },
              ...tests(values.number('megaInstructions') * 1e6),
              { op: 'transaction', name: 'job', mark: 'end' },
            ],
          },
        ],
        forked: [{ op: 'touch', region: 'stack', bytes: 4096, write: true }],
        executed: [{ op: 'exec', image: 'bench' }, ...startUp(0.05)],
      },
      start: [{ program: 'multitask' }],
    };
  },
};

function tests(instructions: number): readonly object[] {
  const file = 'tmp/aim{task}';
  return [
    // brk_test: the heap goes up and down, hardly touched.
    {
      op: 'repeat',
      times: 10,
      body: [
        { op: 'brk', as: 'brk_test', bytes: 64 * KIB },
        { op: 'touch', region: 'brk_test', bytes: 4096, write: true },
        { op: 'brk', as: 'brk_test', bytes: -64 * KIB },
      ],
    },
    // page_test: the heap goes up, is written, and goes down.
    { op: 'brk', as: 'page_test', bytes: 256 * KIB },
    { op: 'touch', region: 'page_test', write: true },
    { op: 'brk', as: 'page_test', bytes: -256 * KIB },
    // mem_rtns: a private mapping, at random.
    { op: 'mmap', as: 'mem_rtns', bytes: 1 * MIB, anonymous: true },
    { op: 'touch', region: 'mem_rtns', order: 'random', count: 64, write: true },
    { op: 'munmap', region: 'mem_rtns' },
    { op: 'repeat', times: 2, body: [{ op: 'fork', program: 'forked' }, { op: 'wait' }] },
    { op: 'fork', program: 'executed' },
    { op: 'wait' },
    // creat-clo, disk_wr, disk_rd.
    { op: 'create', file },
    { op: 'write', file, bytes: 64 * KIB },
    { op: 'read', file, offset: 0, bytes: 64 * KIB },
    { op: 'unlink', file },
    { op: 'read', file: 'aim/fakeh', bytes: FILE_BYTES },
    { op: 'compute', instructions },
  ];
}
