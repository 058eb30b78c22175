/** The entry of the command line's bundle: the world behind Io, and the exit code. */
import { fileError, systemCode } from '../lab/file-error.ts';
import { BAD_INPUT, type Io } from './io.ts';
import { runCli } from './program.ts';

const interrupt = new AbortController();
// The second Ctrl-C ends the process at once.
const abort = (): void => interrupt.abort();
process.once('SIGINT', abort);
process.once('SIGTERM', abort);

process.stdout.on('error', (error) => {
  // The reader went away (`numaq machines | head -1`): nobody is left to tell.
  if (systemCode(error) === 'EPIPE') process.exit();
  const told = fileError(error, 'standard output', 'write');
  process.stderr.write(`numaq: ${told instanceof Error ? told.message : String(told)}\n`);
  process.exit(BAD_INPUT);
});
process.stderr.on('error', (error) => process.exit(systemCode(error) === 'EPIPE' ? undefined : BAD_INPUT));

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  drawsProgress: process.stderr.isTTY,
  interrupted: interrupt.signal,
  endAtOnce: () => void process.off('SIGINT', abort).off('SIGTERM', abort),
};

void runCli(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
