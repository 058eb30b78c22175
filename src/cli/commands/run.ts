/** `numaq run`: workloads on a machine, with a report. */
import { resolve } from 'node:path';
import { checkTarget, saveAtomically } from '../../lab/atomic-file.ts';
import { formatHistory, readHistory } from '../../lab/history-file.ts';
import { formatRun } from '../../lab/run-file.ts';
import { samplesCsv } from '../../lab/samples-csv.ts';
import { type HistoryRow, InputError, makeIssue, type RunReport, Timeline } from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';
import { readMachine } from '../machine-argument.ts';
import { OpenTraces } from '../open-traces.ts';
import { openWorkloads } from '../open-workloads.ts';
import { type RunOptions, turnsOf } from '../run-options.ts';
import { reportText } from '../run-report.ts';
import { simulate, type Simulated } from '../simulate.ts';
import { figure, table, time } from '../table.ts';
import type { WorkloadOptions } from '../workload-options.ts';

/** Runs `workloads` on the machine and prints the report, or writes the run file. Returns the exit code. */
export async function runCommand(
  io: Io,
  argument: string,
  options: RunOptions,
  workloads: readonly WorkloadOptions[],
): Promise<number> {
  const profile = await readMachine(argument, options);
  // Known before a run that may take minutes.
  refuseSameFile(options);
  for (const file of [options.out, options.csv, options.events, options.history])
    if (file !== undefined) await checkTarget(file);
  const traces = new OpenTraces(io);
  try {
    const specs = await openWorkloads(workloads, profile, traces);
    const { nodes } = profile.machine;
    const history = options.history === undefined ? {} : { history: await readHistory(options.history) };
    const timeline = options.events === undefined ? undefined : new Timeline((place) => nodes[place].id);
    const order = { profile, workloads: specs, seed: options.seed ?? 0, ...turnsOf(options), ...history };
    const { simulation, ended, ...marked } = await simulate(io, order, traces, {
      ...(timeline === undefined ? {} : { timeline }),
      ...(options.until === undefined ? {} : { untilNs: options.until }),
      live: options.markers === true,
    });
    const report = simulation.report();
    const written = await writeFiles(report, options, timeline);
    if (timeline !== undefined && timeline.dropped > 0) io.err(droppedText(timeline));
    const stopped = ended ? [] : [`Stopped at ${time(report.result.elapsedNs)} of virtual time, before its end.\n`];
    const list = options.markers === true ? [markersText(marked)] : [];
    io.out(options.json ? formatRun(report) : [...stopped, reportText(report), ...list, ...written].join('\n'));
    return OK;
  } finally {
    traces.close();
  }
}

/** Each would overwrite the one before. Throws InputError. */
function refuseSameFile({ out, csv, events, history }: RunOptions): void {
  const seen = new Map<string, string>();
  for (const [option, file] of Object.entries({
    '--out': out,
    '--csv': csv,
    '--events': events,
    '--history': history,
  })) {
    if (file === undefined) continue;
    const before = seen.get(resolve(file));
    if (before !== undefined) {
      throw new InputError('', [makeIssue('same-file', option, `another file than ${before} has`, file)]);
    }
    seen.set(resolve(file), option);
  }
}

/** Writes what was asked for; returns a line for each file. */
async function writeFiles(
  report: RunReport,
  { out, csv, events, history }: RunOptions,
  timeline: Timeline | undefined,
): Promise<readonly string[]> {
  if (out !== undefined) await saveAtomically(out, formatRun(report));
  if (csv !== undefined) await saveAtomically(csv, samplesCsv(report));
  if (events !== undefined && timeline !== undefined) await saveAtomically(events, timeline.text());
  if (history !== undefined) await saveAtomically(history, formatHistory(historyAfter(report)));
  return [out, csv, events, history].filter((file) => file !== undefined).map((file) => `Written to ${file}\n`);
}

/** What is known of programs; of a machine without a kernel what was known before. */
const historyAfter = ({ config, result }: RunReport): readonly HistoryRow[] =>
  result.scheduling?.history ?? config.history ?? [];

/** What happened when. */
function markersText({ markers, markersLeftOut }: Pick<Simulated, 'markers' | 'markersLeftOut'>): string {
  const rows = markers.map(({ timeNs, kind, text }) => [time(timeNs), kind, text]);
  const more = markersLeftOut === 0 ? '' : `and ${figure(markersLeftOut)} more, of kinds that have many\n`;
  return rows.length === 0 ? 'No markers.\n' : `${table(['time', 'marker', ''], rows)}${more}`;
}

function droppedText({ events, dropped }: Timeline): string {
  return `numaq: the timeline has the first ${figure(events)} events; ${figure(dropped)} more did not fit\n`;
}
