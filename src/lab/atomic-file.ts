/**
 * Writing a file whole or not at all. The text goes to a new file beside the target, which is flushed to the disk and
 * then renamed over it; from before the rename until the new file is in place, the file as it was is kept as
 * `<name>.bak`. Not npm's write-file-atomic: version 7.0.1 takes a short write for a whole one, and on a disk with a
 * little room left replaces the file by its first bytes.
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as disk, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileError, systemCode } from './file-error.ts';

/** What the disk is asked for; tests put a failing one in its place. */
export type Disk = Pick<typeof disk, 'open' | 'rename' | 'link' | 'copyFile' | 'unlink' | 'stat' | 'realpath'>;

const UNTOUCHED = 'Nothing was saved; the file as it was before is untouched';
const NOTHING = 'Nothing was saved';

/**
 * Writes `text` (in pieces, where it is long) as UTF-8, or bytes, to `path`, following a symbolic link. Keeps the mode of a file that is replaced. Throws an
 * InputError that names the file as `shown`; then the file is what it was and nothing new lies beside it.
 */
export async function saveAtomically(
  path: string,
  text: string | Uint8Array | Iterable<string>,
  shown: string = path,
  on: Disk = disk,
): Promise<void> {
  let before: Stats | undefined;
  try {
    const target = await on.realpath(path).catch(() => path);
    before = await on.stat(target).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (before !== undefined) refuseOthers(before);
    await replace(target, text, before?.mode, on);
  } catch (error) {
    throw fileError(error, shown, 'write', before?.isFile() === true ? UNTOUCHED : NOTHING);
  }
}

/**
 * Whether `saveAtomically` can write to `path`, as far as can be known before: the folder is there and takes files, and
 * no folder or device has the name. Nothing is written. Rejects with an InputError that names the file as `shown`.
 */
export async function checkTarget(path: string, shown: string = path): Promise<void> {
  try {
    const target = await disk.realpath(path).catch(() => path);
    const folder = dirname(target);
    if (!(await disk.stat(folder)).isDirectory()) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' });
    const there = await disk.stat(target).catch(() => undefined);
    if (there !== undefined) refuseOthers(there);
    await disk.access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileError(error, shown, 'write', 'Nothing was run');
  }
}

/** Throws for a folder and for a device, pipe or socket. */
function refuseOthers(there: Stats): void {
  if (there.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (!there.isFile()) throw Object.assign(new Error('a device'), { code: 'ENXIO' });
}

async function replace(
  target: string,
  text: string | Uint8Array | Iterable<string>,
  mode: number | undefined,
  on: Disk,
): Promise<void> {
  const fresh = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
  let backup: string | undefined;
  try {
    await writeWhole(fresh, text, mode, on);
    if (mode !== undefined) backup = await keepBackup(target, on);
    await on.rename(fresh, target);
    await flushFolder(dirname(target), on);
  } catch (error) {
    await on.unlink(fresh).catch(() => undefined);
    if (backup !== undefined) await putBack(backup, target, on);
    throw error;
  }
  if (backup !== undefined) await on.unlink(backup).catch(() => undefined);
}

async function writeWhole(
  fresh: string,
  text: string | Uint8Array | Iterable<string>,
  mode: number | undefined,
  on: Disk,
): Promise<void> {
  const file = await on.open(fresh, 'wx', 0o666);
  try {
    // A handle's writeFile goes on where the last one ended.
    for (const piece of typeof text === 'string' || text instanceof Uint8Array ? [text] : text)
      await file.writeFile(piece, 'utf8');
    if (mode !== undefined) await file.chmod(mode & 0o7777).catch(() => undefined);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Keeps what `target` holds under a second name, which is returned. A `.bak` that is there already is somebody's: it stays. */
async function keepBackup(target: string, on: Disk): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const backup = `${target}.bak${attempt === 1 ? '' : attempt}`;
    try {
      await on.link(target, backup);
      return backup;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') return copyBackup(target, backup, on);
      if (attempt === 99) throw error;
    }
  }
}

/** For disks without hard links. */
async function copyBackup(target: string, backup: string, on: Disk): Promise<string> {
  try {
    await on.copyFile(target, backup, 1 /* COPYFILE_EXCL */);
    return backup;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') await on.unlink(backup).catch(() => undefined);
    throw error;
  }
}

/** After a failure: the backup goes where its original still stands, and becomes it again where it does not. */
async function putBack(backup: string, target: string, on: Disk): Promise<void> {
  const there = await on.stat(target).then(
    () => true,
    () => false,
  );
  if (there) await on.unlink(backup).catch(() => undefined);
  else await on.rename(backup, target).catch(() => undefined);
}

/** So that the rename survives a power cut. Windows cannot open a folder; there the rename is flushed by the system. */
async function flushFolder(folder: string, on: Disk): Promise<void> {
  const handle = await on.open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
