/**
 * What a door gives the lab and gets from it. The lab knows neither Electron nor http: dialogs, the place for its data
 * and the worker's bundle are injected.
 */
import type { TraceInfo } from '../sim/index.ts';
import type { EventName, LabApi, LabEvents, MadeFile, OpenedMachine } from './contract.ts';

/** Native dialogs. Each resolves to an absolute path, or null where the person dismissed it. */
export interface Dialogs {
  openMachine(): Promise<string | null>;
  /** `suggested` is a file name, without folder. */
  saveMachine(suggested: string): Promise<string | null>;
  openTrace(): Promise<string | null>;
  openScript(): Promise<string | null>;
  openRun(): Promise<string | null>;
  saveRun(suggested: string): Promise<string | null>;
  /** A picture or a table that a window made. */
  saveFile(suggested: string, type: MadeFile['type']): Promise<string | null>;
}

export interface LabOptions {
  /** Folder for the list of recent machines; made when it is missing. */
  readonly dataDir: string;
  /** The worker's bundle: `dist/main/run.worker.cjs`, or where a door keeps it. */
  readonly workerPath: string;
  /** Left out in the browser door: its client uploads and downloads instead. */
  readonly dialogs?: Dialogs;
}

/** A running lab. */
export interface Lab {
  readonly api: LabApi;
  /** Calls `listener` on every event of that name; returns the function that stops it. */
  on<E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void): () => void;
  /** Opens a machine file that came from outside the window (command line, double click). Rejects with an InputError. */
  openMachineFile(path: string): Promise<OpenedMachine>;
  /**
   * Reads, packs and counts a trace at `path`, shown as `name` (browser door: after an upload). The file may be removed
   * afterwards. Rejects with an InputError.
   */
  openTraceFile(path: string, name?: string): Promise<TraceInfo>;
  /** Cancels what runs and removes temporary files. */
  close(): Promise<void>;
}
