/** The traces that a command has opened, each read, packed and counted once. */
import type { TraceLookup } from '../lab/run-job.ts';
import { TraceLibrary } from '../lab/trace-library.ts';
import type { SizeNotation, TraceInfo } from '../sim/index.ts';
import type { Io } from './io.ts';
import { ProgressBar } from './progress.ts';

export class OpenTraces {
  readonly #io: Io;
  readonly #library = new TraceLibrary();
  readonly #opened = new Map<string, TraceInfo>();

  constructor(io: Io) {
    this.#io = io;
  }

  /** The trace of a SHA-256, if it was opened. */
  readonly lookup: TraceLookup = (sha256) => this.#library.source(sha256);

  /** Opens the trace at `path`, with a progress bar. Rejects with an InputError, or with Cancelled after Ctrl-C. */
  async open(path: string, lackeySizes: SizeNotation = 'decimal'): Promise<TraceInfo> {
    const key = `${lackeySizes} ${path}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const bar = new ProgressBar(this.#io);
    try {
      const show = (progress: number): void => bar.show(`reading ${path}`, progress);
      const info = await this.#library.open(path, { progress: show, signal: this.#io.interrupted, lackeySizes });
      this.#opened.set(key, info);
      return info;
    } finally {
      bar.clear();
    }
  }

  close(): void {
    this.#library.close();
  }
}
