/** `numaq workloads`: the library of programs, one of them in full, or its script to begin one of your own with. */
import {
  describeParameter,
  factsOf,
  findLibraryWorkload,
  InputError,
  library,
  type LibraryWorkload,
  makeIssue,
  makeScript,
  nearest,
} from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';
import { readMachine } from '../machine-argument.ts';
import { table, wrap } from '../table.ts';
import type { Parameter } from '../values.ts';

export interface WorkloadsOptions {
  readonly json?: true;
  readonly script?: true;
  readonly machine: string;
  readonly scale?: number;
  readonly param?: readonly Parameter[];
}

/** Lists the library, or shows the workload `id`. Returns the exit code. */
export async function workloadsCommand(io: Io, id: string | undefined, options: WorkloadsOptions): Promise<number> {
  const { script, scale, param } = options;
  if (script === undefined && (scale ?? param) !== undefined) throw needs('--scale and --param', '--script');
  if (id === undefined) {
    if (script) throw needs('--script', `the id of a workload (${library.map((each) => each.id).join(', ')})`);
    io.out(options.json ? json(library.map(facts)) : listText());
    return OK;
  }
  const workload = found(id);
  if (script) io.out(json(await scriptOf(workload, options)));
  else io.out(options.json ? json(facts(workload)) : workloadText(workload));
  return OK;
}

const needs = (option: string, what: string): InputError =>
  new InputError('', [makeIssue('needs', option, what, 'none')]);

function found(id: string): LibraryWorkload {
  const workload = findLibraryWorkload(id);
  if (workload !== undefined) return workload;
  const ids = library.map((each) => each.id);
  const near = nearest(id, ids);
  const issue = makeIssue('workload', '', `one of ${ids.join(', ')}`, JSON.stringify(id.slice(0, 60)));
  throw new InputError('', [
    near === undefined ? issue : { ...issue, message: `${issue.message}; did you mean ${near}?` },
  ]);
}

async function scriptOf(workload: LibraryWorkload, { machine, scale, param }: WorkloadsOptions): Promise<unknown> {
  const profile = await readMachine(machine, {});
  const cpus = profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
  return makeScript(workload, Object.fromEntries(param ?? []), scale ?? 1, factsOf(profile, cpus));
}

function facts({ id, title, description, imitates, scales, parameters }: LibraryWorkload): unknown {
  return { id, title, description, imitates, scales, parameters };
}

function listText(): string {
  const rows = library.map(({ id, description }) => [id, description]);
  return table(['id', 'what it does'], rows);
}

function workloadText({ title, imitates, scales, parameters }: LibraryWorkload): string {
  const rows = parameters.map((parameter) => [parameter.name, String(parameter.value), describeParameter(parameter)]);
  const sources = parameters.map(({ name, description, source }) => wrap(`${name}: ${description} (${source})`));
  return [
    `${title}\n\n`,
    wrap(imitates),
    wrap(`--scale makes smaller: ${scales}`),
    `\n${table(['parameter', 'default', 'takes'], rows)}\n`,
    ...sources,
  ].join('');
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
