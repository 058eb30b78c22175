/** `numaq verify`: does a run file come out the same when it is run again? */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBytes } from '../../lab/text-file.ts';
import { verifyRun } from '../../lab/verify.ts';
import {
  InputError,
  makeIssue,
  type RunConfig,
  type RunReport,
  type SizeNotation,
  type TraceWorkload,
} from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { OpenTraces } from '../open-traces.ts';
import { simulate } from '../simulate.ts';

export interface VerifyOptions {
  readonly trace?: readonly string[];
  readonly lackeySizes?: SizeNotation;
  readonly json?: true;
}

/** Verifies the run file and prints the verdict. Returns the exit code: 1 where it is not identical. */
export async function verifyCommand(io: Io, file: string, options: VerifyOptions): Promise<number> {
  const bytes = await readBytes(file);
  const verdict = await verifyRun(bytes, file, (config) => rerun(io, config, file, options));
  if (options.json) {
    io.out(`${JSON.stringify(verdict, null, 2)}\n`);
    return verdict.kind === 'identical' ? OK : NO;
  }
  const engine =
    verdict.kind === 'changed' || verdict.madeBy === undefined ? '' : ` (made by engine ${verdict.madeBy})`;
  if (verdict.kind === 'identical') {
    io.out(`${file}: identical${engine}\n`);
    return OK;
  }
  const { place, path, expected, found } = verdict;
  const where = [place, path].filter((part) => part !== '').join(', ');
  const what =
    verdict.kind === 'changed'
      ? `was changed after it was written: was ${expected}, is ${found}`
      : `the run comes out otherwise${engine}: expected ${expected}, found ${found}`;
  io.out(`${file}: ${where}: ${what}\n`);
  return NO;
}

async function rerun(
  io: Io,
  config: RunConfig,
  file: string,
  { trace, lackeySizes: sizes }: VerifyOptions,
): Promise<RunReport> {
  const traces = new OpenTraces(io);
  try {
    for (const path of trace ?? []) await traces.open(path, sizes);
    for (const workload of config.workloads) {
      if (workload.kind === 'trace' && traces.lookup(workload.trace.sha256) === undefined) {
        await openNamed(traces, workload, file, sizes);
      }
    }
    return (await simulate(io, config, traces)).simulation.report();
  } finally {
    traces.close();
  }
}

/** Opens the trace of a workload: where its path leads from here or from the run file, or beside the run file. */
async function openNamed(
  traces: OpenTraces,
  { trace }: TraceWorkload,
  file: string,
  sizes: SizeNotation | undefined,
): Promise<void> {
  const folder = dirname(file);
  const { path, name } = trace;
  const candidates = [...(path === undefined ? [] : [path, join(folder, path)]), join(folder, name), name];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    const message = `its trace ${path ?? name} is not here: name it with --trace FILE`;
    throw new InputError(file, [{ ...makeIssue('no-trace', '', 'the trace', 'no such file'), message }]);
  }
  let info = await traces.open(found, sizes);
  // A run file does not say how sizes were read: the trace's SHA-256 does.
  if (info.sha256 !== trace.sha256 && sizes === undefined) info = await traces.open(found, 'hex');
  if (info.sha256 === trace.sha256) return;
  const wanted = `the trace that was run (SHA-256 ${trace.sha256.slice(0, 12)}...)`;
  throw new InputError(found, [makeIssue('other-trace', '', wanted, `another (${info.sha256.slice(0, 12)}...)`)]);
}
