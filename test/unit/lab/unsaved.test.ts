import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecoveredTabs, UnsavedMachine } from '../../../src/lab/contract.ts';
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

const changed = (title: string, window: string, tab = 'a'): UnsavedMachine => ({
  window,
  tab,
  name: 'pc-256m',
  handle: null,
  saved: saved(),
  profile: { ...saved(), title },
});
const unchanged = (window: string, tab = 'a'): UnsavedMachine => ({
  window,
  tab,
  name: 'pc-256m',
  handle: null,
  saved: saved(),
});
/** Titles of the machines that came back, as they were when the lab ended. */
const titles = (found: RecoveredTabs | null): readonly (string | undefined)[] | undefined =>
  found?.tabs.map(({ opened, changed }) => (changed ?? opened.checked).profile?.title);

const LOOKED = { screen: 'lowMemory', selected: { a: 'node:3' } };

describe('what a window has on its table', () => {
  it('is there for the next start after a kill, with its unsaved changes', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST), '2026-01-02T03:04:05.000Z');
    const found = await new UnsavedMachines(folder).take(SECOND);
    expect(titles(found)).toEqual(['Mine']);
    expect(found?.tabs[0].opened.checked.profile).toEqual(saved());
    expect(found?.tabs[0].when).toBe('2026-01-02T03:04:05.000Z');
  });

  it('belongs to the window that took it, and to no other', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST));
    const next = new UnsavedMachines(folder);
    expect(await next.take(SECOND)).not.toBeNull();
    expect(await next.take(THIRD)).toBeNull();
    expect(names(join(folder, 'unsaved'))).toEqual([`${SECOND}.a.json`, `${SECOND}.tabs.json`]);
  });

  it('stays with a window that is loaded again, and is not taken by another of the same start', async () => {
    const store = new UnsavedMachines(emptyFolder());
    await store.keep(changed('Mine', FIRST));
    expect(await store.take(SECOND)).toBeNull();
    expect(titles(await store.take(FIRST))).toEqual(['Mine']);
  });

  it('comes newest first where several windows were killed, and none with changes is lost', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    await killed.keep(changed('Older', FIRST), '2026-01-01T00:00:00.000Z');
    await killed.keep(changed('Newer', SECOND), '2026-01-02T00:00:00.000Z');
    const next = new UnsavedMachines(folder);
    expect(titles(await next.take('a'.repeat(32)))).toEqual(['Newer']);
    expect(titles(await next.take('b'.repeat(32)))).toEqual(['Older']);
  });

  it('opens again without changes after a kill, and is gone after an ordinary end', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    await killed.keep(unchanged(FIRST));
    const next = new UnsavedMachines(folder);
    const found = await next.take(SECOND);
    expect(found?.tabs[0].changed).toBeNull();
    expect(found?.tabs[0].opened.name).toBe('pc-256m');
    await next.close();
    expect(await new UnsavedMachines(folder).take(THIRD)).toBeNull();
  });

  it('keeps unsaved changes over an ordinary end too, until they are dropped', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    await store.keep(changed('Mine', FIRST));
    await store.close();
    expect(names(join(folder, 'unsaved'))).toEqual([`${FIRST}.a.json`]);
    await store.drop(FIRST);
    expect(names(join(folder, 'unsaved'))).toEqual([]);
  });

  it('passes over a broken file and leaves it', async () => {
    const folder = emptyFolder();
    await new UnsavedMachines(folder).keep(changed('Mine', FIRST));
    writeFileSync(join(folder, 'unsaved', `${SECOND}.a.json`), '{"format":"numaq-lab/unsa');
    expect(titles(await new UnsavedMachines(folder).take(THIRD))).toEqual(['Mine']);
    expect(names(join(folder, 'unsaved'))).toContain(`${SECOND}.a.json`);
  });

  it('takes away what a kill in the middle of a write left beside the file', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    await store.keep(changed('Mine', FIRST));
    writeFileSync(join(folder, 'unsaved', `.${FIRST}.a.json.0011aabbccdd.tmp`), '{');
    writeFileSync(join(folder, 'unsaved', `${FIRST}.a.json.bak`), '{}');
    await store.drop(FIRST);
    expect(names(join(folder, 'unsaved'))).toEqual([]);
  });

  it('says so when the disk does not take it', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'unsaved'), 'a file where the folder should be');
    await expect(new UnsavedMachines(folder).keep(changed('Mine', FIRST))).rejects.toThrow('unsaved changes');
  });

  it('has all its tabs again, in their order, with the one in front', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    for (const tab of ['a', 'b', 'c']) await killed.keep(changed(tab, FIRST, tab));
    await killed.keepTabs({ window: FIRST, tabs: ['c', 'a'], current: 'a', looked: LOOKED });
    const next = new UnsavedMachines(folder);
    const found = await next.take(SECOND);
    // A tab that the order does not know yet, killed before it was written, stands last.
    expect(titles(found)).toEqual(['c', 'a', 'b']);
    expect([found?.current, found?.looked]).toEqual(['a', LOOKED]);
    const again = await next.take(SECOND);
    expect([titles(again), again?.looked]).toEqual([['c', 'a', 'b'], LOOKED]);
    expect(names(join(folder, 'unsaved')).filter((name) => name.startsWith(FIRST))).toEqual([]);
  });

  it('has its tabs in their order though what was looked at cannot be read', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    for (const tab of ['a', 'b']) await killed.keep(changed(tab, FIRST, tab));
    await killed.keepTabs({ window: FIRST, tabs: ['b', 'a'], current: 'a', looked: LOOKED });
    const file = join(folder, 'unsaved', `${FIRST}.tabs.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"lowMemory"', '5'));
    const found = await new UnsavedMachines(folder).take(SECOND);
    expect([titles(found), found?.current, found?.looked]).toEqual([['b', 'a'], 'a', null]);
  });

  it('names what of it cannot be read, beside the rest and alone', async () => {
    const folder = emptyFolder();
    const killed = new UnsavedMachines(folder);
    for (const tab of ['a', 'b']) await killed.keep(changed(tab, FIRST, tab));
    writeFileSync(join(folder, 'unsaved', `${FIRST}.b.json`), '{"format":"numaq-lab/unsa');
    const found = await new UnsavedMachines(folder).take(SECOND);
    expect([titles(found), found?.unread]).toEqual([['a'], [`${FIRST}.b.json`]]);
    writeFileSync(join(folder, 'unsaved', `${SECOND}.a.json`), '{}');
    const alone = await new UnsavedMachines(folder).take(THIRD);
    expect([alone?.tabs, alone?.unread.length]).toEqual([[], 2]);
    expect(names(join(folder, 'unsaved'))).toContain(`${FIRST}.b.json`);
  });

  it('loses one tab without the others when it is closed', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    for (const tab of ['a', 'b']) await store.keep(changed(tab, FIRST, tab));
    await store.drop(FIRST, 'a');
    expect(titles(await store.take(FIRST))).toEqual(['b']);
  });

  it('stays whole over an ordinary end when one of its tabs has unsaved changes', async () => {
    const folder = emptyFolder();
    const store = new UnsavedMachines(folder);
    await store.keep(changed('Mine', FIRST, 'a'));
    await store.keep(unchanged(FIRST, 'b'));
    await store.close();
    expect(titles(await new UnsavedMachines(folder).take(SECOND))).toEqual(['Mine', saved().title]);
  });

  it('is read from a side file of the time when a window had one machine', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'unsaved'));
    const { name, handle, saved: before, profile } = changed('Old', FIRST);
    const when = '2026-01-02T03:04:05.000Z';
    const text = { format: 'numaq-lab/unsaved', version: 1, start: 'x', when, name, handle, saved: before, profile };
    writeFileSync(join(folder, 'unsaved', `${FIRST}.json`), JSON.stringify(text));
    const store = new UnsavedMachines(folder);
    expect(titles(await store.take(SECOND))).toEqual(['Old']);
    expect(titles(await store.take(SECOND))).toEqual(['Old']);
    await store.drop(SECOND);
    expect(names(join(folder, 'unsaved'))).toEqual([]);
  });
});
