/** `numaq proc`: what /proc said at the end of a run, as the kernel printed it. */
import { parseRun } from '../../lab/run-file.ts';
import { readTextFile } from '../../lab/text-file.ts';
import { InputError, makeIssue, type ProcFile, procText } from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';

/** Prints the reports `files` of a run file, each under its name where there are several. Returns the exit code. */
export async function procCommand(io: Io, file: string, files: readonly ProcFile[]): Promise<number> {
  const { proc } = parseRun(await readTextFile(file), file).result;
  if (proc === null) {
    const found = 'one of a machine without a kernel, or of an engine before 0.2.0';
    throw new InputError(file, [makeIssue('no-proc', 'result.proc', 'a run file with the kernel’s reports', found)]);
  }
  for (const name of files) {
    if (files.length > 1) io.out(`==> ${name} <==\n`);
    io.out(procText(name, proc));
    if (files.length > 1) io.out('\n');
  }
  return OK;
}
