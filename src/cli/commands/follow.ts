/** `numaq follow`: one reference of a run, step by step with its times, and what it changed in caches and page lists. */
import { followOrder } from '../../lab/run-job.ts';
import { Cancelled, type FollowEvent, followEvents, followText, type FollowWhat } from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { readMachine } from '../machine-argument.ts';
import { OpenTraces } from '../open-traces.ts';
import { openWorkloads } from '../open-workloads.ts';
import { type RunOptions, turnsOf } from '../run-options.ts';
import { time } from '../table.ts';
import type { WorkloadOptions } from '../workload-options.ts';

export interface FollowOptions extends RunOptions {
  readonly on: number;
  readonly record?: number;
  readonly event?: FollowEvent;
}

/** Runs until the reference has executed and prints its steps. Returns the exit code: 1 where it never happens. */
export async function followCommand(
  io: Io,
  machine: string,
  options: FollowOptions,
  workloads: readonly WorkloadOptions[],
): Promise<number> {
  const profile = await readMachine(machine, options);
  const traces = new OpenTraces(io);
  try {
    const specs = await openWorkloads(workloads, profile, traces);
    const what: FollowWhat =
      options.record === undefined ? { event: options.event ?? 'fault' } : { record: options.record };
    const order = { profile, workloads: specs, seed: options.seed ?? 0, ...turnsOf(options) };
    // Done in one piece, in which nobody is told of Ctrl-C; nothing is written, so the process may just end.
    io.endAtOnce?.();
    const followed = followOrder(order, traces.lookup, options.on, what, () => io.interrupted.aborted);
    if (io.interrupted.aborted) throw new Cancelled();
    if (options.json) io.out(`${JSON.stringify(followed, null, 2)}\n`);
    else io.out(followed.found ? followText(followed, time) : `${nothingText(what, options.on)}\n`);
    return followed.found ? OK : NO;
  } finally {
    traces.close();
  }
}

function nothingText(what: FollowWhat, cpu: number): string {
  const wanted = 'record' in what ? `record ${what.record}` : followEvents[what.event].title;
  return `The run ends without ${wanted} on CPU ${cpu}.`;
}
