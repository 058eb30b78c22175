/**
 * A run, ready to be done: the same in a worker, on the command line and in a test. Nothing here knows of threads or
 * of wall-clock time, so that the same order gives the same bytes wherever it is done.
 */
import {
  buildProgram,
  type Followed,
  followReference,
  type FollowWhat,
  type HistoryRow,
  InputError,
  type MachineProfile,
  makeIssue,
  type Program,
  type RunConfig,
  Simulation,
  type Timeline,
  type TraceSource,
  type Turn,
  type WorkloadSpec,
} from '../sim/index.ts';
import { bootMachine } from './machines.ts';
import { ranges } from './ranges.ts';

/** What is to be run. Plain data. */
export interface RunOrder {
  readonly profile: MachineProfile;
  readonly workloads: readonly WorkloadSpec[];
  readonly seed: number;
  /** Left out: so that a run whose references cost 10 ns gives about 200 rows, rounded to 1, 2 or 5; 10 ms with a script. */
  readonly sampleNs?: number;
  /** Knobs turned while it runs, by their times. */
  readonly turns?: readonly Turn[];
  /** What earlier runs know of programs. */
  readonly history?: readonly HistoryRow[];
}

export type TraceLookup = (sha256: string) => TraceSource | undefined;

/** Who looks on: a timeline that records, a screen that shows the run while it goes on. Neither changes anything of it. */
export interface Onlookers {
  readonly timeline?: Timeline;
  readonly live?: boolean;
}

/**
 * A simulation of `order`. Throws InputError where the machine does not boot, a CPU is not there, or a trace is not
 * open or does not fit.
 */
export function startSimulation(order: RunOrder, traces: TraceLookup, { timeline, live }: Onlookers = {}): Simulation {
  const { config, programs } = prepareRun(order, traces);
  return new Simulation(config, programs, timeline, live);
}

/** Follows one reference of `order` on a CPU; throws as startSimulation() does. */
export function followOrder(
  order: RunOrder,
  traces: TraceLookup,
  cpu: number,
  what: FollowWhat,
  cancelled?: () => boolean,
): Followed {
  const { config, programs } = prepareRun(order, traces);
  return followReference(config, programs, cpu, what, cancelled);
}

function prepareRun(
  order: RunOrder,
  traces: TraceLookup,
): { readonly config: RunConfig; readonly programs: readonly Program[] } {
  const { profile, seed } = order;
  const layout = bootMachine(profile);
  if (layout.issues.length > 0) throw new InputError(profile.title, layout.issues);
  if (!layout.boots) {
    const message = layout.failure?.message ?? 'this machine does not boot';
    throw new InputError(profile.title, [{ ...makeIssue('no-boot', '', 'a machine that boots', message), message }]);
  }
  checkCpus(order);
  const workloads = order.workloads;
  const programs = workloads.map((workload, index) => buildProgram(workload, profile, traces, index, seed));
  const config: RunConfig = {
    profile,
    workloads,
    seed,
    sampleNs: order.sampleNs ?? sampleInterval(programs),
    ...(order.turns === undefined ? {} : { turns: [...order.turns].sort((a, b) => a.timeNs - b.timeNs) }),
    ...(order.history === undefined ? {} : { history: order.history }),
  };
  return { config, programs };
}

function checkCpus({ profile, workloads }: RunOrder): void {
  const cpus = profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
  const issues = workloads.flatMap((workload, index) => {
    const path = `workloads[${index}].cpus`;
    const asked = ranges(workload.cpus);
    if (workload.cpus.some((cpu) => cpu >= cpus)) {
      const issue = makeIssue('no-cpu', path, `CPUs from 0 to ${cpus - 1}`, asked);
      return [{ ...issue, message: `CPUs 0 to ${cpus - 1} are there, asked for ${asked}` }];
    }
    const before = new Set<number>();
    const twice = workload.cpus.find((cpu) => before.has(cpu) || !before.add(cpu));
    return twice === undefined ? [] : [makeIssue('cpu-twice', path, 'each CPU once', `${twice} a second time`)];
  });
  if (issues.length > 0) throw new InputError('', issues.slice(0, 20));
}

/** Of scripts nobody knows beforehand how long they take: rows as often as a person looks at a second. */
const SCRIPT_SAMPLE_NS = 10e6;

/** See RunOrder.sampleNs. */
function sampleInterval(programs: readonly Program[]): number {
  if (programs.some(({ scripted }) => scripted !== undefined)) return SCRIPT_SAMPLE_NS;
  const longest = Math.max(1, ...programs.flatMap((program) => program.streams.map((stream) => stream.records)));
  const wanted = Math.max(1000, (longest * 10) / 200);
  const decade = 10 ** Math.floor(Math.log10(wanted));
  return decade * ([1, 2, 5].find((step) => step * decade >= wanted) ?? 10);
}
