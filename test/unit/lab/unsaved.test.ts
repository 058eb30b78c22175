import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UnsavedMachine } from '../../../src/lab/contract.ts';
import { openBuiltIn } from '../../../src/lab/machines.ts';
import { UnsavedMachines } from '../../../src/lab/unsaved.ts';
import type { MachineProfile } from '../../../src/sim/index.ts';
import { emptyFolder, names } from './folders.ts';

const FIRST = '00000000-0000-0000-0000-000000000001';
const SECOND = '00000000-0000-0000-0000-000000000002';
const THIRD = '00000000-0000-0000-0000-000000000003';

function saved(): MachineProfile {
  const { profile } = openBuiltIn('pc-256m').checked;
  if (profile === undefined) throw new Error('the built-in machine is not valid');
  return profile;
}

const changed = (title: string, window: string): UnsavedMachine => ({
  window,
  name: 'pc-256m',
  handle: null,
  saved: saved(),
  profile: { ...saved(), title },
});
const unchanged = (window: string): UnsavedMachine => ({ window, name: 'pc-256m', handle: null, saved: saved() });

describe('what a window has on its table', () => {
  it('is there for the next start after a kill, with its unsaved changes', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST), '2026-01-02T03:04:05.000Z');
    const found = await new UnsavedMachines(folder).take(SECOND);
    expect(found?.changed?.profile?.title).toBe('Mine');
    expect(found?.opened.checked.profile).toEqual(saved());
    expect(found?.when).toBe('2026-01-02T03:04:05.000Z');
  });

  it('belongs to the window that took it, and to no other', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST));
    const next = new UnsavedMachines(folder);
    expect(await next.take(SECOND)).not.toBeNull();
    expect(await next.take(THIRD)).toBeNull();
    expect(names(join(folder, 'unsaved'))).toEqual([`${SECOND}.json`]);
  });

  it('stays with a window that is loaded again, and is not taken by another of the same start', async () => {
    const store = new UnsavedMachines(emptyFolder());
    await store.keep(changed('Mine', FIRST));
    expect(await store.take(SECOND)).toBeNull();
    expect((await store.take(FIRST))?.changed?.profile?.title).toBe('Mine');
  });

  it('comes newest first where several windows were killed, and none with changes is lost', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    await killed.keep(changed('Older', FIRST), '2026-01-01T00:00:00.000Z');
    await killed.keep(changed('Newer', SECOND), '2026-01-02T00:00:00.000Z');
    const next = new UnsavedMachines(folder);
    expect((await next.take('a'.repeat(32)))?.changed?.profile?.title).toBe('Newer');
    expect((await next.take('b'.repeat(32)))?.changed?.profile?.title).toBe('Older');
  });

  it('opens again without changes after a kill, and is gone after an ordinary end', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    await killed.keep(unchanged(FIRST));
    const next = new UnsavedMachines(folder);
    const found = await next.take(SECOND);
    expect(found?.changed).toBeNull();
    expect(found?.opened.name).toBe('pc-256m');
    await next.close();
    expect(await new UnsavedMachines(folder).take(THIRD)).toBeNull();
  });

  it('keeps unsaved changes over an ordinary end too, until they are dropped', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    await store.keep(changed('Mine', FIRST));
    await store.close();
    expect(names(join(folder, 'unsaved'))).toEqual([`${FIRST}.json`]);
    await store.drop(FIRST);
    expect(names(join(folder, 'unsaved'))).toEqual([]);
  });

  it('passes over a broken file and leaves it', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST));
    writeFileSync(join(folder, 'unsaved', `${SECOND}.json`), '{"format":"numaq-lab/unsa');
    expect((await new UnsavedMachines(folder).take(THIRD))?.changed?.profile?.title).toBe('Mine');
    expect(names(join(folder, 'unsaved'))).toContain(`${SECOND}.json`);
  });

  it('takes away what a kill in the middle of a write left beside the file', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    await store.keep(changed('Mine', FIRST));
    writeFileSync(join(folder, 'unsaved', `.${FIRST}.json.0011aabbccdd.tmp`), '{');
    writeFileSync(join(folder, 'unsaved', `${FIRST}.json.bak`), '{}');
    await store.drop(FIRST);
    expect(names(join(folder, 'unsaved'))).toEqual([]);
  });

  it('says so when the disk does not take it', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'unsaved'), 'a file where the folder should be');
    await expect(new UnsavedMachines(folder).keep(changed('Mine', FIRST))).rejects.toThrow('unsaved changes');
  });
});
