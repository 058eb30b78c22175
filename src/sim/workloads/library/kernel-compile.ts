/**
 * make -jN of a kernel: the workload behind most figures of the time. make starts the gcc driver for each object, the
 * driver runs cc1 and as one after the other (all by vfork and exec), and at the end everything is linked. Source: the
 * rule of %.o in Rules.make of Linux 2.4, a command without characters of the shell; job.c of GNU make 3.79.
 */
import { KIB, MIB } from '../../base/units.ts';
import {
  assemblerImage,
  compilerImage,
  driverImage,
  linkerImage,
  makeImage,
  pages,
  shellImage,
  startUp,
} from './images.ts';
import { type LibraryWorkload, scaled } from './library-workload.ts';

export const kernelCompile: LibraryWorkload = {
  id: 'compile',
  title: 'Kernel compile',
  description: 'make -jN: fork, exec, private anonymous memory, headers through the page cache.',
  imitates:
    'A compile of a 2.4 kernel with gcc 2.95 on a 2.4 or 2.5 kernel, as M. J. Bligh timed it on NUMA-Q (kernbench). One object is a transaction: what make starts, from its start to its exit. ' +
    'It leaves out the dependence between objects, recursion of make into directories, the pipes between programs, and the echo into a .flags file after each object. ' +
    'Of the references that a compiler makes, one in so many instructions is simulated; which they are is drawn from its heap, hot cells first.',
  scales: 'the number of objects (not what one takes), and with it the size of the link.',
  parameters: [
    {
      name: 'jobs',
      description: 'N of make -jN',
      value: 32,
      least: 1,
      most: 4096,
      source: 'numbers: kernel compile -j32, Bligh, 19 Feb 2003',
    },
    { name: 'objects', description: 'Objects compiled', value: 1000, least: 1, most: 100_000, source: 'assumed' },
    {
      name: 'headers',
      description: 'Header files read for each object',
      value: 200,
      least: 0,
      most: 10_000,
      source: 'assumed',
    },
    {
      name: 'headerBytes',
      description: 'Size of a header',
      value: 6 * KIB,
      least: 1,
      most: MIB,
      unit: 'bytes',
      source: 'assumed',
    },
    {
      name: 'sourceBytes',
      description: 'Size of a source file',
      value: 24 * KIB,
      least: 1,
      most: 16 * MIB,
      unit: 'bytes',
      source: 'assumed',
    },
    {
      name: 'objectBytes',
      description: 'Size of an object file',
      value: 20 * KIB,
      least: 1,
      most: 16 * MIB,
      unit: 'bytes',
      source: 'assumed',
    },
    {
      name: 'heapKiB',
      description: 'Heap of cc1 at its end',
      value: 5 * 1024,
      least: 64,
      most: 1024 * 1024,
      unit: 'KiB',
      source: 'assumed',
    },
    {
      name: 'megaInstructions',
      description: 'Millions of instructions of cc1 for an object',
      value: 300,
      least: 1,
      most: 1e6,
      source:
        'assumed: 27 s with local allocation on 16 CPUs are 430 ms for each of 1,000 objects; less what the model takes for its system time, misses and idling, at 0.7 ns an instruction',
    },
    {
      name: 'every',
      description: 'Instructions between two simulated references',
      value: 590,
      least: 1,
      most: 1e9,
      source:
        'calibrated: nearly every one misses the L2, so this sets the misses per instruction, and with them what local allocation saves a compile on a 16-way NUMA-Q: 47 s to 27 s (Bligh, 8 Mar 2002)',
    },
    {
      name: 'commands',
      description: 'Whom make starts: the compiler itself, or a shell that forks it (kbuild of 2.5)',
      value: 'direct',
      choices: ['direct', 'shell'],
      source: 'Rules.make of Linux 2.4; job.c of GNU make 3.79',
    },
  ],
  build(values, scale) {
    const jobs = values.number('jobs');
    const objects = scaled(values.number('objects'), scale);
    const heap = pages(values.number('heapKiB') * KIB);
    const instructions = values.number('megaInstructions') * 1e6;
    const every = values.number('every');
    const headers = values.number('headers');
    const objectBytes = values.number('objectBytes');
    const sourceBytes = values.number('sourceBytes');
    const steps = 8;
    const grow = pages(heap / steps);
    const shells = values.choice('commands') === 'shell';
    const working = { region: 'heap', every, writeEvery: 3, order: 'skewed' };
    // The heap grows while it compiles.
    const growing = Array.from({ length: steps - 1 }, (_, step) => [
      { op: 'brk', bytes: grow },
      { op: 'touch', region: 'heap', from: (step + 1) * grow, bytes: grow, write: true },
      { op: 'compute', instructions: Math.ceil(instructions / (steps - 1)), workingSet: working },
    ]).flat();
    const begin = [{ op: 'transaction', name: 'object', mark: 'begin' }];
    const end = [{ op: 'transaction', name: 'object', mark: 'end' }];
    const shell = [
      ...begin,
      { op: 'exec', image: 'shell' },
      ...startUp(0.2),
      { op: 'touch', region: 'text', bytes: pages(shellImage.textBytes / 3) },
      { op: 'brk', bytes: 160 * KIB },
      { op: 'touch', region: 'heap', write: true },
      { op: 'fork', program: 'driver' },
      { op: 'wait' },
      ...end,
    ];
    const driver = [
      { op: 'exec', image: 'gcc' },
      ...startUp(0.12),
      { op: 'touch', region: 'text' },
      { op: 'brk', bytes: 64 * KIB },
      { op: 'touch', region: 'heap', write: true },
      { op: 'vfork', program: 'compile' },
      { op: 'wait' },
      { op: 'vfork', program: 'assemble' },
      { op: 'wait' },
    ];
    return {
      files: {
        'linux/{round}.c': { bytes: sourceBytes },
        'linux/include/{round}.h': { bytes: values.number('headerBytes') },
      },
      images: {
        make: makeImage,
        ...(shells ? { shell: shellImage } : {}),
        gcc: driverImage,
        cc1: compilerImage,
        as: assemblerImage,
        ld: linkerImage,
      },
      programs: {
        make: [
          { op: 'exec', image: 'make' },
          ...startUp(0.15),
          { op: 'brk', bytes: 1 * MIB },
          { op: 'touch', region: 'heap', write: true },
          {
            op: 'repeat',
            times: objects,
            body: [
              { op: 'wait', running: jobs - 1 },
              { op: 'compute', instructions: 200_000 },
              { op: 'vfork', program: shells ? 'shell' : 'driver' },
            ],
          },
          { op: 'wait' },
          { op: 'vfork', program: 'link' },
          { op: 'wait' },
        ],
        ...(shells ? { shell } : {}),
        driver: shells ? [{ op: 'touch', region: 'stack', write: true }, ...driver] : [...begin, ...driver, ...end],
        compile: [
          { op: 'exec', image: 'cc1' },
          ...startUp(0.2),
          { op: 'touch', region: 'text', bytes: pages(compilerImage.textBytes * 0.7) },
          { op: 'touch', region: 'bss', bytes: pages(compilerImage.bssBytes / 2), write: true },
          { op: 'read', file: 'linux/{round}.c', bytes: sourceBytes },
          { op: 'brk', bytes: grow },
          { op: 'touch', region: 'heap', write: true },
          ...(headers === 0
            ? []
            : [
                {
                  op: 'repeat',
                  times: headers,
                  body: [{ op: 'read', file: 'linux/include/{round}.h', bytes: values.number('headerBytes') }],
                },
              ]),
          ...growing,
          { op: 'create', file: 'tmp/{round}.s' },
          { op: 'write', file: 'tmp/{round}.s', bytes: objectBytes * 4 },
        ],
        assemble: [
          { op: 'exec', image: 'as' },
          ...startUp(0.12),
          { op: 'touch', region: 'text' },
          { op: 'brk', bytes: 512 * KIB },
          { op: 'touch', region: 'heap', write: true },
          { op: 'read', file: 'tmp/{round}.s', offset: 0, bytes: objectBytes * 4 },
          { op: 'unlink', file: 'tmp/{round}.s' },
          { op: 'compute', instructions: Math.ceil(instructions / 20), workingSet: working },
          { op: 'create', file: 'linux/{round}.o' },
          { op: 'write', file: 'linux/{round}.o', bytes: objectBytes },
        ],
        link: [
          { op: 'exec', image: 'ld' },
          ...startUp(0.12),
          { op: 'touch', region: 'text' },
          { op: 'repeat', times: objects, body: [{ op: 'read', file: 'linux/{round}.o', bytes: objectBytes }] },
          { op: 'brk', bytes: pages(objects * objectBytes * 0.3) },
          { op: 'touch', region: 'heap', write: true },
          { op: 'create', file: 'linux/vmlinux' },
          { op: 'write', file: 'linux/vmlinux', bytes: pages(objects * objectBytes * 0.3) },
        ],
      },
      start: [{ program: 'make' }],
    };
  },
};
