/** Folders for tests of files: an empty one, and small disks that only root can mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new empty folder, removed after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'numaq-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The names in a folder, sorted. */
export const names = (folder: string): readonly string[] => readdirSync(folder).sort();

/** Mounts a disk of `kib` KiB in memory for the test and returns its folder, or undefined where that is not allowed. */
export function smallDisk(kib: number): string | undefined {
  const folder = emptyFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'numaq-test', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  });
  return folder;
}

/** Makes a mounted disk read-only. */
export function makeReadOnly(folder: string): void {
  execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'ignore' });
}
