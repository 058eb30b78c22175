import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkMachine, machineSummaries, openBuiltIn, openText } from '../../src/lab/machines.ts';
import type {
  Catalogue,
  EventName,
  KeptTabs,
  LabEvents,
  OpenedMachine,
  RecoveredTabs,
  UnsavedMachine,
} from '../../src/lab/contract.ts';
import {
  flavours,
  formatProfile,
  type InputError,
  profileJsonSchema,
  type MachineProfile,
} from '../../src/sim/index.ts';
import App from '../App.svelte';
import { LabError, type Client } from '../client/client.ts';
import { outlineRows } from './outline.ts';
import { lowMemoryOf } from '../../src/lab/low-memory.ts';
import { checkSegment, segmentCatalogue } from '../../src/lab/segments.ts';
import { renderMarkdown } from './markdown.ts';
import { placeOf } from './places.ts';

const catalogue: Catalogue = {
  version: '0.0.0',
  machines: machineSummaries(),
  flavours: flavours.map(({ id, title, binding }) => ({ id, title, binding })),
  patterns: [{ id: 'stream', title: 'Stream', description: '' }],
  library: [],
  followEvents: [],
  metrics: [],
  profileSchema: profileJsonSchema(),
};

interface Fake {
  readonly client: Client;
  readonly saved: MachineProfile[];
  readonly kept: UnsavedMachine[];
  readonly order: KeptTabs[];
  /** Tabs whose side files were taken away. */
  readonly dropped: (string | null)[];
  /** What the lab before left. */
  left: RecoveredTabs | null;
  fire<E extends EventName>(event: E, payload: LabEvents[E]): void;
  next: () => Promise<OpenedMachine | null>;
}

/** A lab without a transport: machines and checks are real, files and runs are not. */
function fakeLab(): Fake {
  const listeners: { event: EventName; listener: (payload: never) => void }[] = [];
  const fake: Fake = {
    saved: [],
    kept: [],
    order: [],
    dropped: [],
    left: null,
    next: () => Promise.resolve(null),
    fire: (event, payload) => {
      for (const entry of listeners) if (entry.event === event) entry.listener(payload as never);
    },
    client: {
      door: 'desktop',
      on: (event, listener) => {
        const entry = { event, listener };
        listeners.push(entry);
        return () => void listeners.splice(listeners.indexOf(entry), 1);
      },
      catalogue: () => Promise.resolve(catalogue),
      openBuiltIn: (id) => Promise.resolve(openBuiltIn(id)),
      check: (profile) => Promise.resolve(checkMachine(profile)),
      zonelists: () => Promise.resolve([]),
      parseMachine: (name, text) => Promise.resolve(openText(text, name)),
      formatMachine: (profile) => Promise.resolve(formatProfile(profile as MachineProfile)),
      openMachine: () => fake.next(),
      openRecent: (handle) => Promise.resolve({ ...openBuiltIn('pc-256m'), handle }),
      recentMachines: () =>
        Promise.resolve([{ handle: 'h1', name: 'mine.numaq.json', title: 'Mine', when: '2026-01-02T03:04:05Z' }]),
      forgetRecent: () => Promise.resolve(null),
      saveMachine: (handle, profile) => {
        fake.saved.push(profile as MachineProfile);
        return Promise.resolve({ handle, name: 'mine.numaq.json' });
      },
      saveMachineAs: (name, profile) => {
        fake.saved.push(profile as MachineProfile);
        return Promise.resolve({ handle: 'h2', name });
      },
      keepUnsaved: (machine) => {
        fake.kept.push(machine);
        return Promise.resolve(null);
      },
      keepTabs: (tabs) => {
        fake.order.push(tabs);
        return Promise.resolve(null);
      },
      dropUnsaved: (_, tab) => {
        fake.dropped.push(tab);
        return Promise.resolve(null);
      },
      recoverUnsaved: () => Promise.resolve(fake.left),
      openTrace: () => Promise.resolve(null),
      traces: () => Promise.resolve([]),
      lowMemory: (profile) => Promise.resolve(lowMemoryOf(profile)),
      segmentDesigns: () => Promise.resolve(segmentCatalogue()),
      xray: () => Promise.reject(new Error('not in this test')),
      xrayRun: () => Promise.reject(new Error('not in this test')),
      predictSegment: ({ profile, design }) => Promise.resolve(checkSegment(profile, design)),
      startRun: () => Promise.resolve('r1'),
      pauseRun: () => Promise.resolve(null),
      resumeRun: () => Promise.resolve(null),
      cancelRun: () => Promise.resolve(null),
      stepRun: () => Promise.resolve(null),
      paceRun: () => Promise.resolve(null),
      seek: () => Promise.reject(new Error('no run')),
      xraySeen: () => Promise.reject(new Error('no run')),
      stopSeeking: () => Promise.resolve(null),
      runReport: () => Promise.reject(new Error('no run')),
      turnKnob: () => Promise.resolve(null),
      interimReport: () => Promise.reject(new Error('no run')),
      follow: () => Promise.reject(new Error('no run')),
      stopFollowing: () => Promise.resolve(null),
      openScript: () => Promise.resolve(null),
      openRun: () => Promise.resolve(null),
      parseRun: () => Promise.reject(new Error('not here')),
      parseScript: () => Promise.reject(new Error('no script')),
      formatRun: () => Promise.resolve(''),
      saveRunAs: () => Promise.resolve(null),
      saveFile: () => Promise.resolve(null),
    },
  };
  return fake;
}

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
    expect(fake.order.length === 0 || fake.order.at(-1)?.tabs.length).toBeTruthy();
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
    };
    render(App, { client: fake.client });
    const bar = await screen.findByRole('region', { name: 'Recovered changes' }, { timeout: 5000 });
    expect(bar.textContent).toContain('Unsaved changes to Half done, as of');
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

describe('notes', () => {
  const html = (markdown: string): string => {
    const holder = document.createElement('div');
    holder.append(renderMarkdown(markdown));
    return holder.innerHTML;
  };

  it('shows Markdown', () => {
    expect(html('**8 quads**, `PAE`')).toContain('<strong>8 quads</strong>, <code>PAE</code>');
  });

  it('shows nothing that runs, loads or leads away', () => {
    const holder = document.createElement('div');
    const notes =
      '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> a <b onclick="x()">b</b> ![p](http://x/p.png) [here](javascript:alert(1)) [there](https://example.org)';
    holder.append(renderMarkdown(notes));
    expect(holder.querySelectorAll('script, img, a, iframe, [onclick], [onerror], [style]')).toHaveLength(0);
    expect(holder.textContent).toContain('<img src=x onerror=alert(1)> a <b');
    expect(holder.textContent).toContain('there (https://example.org)');
  });
});

describe('places and rows', () => {
  const { profile, layout } = openBuiltIn('numaq-64g-8quad').checked;
  if (profile === undefined || layout === undefined) throw new Error('the built-in machine is not valid');

  it('finds the thing that has the field of an issue', () => {
    expect(placeOf('machine.nodes[3].memoryMiB', profile)).toEqual({ kind: 'node', node: 3 });
    expect(placeOf('machine.nodes[99].cpus', profile)).toEqual({ kind: 'machine' });
    expect(placeOf('zones.maxmemMiB', profile)).toEqual({ kind: 'zones' });
    expect(placeOf('machine.cpu.l2.kib', profile)).toEqual({ kind: 'cpu' });
    expect(placeOf('title', profile)).toEqual({ kind: 'machine' });
  });

  it('lists zones from high to low under an open node, and its CPUs by number', () => {
    const rows = outlineRows(profile, layout, new Set(['machine', 'node:1']), { title: '', programs: [] });
    const at = rows.findIndex((row) => row.key === 'node:1');
    expect(rows.slice(at + 1, at + 3).map((row) => [row.label, row.value])).toEqual([
      ['HighMem', '7.91 GiB'],
      ['CPUs 4–7', '700 MHz'],
    ]);
  });

  it('counts each row among those of the same parent', () => {
    const rows = outlineRows(profile, layout, new Set(['machine', 'node:0']), { title: '', programs: [] });
    const place = (key: string): readonly (number | undefined)[] => {
      const row = rows.find((candidate) => candidate.key === key);
      return [row?.place, row?.siblings];
    };
    expect(place('machine')).toEqual([1, 4]);
    expect(place('zone:0:DMA:0')).toEqual([3, 4]);
    expect(place('node:1')).toEqual([2, 11]);
    expect(place('zones')).toEqual([3, 4]);
  });

  it('has one row a node of 4,096 folded ones', () => {
    const large = openBuiltIn('altix-4700-4096n').checked;
    if (large.profile === undefined || large.layout === undefined) throw new Error('the built-in machine is not valid');
    expect(
      outlineRows(large.profile, large.layout, new Set(['machine']), { title: '', programs: [] }).filter(
        (row) => row.depth === 1,
      ).length,
    ).toBeGreaterThanOrEqual(4096);
  });
});
