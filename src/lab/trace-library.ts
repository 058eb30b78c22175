/** The traces that are open: by SHA-256, each with the packed file that simulators read. */
import { copyFile, link } from 'node:fs/promises';
import type { TraceInfo, TraceSource } from '../sim/index.ts';
import { fileError } from './file-error.ts';
import type { TraceLookup } from './run-job.ts';
import { type OpenTrace, openTrace, type TraceOptions } from './traces/open-trace.ts';
import { PackedFileSource } from './traces/packed-source.ts';
import { newTempPath, removeTemp } from './traces/temp-files.ts';

/** A packed file and what is in it: plain data, for a worker. */
export interface TraceFile {
  readonly path: string;
  readonly info: TraceInfo;
}

export class TraceLibrary {
  readonly #traces = new Map<string, OpenTrace>();
  readonly #sources = new Map<string, PackedFileSource>();
  #closed = false;

  /**
   * Reads, packs and counts the trace at `path`. A trace that is open already stays as it is. `passing`: the file will be
   * removed afterwards, so that a packed one is not used where it lies. Rejects with an InputError, or Cancelled.
   */
  async open(
    path: string,
    { passing = false, ...options }: TraceOptions & { passing?: boolean } = {},
  ): Promise<TraceInfo> {
    const opened = await openTrace(path, options);
    const trace = passing && opened.path === path ? await keepFile(opened) : opened;
    const known = this.#traces.get(trace.info.sha256);
    if (known === undefined && !this.#closed) {
      this.#traces.set(trace.info.sha256, trace);
      return trace.info;
    }
    trace.close();
    return known?.info ?? trace.info;
  }

  /** In the order in which they were opened. */
  list(): readonly TraceInfo[] {
    return [...this.#traces.values()].map(({ info }) => info);
  }

  /** The packed file of a trace, or undefined where it is not open. */
  file(sha256: string): TraceFile | undefined {
    const trace = this.#traces.get(sha256);
    return trace === undefined ? undefined : { path: trace.path, info: trace.info };
  }

  /** The records of a trace, or undefined where it is not open. */
  source(sha256: string): TraceSource | undefined {
    const file = this.file(sha256);
    if (file === undefined) return undefined;
    const source = this.#sources.get(sha256) ?? new PackedFileSource(file.path, file.info);
    this.#sources.set(sha256, source);
    return source;
  }

  /** Lets go of every trace and removes the temporary files. */
  close(): void {
    this.#closed = true;
    for (const source of this.#sources.values()) source.close();
    for (const trace of this.#traces.values()) trace.close();
    this.#sources.clear();
    this.#traces.clear();
  }
}

/** A trace whose packed file has a second name that is ours. */
async function keepFile(trace: OpenTrace): Promise<OpenTrace> {
  const temp = newTempPath();
  try {
    await link(trace.path, temp).catch(() => copyFile(trace.path, temp));
  } catch (error) {
    removeTemp(temp);
    throw fileError(error, trace.info.name, 'read');
  }
  return { ...trace, path: temp, close: () => removeTemp(temp) };
}

/** A lookup of packed files, each opened once: what a worker makes of the files that it is given. */
export function openSources(files: readonly TraceFile[]): TraceLookup {
  const sources = new Map(files.map(({ path, info }) => [info.sha256, new PackedFileSource(path, info)]));
  return (sha256) => sources.get(sha256);
}
