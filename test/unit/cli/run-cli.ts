/** The command line in this process, with what it prints caught. */
import type { Io } from '../../../src/cli/io.ts';
import { runCli } from '../../../src/cli/program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What `numaq` with these arguments prints, and its exit code. */
export async function numaq(...args: readonly string[]): Promise<Outcome> {
  return numaqWith({}, ...args);
}

/** The same with a terminal, or interrupted. */
export async function numaqWith(
  { drawsProgress = false, interrupted = new AbortController().signal }: Partial<Io>,
  ...args: readonly string[]
): Promise<Outcome> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    drawsProgress,
    interrupted,
  };
  const code = await runCli(args, io);
  return { code, out, err };
}
