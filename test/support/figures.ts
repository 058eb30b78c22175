/** Runs for figures: a workload of the library on a built-in machine, and tables that set a measurement beside a publication. */
import type { RunReport } from '../../src/sim/engine/report.ts';
import { Simulation } from '../../src/sim/engine/simulation.ts';
import { builtInById } from '../../src/sim/profiles/builtin/index.ts';
import { type MachineProfile, profileSchema } from '../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../src/sim/workloads/registry.ts';

/** References between two looks at a run. */
const LOOK_EVERY = 20_000;

export interface FigureRun {
  readonly builtIn: string;
  readonly kernel?: Partial<MachineProfile['kernel']>;
  readonly machine?: Partial<MachineProfile['machine']>;
  readonly program: string;
  readonly parameters?: Readonly<Record<string, number | string>>;
  readonly scale?: number;
  readonly seed?: number;
  /** Default: 16, or all where there are fewer. */
  readonly cpus?: number;
}

/** A simulation that has not begun yet. Throws an InputError where the machine does not boot. */
export function simulationOf(order: FigureRun): Simulation {
  const base = builtInById(order.builtIn)?.profile();
  if (base === undefined) throw new Error(`no built-in machine ${order.builtIn}`);
  const profile = profileSchema.parse({
    ...base,
    machine: { ...base.machine, ...order.machine },
    kernel: { ...base.kernel, ...order.kernel },
  });
  const all = profile.machine.nodes.reduce((sum, { cpus }) => sum + cpus, 0);
  const spec = {
    kind: 'program' as const,
    program: order.program,
    cpus: Array.from({ length: Math.min(order.cpus ?? 16, all) }, (_, cpu) => cpu),
    scale: order.scale ?? 1,
    parameters: order.parameters ?? {},
    startNs: 0,
  };
  const config = { profile, workloads: [spec], seed: order.seed ?? 0, sampleNs: 1e9 };
  return new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, config.seed)]);
}

/** The report of a run that has been run to its end. */
export function reportOf(order: FigureRun): RunReport {
  const simulation = simulationOf(order);
  while (!simulation.run(1e6));
  return simulation.report();
}

/** The report of a run as it stands when `ns` of virtual time have passed; what sleeps then sleeps on. */
export function reportAt(order: FigureRun, ns: number): RunReport {
  const simulation = simulationOf(order);
  while (simulation.timeNs < ns && !simulation.run(1));
  return simulation.report();
}

/** A line of /proc/meminfo, kB. */
export function meminfoOf({ result }: RunReport, name: string): number {
  const found = result.proc?.meminfo.find(([each]) => each === name);
  if (found === undefined) throw new Error(`no ${name} in meminfo`);
  return found[1];
}

/** Time in a function of the kernel, ns. */
export function functionNs({ result }: RunReport, name: string): number {
  return result.proc?.profile.find(([each]) => each === name)?.[1] ?? 0;
}

/** Prints rows in columns: text to the left, the rest to the right. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = [head, ...rows].map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  console.log(`\n${title}`);
  for (const row of cells) {
    console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '));
  }
}

export const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
/** A change in percent, with its sign. */
export const change = (before: number, after: number): string => percent(after / before - 1);
export const percent = (share: number): string => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

/** The report of a whole run, and the most objects in use that a slab cache had at any of the moments when it was looked at. */
export function reportWithPeak(order: FigureRun, cache: string): { readonly report: RunReport; readonly peak: number } {
  const simulation = simulationOf(order);
  let peak = 0;
  for (let ended = false; !ended;) {
    ended = simulation.run(LOOK_EVERY);
    const slab = simulation.report().result.proc?.slabs.find(({ name }) => name === cache);
    peak = Math.max(peak, slab?.active ?? 0);
  }
  return { report: simulation.report(), peak };
}
