/** Scripts on the command line: a file of `--script`, and the small ones that `--sysctl` stands for. */
import { readTextFile } from '../lab/text-file.ts';
import {
  InputError,
  jsonFault,
  makeIssue,
  parseScript,
  placeOf,
  type Script,
  type WorkloadSpec,
} from '../sim/index.ts';
import type { Turn } from './values.ts';

/** The script in the file at `path`. Rejects with an InputError that names the file and each place. */
export async function readScript(path: string): Promise<Script> {
  const text = (await readTextFile(path)).replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { line, column } = placeOf(text, fault.offset);
    throw new InputError(path, [makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found)]);
  }
  return parseScript(JSON.parse(text), path);
}

/**
 * Knobs turned during a run, as a workload: what a person at a shell does, on the CPU `cpu`. It is part of the run file,
 * so the run can be verified. Throws an InputError for a knob that there is not.
 */
export function turnsWorkload(turns: readonly Turn[], cpu: number): WorkloadSpec {
  const script = {
    format: 'numaq-lab/script',
    version: 1,
    title: 'sysctl',
    programs: Object.fromEntries(
      turns.map(({ name, value }, index) => [`turn${index + 1}`, [{ op: 'sysctl', name, value }]]),
    ),
    start: turns.map(({ atNs }, index) => ({ program: `turn${index + 1}`, atNs })),
  };
  return { kind: 'script', script: parseScript(script, '--sysctl'), cpus: [cpu], startNs: 0 };
}
