/** A load of system calls whose times are compared: compilers and sizes of L2, and copies of the kernel's text. */
import type { RunReport } from '../../src/sim/engine/report.ts';
import { Simulation } from '../../src/sim/engine/simulation.ts';
import { builtInById } from '../../src/sim/profiles/builtin/index.ts';
import { compilerFigures } from '../../src/sim/profiles/compilers.ts';
import type { KernelSpec } from '../../src/sim/profiles/kernel-schema.ts';
import { profileSchema } from '../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../src/sim/workloads/registry.ts';
import { parseScript } from '../../src/sim/workloads/script.ts';
import { type FigureRun, reportOf } from './figures.ts';

const BOX = 'numaq-16g-4quad';

/** What a comparison of compilers rests on; factors of -Os against -O2. */
export interface TextInputs {
  readonly text: number;
  readonly instructions: number;
  readonly bytesPerInstruction: number;
  /** Instructions of all paths, and L2's time of a hit, as factors. */
  readonly paths: number;
  readonly l2HitNs: number;
}

const SMALL = { compiler: 'gcc-2.95', optimisation: '-Os' } as const;

/** The inputs that the lab assumes. */
export const assumed: TextInputs = { ...compilerFigures({ ...SMALL }), paths: 1, l2HitNs: 1 };

export interface TextOrder {
  readonly l2KiB: number;
  /** Data that the program goes through in a round, KiB. */
  readonly cacheKiB: number;
  readonly scale: number;
  readonly inputs?: TextInputs;
  /** Kernels whose text is a few KiB larger than the other's, so that functions fall on other sets of the caches. */
  readonly layouts?: number;
}

const STEP_KIB = 29;

/** Time of -Os over that of -O2, less 1, on one CPU: the mean over `layouts`. Above 0: -O2 is faster. */
export function smallOverFast({ l2KiB, cacheKiB, scale, inputs = assumed, layouts = 1 }: TextOrder): number {
  const { text, instructions, bytesPerInstruction: bytes, paths } = inputs;
  const base = { text: 1, instructions: paths, bytesPerInstruction: bytes * paths };
  const small = { text, instructions: instructions * paths, bytesPerInstruction: bytes * paths };
  const machine = builtInById(BOX)?.profile().machine;
  const codeKiB = builtInById(BOX)?.profile().kernel.codeKiB;
  if (machine === undefined || codeKiB === undefined) throw new Error(`no built-in machine ${BOX}`);
  const { l2 } = machine.cpu;
  const cpu = { ...machine.cpu, l2: { ...l2, kib: l2KiB, hitNs: l2.hitNs * inputs.l2HitNs } };
  const timeOf = (compiled: KernelSpec['compiled'], layout: number): number =>
    reportOf({
      builtIn: BOX,
      machine: { cpu },
      kernel: { compiled, codeKiB: codeKiB + layout * STEP_KIB },
      program: 'syscalls',
      parameters: { tasks: 1, cacheKiB },
      cpus: 1,
      scale,
    }).result.elapsedNs;
  let [slow, fast] = [0, 0];
  for (let layout = 0; layout < layouts; layout++) {
    slow += timeOf(small, layout);
    fast += timeOf(base, layout);
  }
  return slow / fast - 1;
}

export interface CopyFigures {
  readonly elapsedNs: number;
  readonly systemNs: number;
  readonly remote: number;
  readonly switches: number;
}

/** System calls on all 16 CPUs of four quads, the kernel's text in one copy or one a node. */
export function copyFigures(
  kernelText: KernelSpec['kernelText'],
  parameters: NonNullable<FigureRun['parameters']>,
  scale: number,
): CopyFigures {
  return figuresOf(reportOf({ builtIn: BOX, kernel: { kernelText }, program: 'syscalls', parameters, scale }).result);
}

/** Three programs with a thread on CPU 0 and one on CPU 4, of another node, that read, write and sleep `rounds` times. */
export function spanningFigures(kernelText: KernelSpec['kernelText'], rounds: number): CopyFigures {
  const base = builtInById(BOX)?.profile();
  const profile = profileSchema.parse({ ...base, kernel: { ...base?.kernel, kernelText } });
  const file = 'tmp/calls{task}';
  const thread = (cpu: number): readonly object[] => [
    { op: 'setAffinity', cpus: [cpu] },
    { op: 'create', file },
    {
      op: 'repeat',
      times: rounds,
      body: [
        { op: 'write', file, offset: 0, bytes: 512 },
        { op: 'sleep', ns: 20_000 },
      ],
    },
  ];
  const main = [{ op: 'clone', program: 'near' }, { op: 'clone', program: 'far' }, { op: 'wait' }];
  const script = parseScript({
    format: 'numaq-lab/script',
    version: 1,
    title: 'Threads on two nodes',
    programs: { main, near: thread(0), far: thread(4) },
    start: [{ program: 'main', copies: 3 }],
  });
  const spec = { kind: 'script' as const, script, cpus: [0, 4], startNs: 0 };
  const config = { profile, workloads: [spec], seed: 0, sampleNs: 1e9 };
  const simulation = new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, 0)]);
  while (!simulation.run(1e6));
  return figuresOf(simulation.report().result);
}

function figuresOf({ elapsedNs, totals }: RunReport['result']): CopyFigures {
  const { systemNs, kernelTextRemote, textSwitches } = totals;
  return { elapsedNs, systemNs, remote: kernelTextRemote, switches: textSwitches };
}
