import { promises as disk } from 'node:fs';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Disk, saveAtomically } from '../../../src/lab/atomic-file.ts';
import { InputError } from '../../../src/sim/base/errors.ts';
import { emptyFolder, makeReadOnly, names, smallDisk } from './folders.ts';

const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

async function refusal(save: Promise<void>): Promise<InputError> {
  const error: unknown = await save.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

describe('a save', () => {
  it('writes a new file and leaves nothing beside it', async () => {
    const folder = emptyFolder();
    await saveAtomically(join(folder, 'a.json'), 'ümläut\n');
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('ümläut\n');
  });

  it('keeps the previous file as a backup until the new one is whole, then removes it', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    let seen: Record<string, string> = {};
    const watched: Disk = {
      ...disk,
      rename: async (from, to) => {
        seen = Object.fromEntries(names(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
        await disk.rename(from, to);
      },
    };
    await saveAtomically(file, 'new', file, watched);
    expect(seen['a.json']).toBe('old');
    expect(seen['a.json.bak']).toBe('old');
    expect(Object.entries(seen).filter(([, text]) => text === 'new')).toHaveLength(1);
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('does not touch a .bak that was there before', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    writeFileSync(`${file}.bak`, 'precious');
    await saveAtomically(file, 'new');
    expect(names(folder)).toEqual(['a.json', 'a.json.bak']);
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('precious');
  });

  it('leaves the file as it was, and nothing beside it, when the last step fails', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    const error = await refusal(saveAtomically(file, 'new', 'a.json', { ...disk, rename: () => failing('EIO') }));
    expect(error.message).toContain('a.json: cannot write it');
    expect(error.message).toContain('the file as it was before is untouched');
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('puts the backup back when the file is gone after a failure', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    const treacherous = async (from: unknown, to: unknown): Promise<void> => {
      if (to !== file || String(from).endsWith('.bak')) return disk.rename(String(from), String(to));
      unlinkSync(file);
      return failing('EIO');
    };
    await refusal(saveAtomically(file, 'new', file, { ...disk, rename: treacherous }));
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('keeps a copy as the backup on a disk without hard links', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    let backup = '';
    const without: Disk = {
      ...disk,
      link: () => failing('EPERM'),
      rename: async (from, to) => {
        backup = readFileSync(`${file}.bak`, 'utf8');
        await disk.rename(from, to);
      },
    };
    await saveAtomically(file, 'new', file, without);
    expect(backup).toBe('old');
    expect(names(folder)).toEqual(['a.json']);
  });

  it.skipIf(process.platform === 'win32')('keeps the mode, and follows a symbolic link', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    symlinkSync(file, join(folder, 'link.json'));
    await saveAtomically(join(folder, 'link.json'), 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(names(folder)).toEqual(['a.json', 'link.json']);
  });

  it('onto a folder is refused in a sentence', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'a.json'));
    const error = await refusal(saveAtomically(join(folder, 'a.json'), 'new', 'a.json'));
    expect(error.message).toBe('a.json: cannot write it: expected a file, found a folder (EISDIR). Nothing was saved');
    expect(names(folder)).toEqual(['a.json']);
  });

  it('into a folder that is not there is refused in a sentence', async () => {
    const error = await refusal(saveAtomically(join(emptyFolder(), 'no', 'a.json'), 'new', 'a.json'));
    expect(error.message).toContain('expected a folder that is there, found none (ENOENT)');
  });

  it.for([0, 16])('onto a full disk, with %i KiB left, keeps the file there whole', async (left, { skip }) => {
    const folder = smallDisk(128);
    if (folder === undefined) return skip('only root can mount a small disk');
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    // tmpfs counts pages of 4 KiB; one holds `old`.
    writeFileSync(join(folder, 'filler'), new Uint8Array((128 - 4 - left) * 1024));
    const error = await refusal(saveAtomically(file, 'x'.repeat(100_000), 'a.json'));
    expect(error.message).toContain('expected room on the disk, found a full disk (ENOSPC)');
    expect(names(folder)).toEqual(['a.json', 'filler']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('onto a disk that fills up while it is written is refused in a sentence', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    const full: Disk = {
      ...disk,
      open: async (...args) => {
        const handle = await disk.open(...args);
        handle.writeFile = () => failing('ENOSPC');
        return handle;
      },
    };
    const error = await refusal(saveAtomically(file, 'new', 'a.json', full));
    expect(error.message).toContain('found a full disk (ENOSPC)');
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('into a read-only disk or folder keeps the file there', async ({ skip }) => {
    const asRoot = process.getuid?.() === 0;
    const folder = asRoot ? smallDisk(64) : emptyFolder();
    if (folder === undefined || process.platform === 'win32') return skip('no read-only folder can be made here');
    const file = join(folder, 'a.json');
    writeFileSync(file, 'old');
    if (asRoot) makeReadOnly(folder);
    else chmodSync(folder, 0o555);
    const error = await refusal(saveAtomically(file, 'new', 'a.json'));
    if (!asRoot) chmodSync(folder, 0o755);
    expect(error.message).toContain(asRoot ? 'found a read-only disk (EROFS)' : 'found access denied (EACCES)');
    expect(names(folder)).toEqual(['a.json']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it.skipIf(!existsSync('/dev/full'))('onto a device is refused', async () => {
    const error = await refusal(saveAtomically('/dev/full', 'new'));
    expect(error.issues[0]!.code).toBe('ENXIO');
  });
});
