/** Temporary files of opened traces: removed when they are closed, and when the process ends in an orderly way. */
import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that is being made. */
export interface TargetFile {
  readonly path: string;
  /** How messages name it. */
  readonly shown: string;
  /** It is a person's file: flushed to the disk, readable as other new files are. */
  readonly lasting: boolean;
}

/** Permissions of a new file, before the umask. */
export const modeOf = ({ lasting }: TargetFile): number => (lasting ? 0o666 : 0o600);

const live = new Set<string>();
let watching = false;

/** A path for a new file in `folder`; the file is removed at exit unless it is kept or removed before. */
export function newTempPath(folder: string = tmpdir(), prefix = 'numaq-trace-'): string {
  if (!watching) {
    watching = true;
    process.once('exit', () => live.forEach(removeTemp));
  }
  const path = join(folder, `${prefix}${randomBytes(8).toString('hex')}.tmp`);
  live.add(path);
  return path;
}

/** The file at `path` is now somebody's: it stays. */
export function keepTemp(path: string): void {
  live.delete(path);
}

export function removeTemp(path: string): void {
  live.delete(path);
  try {
    unlinkSync(path);
  } catch {
    // it was never made, or somebody removed it: either way it is gone
  }
}
