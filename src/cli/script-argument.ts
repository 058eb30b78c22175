/** Scripts on the command line: a file of `--script`, and the small ones that `--sysctl` stands for. */
import { schemaIssues } from '../lab/schema-issues.ts';
import { readTextFile } from '../lab/text-file.ts';
import { InputError, jsonFault, makeIssue, placeOf, workloadSchema, type WorkloadSpec } from '../sim/index.ts';
import type { Turn } from './values.ts';

export type Script = Extract<WorkloadSpec, { kind: 'script' }>['script'];

/** Where a script stands in its workload; what is wrong with it is said by its own places. */
const WITHIN = 'script';

/** The script in the file at `path`. Rejects with an InputError that names the file and each place. */
export async function readScript(path: string): Promise<Script> {
  const text = (await readTextFile(path)).replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { line, column } = placeOf(text, fault.offset);
    throw new InputError(path, [makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found)]);
  }
  return checkedScript(JSON.parse(text), path).script;
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
  return checkedScript(script, '--sysctl', cpu);
}

function checkedScript(script: unknown, source: string, cpu = 0): Extract<WorkloadSpec, { kind: 'script' }> {
  const input = { kind: 'script', script, cpus: [cpu], startNs: 0 };
  const result = workloadSchema.safeParse(input);
  if (result.success && result.data.kind === 'script') return result.data;
  const issues = result.success ? [] : schemaIssues(result.error, input).map(({ issue }) => issue);
  throw new InputError(
    source,
    issues.map((issue) => ({ ...issue, path: issue.path.replace(new RegExp(`^${WITHIN}\\.?`), '') })),
  );
}
