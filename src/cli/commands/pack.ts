/** `numaq pack`: a trace in our packed form. */
import type { SizeNotation } from '../../sim/index.ts';
import { type Io, OK } from '../io.ts';
import { ProgressBar } from '../progress.ts';
import { figure } from '../table.ts';
import { packTrace } from '../../lab/traces/open-trace.ts';

export interface PackOptions {
  readonly lackeySizes?: SizeNotation;
}

/** Packs the trace at `from` into the file `to`. Returns the exit code. */
export async function packCommand(io: Io, from: string, to: string, options: PackOptions): Promise<number> {
  const bar = new ProgressBar(io);
  try {
    const info = await packTrace(from, to, {
      progress: (progress) => bar.show(`packing ${from}`, progress),
      signal: io.interrupted,
      lackeySizes: options.lackeySizes,
    });
    bar.clear();
    const [reads, writes, modifies, fetches] = info.kinds.map(figure);
    io.out(
      `${to}: ${figure(info.records)} records: ${fetches} fetches, ${reads} reads, ${writes} writes, ${modifies} modifies\n`,
    );
    io.out(`SHA-256 ${info.sha256}\n`);
    return OK;
  } finally {
    bar.clear();
  }
}
