/** Machines as the doors ask for them: built in or from a file's text, checked, booted, listed. Pure but for the name. */
import {
  asNodeId,
  assumedPaths,
  boot,
  type BootLayout,
  type BuiltIn,
  builtInById,
  builtins,
  InputError,
  type Issue,
  type MachineProfile,
  makeIssue,
  nearest,
  parseProfile,
  RUN_FORMAT,
  shorten,
  traitsOf,
  validateProfile,
  type Zonelist,
  zonelistsOf,
} from '../sim/index.ts';
import type { Checked, MachineSummary, OpenedMachine } from './contract.ts';
import { shapeOf } from './machine-shape.ts';

/** The layout that a valid profile boots to. */
export function bootMachine(profile: MachineProfile): BootLayout {
  return boot(profile, traitsOf(profile.kernel, profile.machine));
}

/** Zonelists of one node, for machines whose layout does not carry all of them. Throws InputError for a profile that is not valid. */
export function zonelistsOfNode(value: unknown, node: number): readonly Zonelist[] {
  const profile = validateProfile(value, '');
  return zonelistsOf(profile, traitsOf(profile.kernel, profile.machine), bootMachine(profile), asNodeId(node));
}

/** A profile (as edited, or as JSON gave it) checked and booted; what is wrong comes back as issues, never thrown. */
export function checkMachine(value: unknown): Checked {
  try {
    return checkedProfile(validateProfile(value, ''));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { issues: error.issues, assumed: [] };
  }
}

function checkedProfile(profile: MachineProfile): Checked {
  const layout = bootMachine(profile);
  return { profile, layout, issues: layout.issues, assumed: assumedPaths(profile) };
}

/** The machine in a file's text. Throws an InputError with every issue; then nothing is opened. */
export function openText(text: string, name: string, handle: string | null = null): OpenedMachine {
  return { handle, name, checked: checkedProfile(machineOf(text, name)) };
}

/** The profile in a machine file's text. Throws an InputError with every issue; of a run file it says that it is one. */
export function machineOf(text: string, name: string): MachineProfile {
  try {
    return parseProfile(text, name);
  } catch (error) {
    const found = error instanceof InputError ? error.issues.find(({ code }) => code === 'format') : undefined;
    if (found?.found !== JSON.stringify(RUN_FORMAT)) throw error;
    const message = 'this is a run file (numaq verify reads it), not a machine';
    throw new InputError(name, [{ ...found, message }]);
  }
}

/** A built-in machine by its id. Throws an InputError that names the nearest one. */
export function openBuiltIn(id: string): OpenedMachine {
  return { handle: null, name: id, checked: checkedProfile(builtIn(id).profile()) };
}

/** The registry's entry of this id. Throws an InputError that names the nearest one. */
export function builtIn(id: string): BuiltIn {
  const found = builtInById(id);
  if (found === undefined) throw new InputError('', [unknownMachine(id)]);
  return found;
}

/** What is wrong with an id that no built-in machine has. */
export function unknownMachine(id: string): Issue {
  const ids = builtins.map((machine) => machine.id);
  const near = nearest(id, ids);
  const issue = makeIssue(
    'unknown-machine',
    '',
    `a built-in machine (${ids.join(', ')})`,
    JSON.stringify(shorten(id, 80)),
  );
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { ...issue, message: `no built-in machine ${issue.found}${hint}; there are ${ids.join(', ')}` };
}

let summaries: readonly MachineSummary[] | undefined;

/** The built-in machines, in the order of the picker. Made once: the largest has 4,096 nodes. */
export function machineSummaries(): readonly MachineSummary[] {
  summaries ??= builtins.map(summarize);
  return summaries;
}

function summarize(entry: BuiltIn): MachineSummary {
  const profile = entry.profile();
  return {
    ...shapeOf(profile),
    id: entry.id,
    title: entry.title,
    line: entry.line,
    memoryMiB: profile.machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0),
    basis: entry.basis,
    year: entry.year,
  };
}
