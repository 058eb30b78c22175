/** The machine that a command is about: a file or a built-in id, and what the command line changes of it. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { machineOf, unknownMachine } from '../lab/machines.ts';
import { readTextFile } from '../lab/text-file.ts';
import {
  builtInById,
  InputError,
  type MachineProfile,
  type MachineProfileInput,
  parseAssignment,
  type PlacementSpec,
  setPath,
  validateProfile,
} from '../sim/index.ts';
import { clusterShift } from './values.ts';

export interface MachineOptions {
  readonly cluster?: number;
  readonly set?: readonly string[];
  readonly policy?: PlacementSpec;
}

/** Adds `--cluster` and `--set`. */
export function machineOptions(command: Command): Command {
  return command
    .option('--cluster <pages>', '4 KiB pages per page cluster: 1, 2, 4, ... 64', clusterShift)
    .option(
      '--set <path=value>',
      'change one field of the machine, such as kernel.structPageBytes=40 (repeatable)',
      collect,
    );
}

/** For options that may come several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The machine named by `argument` with `options` applied. Rejects with an InputError. */
export async function readMachine(argument: string, options: MachineOptions): Promise<MachineProfile> {
  let profile: MachineProfileInput = await findMachine(argument);
  if (options.cluster !== undefined) profile = setPath(profile, 'kernel.pageMmuShift', options.cluster, '--cluster');
  if (options.policy !== undefined) profile = setPath(profile, 'kernel.placement', options.policy, '--policy');
  for (const assignment of options.set ?? []) {
    const { path, value } = parseAssignment(assignment, '--set');
    profile = setPath(profile, path, value, '--set');
  }
  return validateProfile(profile, options.set === undefined ? argument : '--set');
}

/** A file of that name comes before a built-in machine with that id; a folder does not. */
async function findMachine(argument: string): Promise<MachineProfile> {
  const entry = statSync(argument, { throwIfNoEntry: false });
  const builtIn = builtInById(argument);
  if (builtIn !== undefined && (entry === undefined || entry.isDirectory())) return builtIn.profile();
  const isName = entry === undefined && !/[\\/]|\.json$/.test(argument);
  if (isName) throw new InputError('', [unknownMachine(argument)]);
  return machineOf(await readTextFile(argument), argument);
}
