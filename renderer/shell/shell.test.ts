import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn, openText } from '../../src/lab/machines.ts';
import type { UnsavedMachine } from '../../src/lab/contract.ts';
import type { InputError } from '../../src/sim/index.ts';
import App from '../App.svelte';
import { LabError, type Client } from '../client/client.ts';
import { catalogue, type Fake, fakeLab } from './testing.ts';

async function opened(title: string): Promise<Fake> {
  const fake = fakeLab();
  render(App, { client: fake.client });
  await fireEvent.click(await screen.findByRole('button', { name: new RegExp(`^Open ${title}:`) }));
  await screen.findByRole('tree', { name: 'Machine' });
  return fake;
}

const treeitem = (name: RegExp): HTMLElement =>
  within(screen.getByRole('tree', { name: 'Machine' })).getByRole('treeitem', { name });

beforeEach(() => {
  localStorage.clear();
  // Each test's window is another one.
  sessionStorage.clear();
  localStorage.setItem('numaq-lab.notesOnOpen', 'false');
});

describe('the window', () => {
  it('shows the built-in machines and the recent ones', async () => {
    render(App, { client: fakeLab().client });
    expect(await screen.findByRole('heading', { name: 'Built-in machines' })).toBeTruthy();
    expect(screen.getAllByRole('button', { name: /^Open .+:/ })).toHaveLength(catalogue.machines.length);
    expect(await screen.findByText('Mine')).toBeTruthy();
  });

  it('says why it cannot start and tries again', async () => {
    const fake = fakeLab();
    let calls = 0;
    const client: Client = {
      ...fake.client,
      catalogue: () => (++calls === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve(catalogue)),
    };
    render(App, { client });
    expect(await screen.findByText('no answer')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Built-in machines' })).toBeTruthy();
  });

  it('opens a machine, adds a node, and takes it back by key', async () => {
    await opened('NUMA-Q, 16 GB, 4 quads');
    await fireEvent.click(screen.getAllByRole('button', { name: 'Add a node' })[0]);
    await waitFor(() => expect(treeitem(/^Node 4 /)).toBeTruthy());
    expect(screen.getByText('changed, not saved')).toBeTruthy();
    await fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true });
    await waitFor(() => expect(screen.queryByText('changed, not saved')).toBeNull());
  });

  it('saves by the menu, under a name made of the title, and then to the same file', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    fake.fire('command', { id: 'file.save' });
    await waitFor(() => expect(screen.getByText('numa-q-16-gb-4-quads.numaq.json')).toBeTruthy());
    fake.fire('command', { id: 'file.save' });
    await waitFor(() => expect(fake.saved).toHaveLength(2));
    expect(fake.saved[0].machine.nodes).toHaveLength(4);
  });

  it('says what it did not save: a value that was refused', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    await fireEvent.click(treeitem(/^Node 3 /));
    // The window of the test is narrow: the inspector waits until it is asked for.
    fake.fire('command', { id: 'view.inspector' });
    const cpus = await screen.findByLabelText('CPUs', { exact: true });
    await fireEvent.input(cpus, { target: { value: '70' } });
    await fireEvent.keyDown(cpus, { key: 'Enter' });
    await screen.findByRole('button', { name: /1 field refused/ });
    fake.fire('command', { id: 'file.save' });
    await screen.findByText(/^Saved as .+, without the refused value of Node 3, CPUs$/);
    expect(fake.saved[0].machine.nodes[3].cpus).toBe(4);
  });

  it('opens a recent machine by the palette, and shows its tab where it is open already', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    for (let time = 0; time < 2; time++) {
      fake.fire('command', { id: 'recent.open.h1' });
      await waitFor(() => expect(treeitem(/^PC, 256 MB/)).toBeTruthy());
      fake.fire('command', { id: 'tab.previous' });
      await waitFor(() => expect(treeitem(/^NUMA-Q, 16 GB/)).toBeTruthy());
    }
    expect(screen.getAllByRole('tab', { name: /^(PC|NUMA-Q)/ })).toHaveLength(2);
  });

  it('knows a run file that is opened as a machine', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    const text = JSON.stringify({ format: 'numaq-lab/run', version: 1 });
    fake.next = () =>
      Promise.resolve().then(() => {
        try {
          return openText(text, 'mine-run-1.json');
        } catch (error) {
          const { issues } = error as InputError;
          throw new LabError({ kind: 'input', message: 'no', source: 'mine-run-1.json', issues });
        }
      });
    fake.fire('command', { id: 'file.open' });
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('mine-run-1.json')).toBeTruthy();
    expect(within(dialog).getByText('This is a run file (numaq verify reads it), not a machine.')).toBeTruthy();
  });

  it('opens each machine in a tab, edits and undoes in each alone, and walks them by key', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    expect(screen.queryByRole('tablist', { name: 'Open machines' })).toBeNull();
    fake.fire('command', { id: 'machine.addNode' });
    await screen.findByText('changed, not saved');
    fake.fire('machineOpened', openBuiltIn('pc-256m'));
    await waitFor(() => expect(treeitem(/^PC, 256 MB/)).toBeTruthy());
    const names = (): readonly (string | null)[] =>
      within(screen.getByRole('tablist', { name: 'Open machines' }))
        .getAllByRole('tab')
        .map((tab) => tab.getAttribute('aria-label'));
    expect(names()).toEqual(['NUMA-Q, 16 GB, 4 quads, changed, not saved', 'PC, 256 MB']);
    expect(screen.queryByText('changed, not saved')).toBeNull();
    await fireEvent.keyDown(document.body, { key: 'PageUp', altKey: true });
    await waitFor(() => expect(treeitem(/^Node 4 /)).toBeTruthy());
    await fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true });
    await waitFor(() => expect(names()[0]).toBe('NUMA-Q, 16 GB, 4 quads'));
    await waitFor(() => expect(fake.order.at(-1)?.tabs).toHaveLength(2));
  });

  it('asks before a tab with unsaved changes is closed, and shows the next one when it is', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    fake.fire('machineOpened', openBuiltIn('pc-256m'));
    await waitFor(() => expect(treeitem(/^PC, 256 MB/)).toBeTruthy());
    fake.fire('command', { id: 'machine.addNode' });
    await screen.findByText('changed, not saved');
    fake.fire('command', { id: 'tab.close' });
    await fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(treeitem(/^Node 1 /)).toBeTruthy();
    fake.fire('command', { id: 'tab.close' });
    await fireEvent.click(await screen.findByRole('button', { name: 'Do not save' }));
    await waitFor(() => expect(treeitem(/^NUMA-Q, 16 GB/)).toBeTruthy());
    await waitFor(() => expect(fake.dropped).toHaveLength(1));
    fake.fire('command', { id: 'tab.close' });
    expect(await screen.findByRole('heading', { name: 'Built-in machines' })).toBeTruthy();
  });

  it('names file, place, expected and found when a file cannot be opened, and keeps the machine', async () => {
    const fake = await opened('NUMA-Q, 16 GB, 4 quads');
    const issue = {
      code: 'range',
      path: 'machine.bits',
      expected: '32 or 64',
      found: '33',
      message: 'expected 32 or 64, found 33',
    };
    fake.next = () =>
      Promise.reject(new LabError({ kind: 'input', message: 'no', source: 'broken.numaq.json', issues: [issue] }));
    fake.fire('command', { id: 'file.open' });
    const dialog = await screen.findByRole('dialog');
    for (const text of ['broken.numaq.json', 'machine.bits', '32 or 64', '33'])
      expect(within(dialog).getByText(text)).toBeTruthy();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(treeitem(/^NUMA-Q, 16 GB/)).toBeTruthy();
  });

  it('opens with the unsaved changes that a killed lab left, and discards them when asked to', async () => {
    const fake = fakeLab();
    const opened = openBuiltIn('pc-256m');
    const changed = checkMachine({ ...opened.checked.profile, title: 'Half done' });
    const when = '2026-01-02T03:04:05.000Z';
    fake.left = {
      tabs: [
        { tab: 'a1', opened: openBuiltIn('smp-8way'), changed: null, when },
        { tab: 'b2', opened, changed, when },
      ],
      current: 'b2',
      looked: null,
      unread: ['0a.json'],
    };
    render(App, { client: fake.client });
    const bar = await screen.findByRole('region', { name: 'Recovered changes' }, { timeout: 5000 });
    expect(bar.textContent).toContain('Unsaved changes to Half done, as of');
    expect(screen.getByText(/unsaved changes in 0a.json cannot be read; the file stays/)).toBeTruthy();
    const kept = (): UnsavedMachine | undefined => fake.kept.findLast(({ tab }) => tab === 'b2');
    await waitFor(() => expect(kept()).toMatchObject({ profile: { title: 'Half done' } }));
    await waitFor(() => expect(fake.order.at(-1)).toMatchObject({ tabs: ['a1', 'b2'], current: 'b2' }));
    await fireEvent.click(within(bar).getByRole('button', { name: 'Discard them' }));
    expect(screen.queryByRole('region', { name: 'Recovered changes' })).toBeNull();
    await waitFor(() => expect(kept()).not.toHaveProperty('profile'));
  });

  it('shows the notes of a machine when it is opened, until that is switched off', async () => {
    localStorage.clear();
    const fake = await opened('NUMA-Q, 64 GB, 8 quads');
    const dialog = await screen.findByRole('dialog');
    await fireEvent.click(within(dialog).getByRole('checkbox'));
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    fake.fire('machineOpened', openBuiltIn('pc-256m'));
    await waitFor(() => expect(treeitem(/^PC, 256 MB/)).toBeTruthy());
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('goes on in the drawing when notes that came by themselves are closed, and else where the keys were', async () => {
    localStorage.clear();
    const fake = await opened('NUMA-Q, 64 GB, 8 quads');
    const escape = async (): Promise<void> => {
      await fireEvent.keyDown(await screen.findByRole('dialog'), { key: 'Escape' });
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    };
    await escape();
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Drawing of the machine'));
    treeitem(/^Node 1 /).focus();
    fake.fire('command', { id: 'machine.notes' });
    await escape();
    await waitFor(() => expect(document.activeElement).toBe(treeitem(/^Node 1 /)));
  });

  it('walks the outline by arrow keys', async () => {
    await opened('NUMA-Q, 16 GB, 4 quads');
    const first = treeitem(/^Node 0 /);
    await fireEvent.keyDown(first, { key: 'ArrowLeft' });
    expect(first.getAttribute('aria-expanded')).toBe('false');
    await fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(treeitem(/^Node 1 /).getAttribute('aria-selected')).toBe('true');
  });

  it('changes the theme and remembers it', async () => {
    const fake = await opened('PC, 256 MB');
    const before = document.documentElement.dataset['theme'];
    fake.fire('command', { id: 'view.theme' });
    expect(document.documentElement.dataset['theme']).not.toBe(before);
    expect(localStorage.getItem('numaq-lab.theme')).toBe(JSON.stringify(document.documentElement.dataset['theme']));
  });
});
