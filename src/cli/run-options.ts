/** Options of a run as a whole: they may stand before or behind any `--and`. */
import type { Command } from 'commander';
import { type MachineOptions, machineOptions } from './machine-argument.ts';
import type { Turn } from '../sim/index.ts';
import { duration, placement, seed, turn } from './values.ts';

export interface RunOptions extends MachineOptions {
  readonly seed?: number;
  readonly json?: true;
  readonly out?: string;
  readonly csv?: string;
  readonly events?: string;
  readonly history?: string;
  readonly sysctl?: readonly Turn[];
  /** Virtual time, ns. */
  readonly until?: number;
  readonly markers?: true;
}

/** Adds the options of a run, those that change the machine and name what it writes among them. */
export function runOptions(command: Command): Command {
  return settingOptions(command)
    .option('--out <file>', 'write the run file: configuration and results, to be verified later')
    .option('--csv <file>', 'write the samples over virtual time, for a spreadsheet')
    .option('--events <file>', 'write faults, reclaim, flushes and migrations as trace events, for Perfetto')
    .option('--history <file>', 'what programs were like: read if it is there, and written when the run is over')
    .option('--until <time>', 'stop at this virtual time, such as 5ms: the report as far as it is', duration)
    .option('--markers', 'list what happened when: zones below low, wakes of kswapd, pages of other nodes, phases')
    .option('--json', 'print the run file instead of tables');
}

/** Adds what decides how a run goes; of a reference that is followed nothing is written. */
export function settingOptions(command: Command): Command {
  return machineOptions(command)
    .option('--policy <policy>', 'placement: first-touch, preferred:N, bind:0,1 or interleave:0-3', placement)
    .option('--seed <number>', 'seed of everything random (default: 0)', seed)
    .option(
      '--sysctl <name=value@time>',
      'turn a knob of /proc/sys/vm during the run, such as swappiness=0@5ms (repeatable)',
      (text: string, before: readonly Turn[] = []) => [...before, turn(text)],
    );
}

/** The options of the run out of all groups: the last one said counts, and every --set and --sysctl. */
export function mergeRunOptions(groups: readonly RunOptions[]): RunOptions {
  const set = groups.flatMap((group) => group.set ?? []);
  const sysctl = groups.flatMap((group) => group.sysctl ?? []);
  const merged: RunOptions = Object.assign({}, ...groups);
  return { ...merged, ...(set.length === 0 ? {} : { set }), ...(sysctl.length === 0 ? {} : { sysctl }) };
}

/** What is wrong with the options of the run together, or undefined. */
export function runConflict({ until, out, history, markers, json }: RunOptions): string | undefined {
  if (until !== undefined && (out ?? history) !== undefined)
    return 'a run that stops at --until has no run file: --out and --history are for whole runs';
  if (markers === true && json === true) return '--markers are listed behind the tables, which --json leaves out';
  return undefined;
}

/** The knobs that are turned during the run, as the order of a run has them. */
export function turnsOf({ sysctl }: RunOptions): { readonly turns?: readonly Turn[] } {
  return sysctl === undefined ? {} : { turns: sysctl };
}
