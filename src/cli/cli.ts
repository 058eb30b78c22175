/** The entry of the command line's bundle: the world behind Io, and the exit code. */
import type { Io } from './io.ts';
import { runCli } from './program.ts';

const interrupt = new AbortController();
// The second Ctrl-C ends the process at once.
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`numaq machines | head -1`): nobody is left to tell.
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  drawsProgress: process.stderr.isTTY,
  interrupted: interrupt.signal,
};

void runCli(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
