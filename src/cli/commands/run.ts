/** `numaq run`: workloads on a machine, with a report. */
import { checkTarget, saveAtomically } from '../../lab/atomic-file.ts';
import { formatRun } from '../../lab/run-file.ts';
import { type RunOrder, startSimulation } from '../../lab/run-job.ts';
import { samplesCsv } from '../../lab/samples-csv.ts';
import { Cancelled, type MachineProfile, type RunReport, Timeline, type WorkloadSpec } from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';
import { readMachine } from '../machine-argument.ts';
import { OpenTraces } from '../open-traces.ts';
import { ProgressBar } from '../progress.ts';
import { type RunOptions, turnsOf } from '../run-options.ts';
import { reportText } from '../run-report.ts';
import { figure, time } from '../table.ts';
import { readScript } from '../script-argument.ts';
import { type Opened, type WorkloadOptions, workloadOf } from '../workload-options.ts';

/** References between two looks at Ctrl-C; what comes out does not depend on it. */
const STEP = 200_000;

/** Runs `workloads` on the machine and prints the report, or writes the run file. Returns the exit code. */
export async function runCommand(
  io: Io,
  argument: string,
  options: RunOptions,
  workloads: readonly WorkloadOptions[],
): Promise<number> {
  const profile = await readMachine(argument, options);
  // Known before a run that may take minutes.
  for (const file of [options.out, options.csv, options.events]) if (file !== undefined) await checkTarget(file);
  const traces = new OpenTraces(io);
  try {
    const specs = await openWorkloads(workloads, profile, traces);
    const { nodes } = profile.machine;
    const timeline = options.events === undefined ? undefined : new Timeline((place) => nodes[place].id);
    const report = await simulate(
      io,
      { profile, workloads: specs, seed: options.seed ?? 0, ...turnsOf(options) },
      traces,
      timeline,
    );
    const written = await writeFiles(report, options, timeline);
    if (timeline !== undefined && timeline.dropped > 0) io.err(droppedText(timeline));
    io.out(options.json ? formatRun(report) : [reportText(report), ...written].join('\n'));
    return OK;
  } finally {
    traces.close();
  }
}

/** The workloads that the options mean, with their traces opened. */
export async function openWorkloads(
  workloads: readonly WorkloadOptions[],
  profile: MachineProfile,
  traces: OpenTraces,
): Promise<readonly WorkloadSpec[]> {
  const specs = [];
  for (const workload of workloads) specs.push(workloadOf(workload, profile, await open(workload, traces)));
  return specs;
}

/** The files that a workload's options name. */
async function open(options: WorkloadOptions, traces: OpenTraces): Promise<Opened> {
  const { trace, script, lackeySizes } = options;
  if (trace !== undefined) return { trace: await traces.open(trace, lackeySizes) };
  return script === undefined ? {} : { script: await readScript(script) };
}

/** Writes what was asked for; returns a line for each file. */
async function writeFiles(
  report: RunReport,
  { out, csv, events }: RunOptions,
  timeline: Timeline | undefined,
): Promise<readonly string[]> {
  if (out !== undefined) await saveAtomically(out, formatRun(report));
  if (csv !== undefined) await saveAtomically(csv, samplesCsv(report));
  if (events !== undefined && timeline !== undefined) await saveAtomically(events, timeline.text());
  return [out, csv, events].filter((file) => file !== undefined).map((file) => `Written to ${file}\n`);
}

function droppedText({ events, dropped }: Timeline): string {
  return `numaq: the timeline has the first ${figure(events)} events; ${figure(dropped)} more did not fit\n`;
}

/** Does `order` with a progress bar, recorded in `timeline`. Rejects with Cancelled after Ctrl-C. */
export async function simulate(io: Io, order: RunOrder, traces: OpenTraces, timeline?: Timeline): Promise<RunReport> {
  const simulation = startSimulation(order, traces.lookup, timeline);
  const bar = new ProgressBar(io);
  try {
    while (!simulation.run(STEP)) {
      if (io.interrupted.aborted) throw new Cancelled();
      simulation.takeFrames(); // the report has them all: these are for a screen
      const title = `${figure(simulation.references)} references, ${time(simulation.timeNs)} of virtual time`;
      bar.show(title, simulation.progress);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return simulation.report();
  } finally {
    bar.clear();
  }
}
