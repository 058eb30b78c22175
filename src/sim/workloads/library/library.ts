/** The registry of workloads made of operations, and how one of them, or a person's script, becomes a program. */
import { InputError, type Issue, makeIssue } from '../../base/errors.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import { parseScript, type Script, SCRIPT_FORMAT, SCRIPT_VERSION } from '../script.ts';
import type { Program, ProgramWorkload, ScriptWorkload } from '../workload.ts';
import { factsOf, type LibraryWorkload, type MachineFacts, type Parameter, Values } from './library-workload.ts';
import { aim7Mix } from './aim7-mix.ts';
import { database } from './database.ts';
import { dbench } from './dbench.ts';
import { forkChildren } from './fork-children.ts';
import { kernelCompile } from './kernel-compile.ts';
import { login } from './login.ts';
import { memoryHog } from './memory-hog.ts';
import { rmapTest } from './rmap-test.ts';
import { shellScript } from './shell-script.ts';
import { streamingReader } from './streaming-reader.ts';
import { syscalls } from './syscalls.ts';

export const library: readonly LibraryWorkload[] = [
  kernelCompile,
  shellScript,
  database,
  aim7Mix,
  dbench,
  rmapTest,
  memoryHog,
  streamingReader,
  forkChildren,
  login,
  syscalls,
];

export function findLibraryWorkload(id: string): LibraryWorkload | undefined {
  return library.find((workload) => workload.id === id);
}

type Given = Readonly<Record<string, number | string>>;

/** The script of a library workload. Throws an InputError at `path` for parameters that it does not have or take. */
export function makeScript(
  workload: LibraryWorkload,
  given: Given,
  scale: number,
  machine: MachineFacts,
  path = '',
): Script {
  const { id, title, imitates, scales, parameters } = workload;
  const values = valuesOf(workload, given, path);
  return parseScript(
    {
      format: SCRIPT_FORMAT,
      version: SCRIPT_VERSION,
      title: scale === 1 ? title : `${title} at ${scale}`,
      imitates: `${imitates} Scale: ${scales}`,
      parameters: parameters.map(({ name, source }) => ({
        name,
        value: values[name],
        source: Object.hasOwn(given, name) ? 'given' : source,
      })),
      scale,
      ...workload.build(new Values(values), scale, machine),
    },
    id,
  );
}

/** The program of a workload of operations; `path` is its place in the run, for messages. */
export function scripted(
  spec: ProgramWorkload | ScriptWorkload,
  profile: MachineProfile,
  seed: number,
  path: string,
): Program {
  const script = spec.kind === 'script' ? spec.script : libraryScript(spec, profile, path);
  const { cpus, startNs } = spec;
  return { title: script.title, streams: [], addressSpaces: [], scripted: { script, cpus, startNs, seed } };
}

function libraryScript(spec: ProgramWorkload, profile: MachineProfile, path: string): Script {
  const workload = findLibraryWorkload(spec.program);
  if (workload !== undefined) {
    return makeScript(workload, spec.parameters, spec.scale, factsOf(profile, spec.cpus.length), path);
  }
  const expected = `one of ${library.map(({ id }) => id).join(', ')}`;
  throw new InputError('', [makeIssue('program', `${path}.program`, expected, spec.program)]);
}

function valuesOf({ parameters }: LibraryWorkload, given: Given, path: string): Given {
  const issues: Issue[] = [];
  const at = (name: string): string => [path, 'parameters', name].filter((part) => part !== '').join('.');
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters.find((each) => each.name === name);
    if (parameter === undefined) {
      const names = parameters.map((each) => each.name).join(', ');
      issues.push(makeIssue('parameter', at(name), `a parameter of the workload (${names})`, JSON.stringify(name)));
    } else if (!takes(parameter, value)) {
      issues.push(makeIssue('parameter', at(name), describeParameter(parameter), JSON.stringify(value)));
    }
  }
  if (issues.length > 0) throw new InputError('', issues);
  return Object.fromEntries(
    parameters.map(({ name, value }) => [name, Object.hasOwn(given, name) ? given[name] : value]),
  );
}

function takes(parameter: Parameter, value: number | string): boolean {
  if ('choices' in parameter) return parameter.choices.includes(String(value));
  return Number.isInteger(value) && Number(value) >= parameter.least && Number(value) <= parameter.most;
}

/** What a parameter takes. */
export function describeParameter(parameter: Parameter): string {
  if ('choices' in parameter) return parameter.choices.join(' or ');
  const { least, most, unit } = parameter;
  return `a whole number from ${least} to ${most}${unit === undefined ? '' : ` (${unit})`}`;
}
