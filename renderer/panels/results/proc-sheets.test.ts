import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { procText } from '../../../src/sim/interop/proc-text.ts';
import { RunsState } from '../../state/runs.svelte.ts';
import { ownedParts } from '../memory-owners.ts';
import { aRun, idleClient, idleRuns } from '../testing.ts';
import Knobs from './Knobs.svelte';
import Memory from './Memory.svelte';
import { proc } from './proc-fixture.ts';
import { mapsSheet, procSheets } from './proc-sheets.ts';
import Processes from './Processes.svelte';
import ProcText from './ProcText.svelte';
import { ResultsView } from './results-view.svelte.ts';
import { cellText, type Sheet } from './sheets.ts';

const sheets = procSheets({ proc, transactions: [] });
const sheet = (id: string): Sheet => {
  const found = sheets.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no sheet ${id}`);
  return found;
};
const shown = (of: Sheet, row = 0): Record<string, string> =>
  Object.fromEntries(of.columns.map((column, at) => [column.label, cellText(column, of.rows[row][at])]));

describe('owners of a zone', () => {
  it('come to all of its pages, those in the CPUs\u2019 sets told from those on the free lists', () => {
    for (const zone of proc.zones) {
      expect(ownedParts(zone).reduce((sum, { pages }) => sum + pages, 0)).toBe(zone.present);
    }
    expect(ownedParts(proc.zones[0]).map(({ owner, pages }) => [owner, pages])).toEqual([
      ['reserved', 400],
      ['slab', 200],
      ['page tables', 90],
      ['per-CPU sets', 10],
      ['free', 300],
    ]);
  });

  it('stand in a row for each zone, with a column for each owner that some zone has', () => {
    expect(shown(sheet('memory'))).toMatchObject({ Zone: 'Normal 0', 'Taken at boot': '400', 'Page tables': '90' });
    expect(shown(sheet('memory'), 1)).toMatchObject({ Zone: 'HighMem 1', Anonymous: '250', Slab: '0' });
    expect(sheet('memory').columns.map(({ label }) => label)).not.toContain('Shared memory');
  });

  it('are drawn and said, and low memory is itemised', () => {
    render(Memory, { proc, sheet: sheet('memory'), pageBytes: 4096 });
    const bar = screen.getByRole('img', { name: /^HighMem 1: / });
    expect(bar.getAttribute('aria-label')).toContain('Anonymous 1,000 KiB');
    const items = within(screen.getByRole('region', { name: 'Low memory item by item' }));
    expect(items.getByRole('row', { name: /slab pte_chain 8 KiB/ })).toBeTruthy();
  });
});

describe('the profile', () => {
  it('is of the kernel: neither programs nor idleness count', () => {
    expect(sheet('profile').rows).toEqual([
      ['do_page_fault', 3e6, 75],
      ['page_add_rmap', 1e6, 25],
    ]);
  });
});

describe('locks and transactions', () => {
  it('say the mean hold, and are left out where there are none', () => {
    expect(shown(sheet('locks'))).toEqual({
      Lock: 'zone.lock',
      Acquisitions: '4',
      Held: '1,000 ns',
      'Mean hold': '250 ns',
    });
    expect(sheets.map(({ id }) => id)).not.toContain('transactions');
    expect(procSheets({ proc: null, transactions: [] })).toEqual([]);
  });
});

describe('processes', () => {
  it('have mappings with their pages by node', () => {
    const maps = mapsSheet(proc.tasks[0]);
    expect(shown(maps)).toEqual({
      Addresses: '08048000-0804c000',
      Rights: 'r-xp',
      Size: '16 KiB',
      Present: '12 KiB',
      'Node 0': '4 KiB',
      'Node 1': '8 KiB',
      What: '/bin/sh',
    });
  });

  it('show them when one is chosen, and say of a dead one that it has none', async () => {
    render(Processes, { proc, sheet: sheet('processes') });
    const maps = within(screen.getByRole('region', { name: 'Mappings' }));
    expect(maps.getByText('4 sh')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: '7' }));
    expect(maps.getByText('7 cat has ended: it has no mappings.')).toBeTruthy();
  });

  it('are sorted by words, too, from the first letter on', async () => {
    render(Processes, { proc, sheet: sheet('processes') });
    const table = within(screen.getByRole('region', { name: 'Processes' }));
    const first = (): string | null => table.getAllByRole('rowheader')[0].textContent?.trim() ?? null;
    await fireEvent.click(table.getByRole('button', { name: /^Name/ }));
    expect(first()).toBe('7');
    await fireEvent.click(table.getByRole('button', { name: /^Name/ }));
    expect(first()).toBe('4');
  });
});

describe('/proc', () => {
  it('is the text that the kernel would print, of the chosen file', async () => {
    const view = new ResultsView();
    const run = aRun();
    run.state = 'done';
    render(ProcText, { run, runs: idleRuns(), proc, view });
    expect(screen.getByRole('region', { name: '/proc/meminfo' }).textContent).toBe(procText('meminfo', proc));
    await fireEvent.click(screen.getByRole('button', { name: '/proc/buddyinfo' }));
    expect(screen.getByRole('region', { name: '/proc/buddyinfo' }).textContent).toBe(procText('buddyinfo', proc));
    expect(view.file).toBe('buddyinfo');
  });
});

describe('knobs', () => {
  it('are turned while the run is under way, and those that were stand with their time', async () => {
    const turned: unknown[] = [];
    const turnKnob = (...knob: unknown[]): Promise<null> => {
      turned.push(knob);
      return Promise.resolve(null);
    };
    const run = aRun();
    run.id = 'r1';
    run.state = 'running';
    const sysctls = [{ timeNs: 2e6, name: 'min_free_kbytes', value: 4096 }];
    render(Knobs, { run, runs: new RunsState({ ...idleClient, turnKnob }), proc: { ...proc, sysctls } });
    expect(screen.getByText(/min_free_kbytes = 4,096/).textContent).toContain('at 2,000.0');
    await fireEvent.change(screen.getByLabelText('Knob'), { target: { value: 'swappiness' } });
    await fireEvent.input(screen.getByLabelText('Value of the knob'), { target: { value: '0' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Turn' }));
    expect(turned).toEqual([['r1', 'swappiness', 0]]);
  });
});
