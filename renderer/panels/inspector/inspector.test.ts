import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { Selection } from '../../state/selection.svelte.ts';
import { machineOn } from '../testing.ts';
import { inspect } from './testing.ts';

const field = (name: string): HTMLInputElement => screen.getByLabelText(name, { exact: true });

async function enter(input: HTMLInputElement, text: string): Promise<void> {
  await fireEvent.input(input, { target: { value: text } });
  await fireEvent.keyDown(input, { key: 'Enter' });
}

describe('the search of fields', () => {
  const found = (): string | undefined => screen.getAllByRole('option')[0]?.textContent;

  it('has the fields of what is selected first among equals, and a better one of something else before them', async () => {
    const { selection } = inspect({ kind: 'node', node: 4 });
    const search = screen.getByLabelText('Find a field');
    await fireEvent.input(search, { target: { value: 'memory' } });
    expect(found()).toContain('Node 4, Memory');
    selection.select({ kind: 'cpus', node: 6 });
    flushSync();
    expect(found()).toContain('Node 6, Memory');
    selection.select({ kind: 'machine' });
    flushSync();
    expect(found()).toContain('Node 0, Memory');
    selection.select({ kind: 'node', node: 4 });
    await fireEvent.input(search, { target: { value: 'swappiness' } });
    expect(found()).toMatch(/swappiness/i);
  });
});

describe('a field', () => {
  it('shows its value with thousands and takes another one with Enter', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const memory = field('Memory');
    expect(memory.value).toBe('8,192');
    await enter(memory, '4 GiB');
    await waitFor(() => expect(machine.profile?.machine.nodes[3].memoryMiB).toBe(4096));
    expect(machine.layout?.nodes[3].presentPages).toBe(4096 * 256);
    await waitFor(() => expect(memory.value).toBe('4,096'));
  });

  it('tells whether something stands in it that is not in force: typed, or refused', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const cpus = field('CPUs');
    const typed = (): string | undefined => cpus.dataset['typed'];
    expect(typed()).toBe('false');
    await fireEvent.input(cpus, { target: { value: '2' } });
    expect(typed()).toBe('true');
    await fireEvent.input(cpus, { target: { value: '4' } });
    expect(typed()).toBe('false');
    await enter(cpus, '2');
    await waitFor(() => expect(typed()).toBe('false'));
    expect(machine.profile?.machine.nodes[3].cpus).toBe(2);
    machine.undo();
    await waitFor(() => expect(cpus.value).toBe('4'));
    await enter(cpus, 'many');
    await waitFor(() => expect(machine.refused).toHaveLength(1));
    expect(typed()).toBe('true');
    await fireEvent.keyDown(cpus, { key: 'Escape' });
    expect(typed()).toBe('false');
  });

  it('says what was expected while a wrong number is being typed, and changes nothing', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const before = machine.profile;
    await fireEvent.input(field('CPUs'), { target: { value: '70' } });
    expect(screen.getByRole('alert').textContent).toContain('Expected a whole number from 0 to 64, found 70.');
    expect(field('CPUs').getAttribute('aria-invalid')).toBe('true');
    expect(machine.profile).toBe(before);
  });

  it('offers the nearest value that would do', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    await fireEvent.input(field('CPUs'), { target: { value: '70' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Use 64' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[3].cpus).toBe(64));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('offers the binary unit for gigabytes, and nothing for a unit of something else', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const memory = field('Memory');
    await fireEvent.input(memory, { target: { value: '4 ns' } });
    expect(screen.queryByRole('button', { name: /^Use / })).toBeNull();
    await fireEvent.input(memory, { target: { value: '4 GB' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Use 4,096 MiB (4 GiB)' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[3].memoryMiB).toBe(4096));
  });

  it('goes back to the value in force with Esc', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const cpus = field('CPUs');
    await enter(cpus, 'many');
    await waitFor(() => expect(machine.refused).toHaveLength(1));
    expect(cpus.value).toBe('many');
    await fireEvent.keyDown(cpus, { key: 'Escape' });
    expect(cpus.value).toBe('4');
    expect(machine.refused).toHaveLength(0);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('steps with the arrows, ten at a time with Shift, and stays within its limits', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    const cpus = field('CPUs');
    await fireEvent.keyDown(cpus, { key: 'ArrowUp' });
    await fireEvent.keyDown(cpus, { key: 'ArrowUp' });
    await waitFor(() => expect(machine.profile?.machine.nodes[3].cpus).toBe(6));
    await fireEvent.keyDown(cpus, { key: 'ArrowUp', shiftKey: true });
    await waitFor(() => expect(machine.profile?.machine.nodes[3].cpus).toBe(16));
    await fireEvent.keyDown(cpus, { key: 'ArrowDown', shiftKey: true });
    await fireEvent.keyDown(cpus, { key: 'ArrowDown', shiftKey: true });
    await waitFor(() => expect(machine.profile?.machine.nodes[3].cpus).toBe(0));
  });

  it('shows a mistake that only boot can see, and names the place it is at', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    await enter(field('Memory'), '9.5 GiB');
    // 64 GiB is what PAE reaches, and node 7 would end beyond it.
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Node 7, Memory: expected at most 6,656 MiB');
    expect(machine.profile?.machine.nodes[3].memoryMiB).toBe(8192);
    expect(machine.layout?.boots).toBe(true);
  });

  it('says its own limit where it would push another node out of reach, and offers it', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    for (const typed of ['9728', '30000']) {
      await enter(field('Memory'), typed);
      // 65,536 MiB less six nodes of 8,192 and one of 8,184.
      await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('At most 8,200 MiB here.'));
    }
    await fireEvent.click(screen.getByRole('button', { name: 'Use 8,200 MiB' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[3].memoryMiB).toBe(8200));
  });

  it('offers what 9.5 means in GiB beside the nearest MiB', async () => {
    const { machine } = inspect({ kind: 'node', node: 7 });
    await fireEvent.input(field('Memory'), { target: { value: '4.5' } });
    expect(screen.getByRole('button', { name: 'Use 5 MiB' })).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Use 4,608 MiB (4.5 GiB)' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[7].memoryMiB).toBe(4608));
  });

  it('writes the numbers of a message alike at the field and elsewhere', async () => {
    const { selection } = inspect({ kind: 'node', node: 3 });
    await enter(field('Memory'), '99999999');
    expect((await screen.findByRole('alert')).textContent).toContain('from 0 to 67,108,864 MiB, found 99,999,999');
    selection.select({ kind: 'zones' });
    flushSync();
    expect(screen.getByRole('alert').textContent).toContain('from 0 to 67,108,864 (MiB), found 99,999,999');
  });

  it('says which nodes there are to one that a link cannot find', async () => {
    const { machine } = inspect({ kind: 'interconnect' });
    const kind = screen.getByLabelText<HTMLSelectElement>('Interconnect');
    const links = [...kind.options].findIndex((option) => option.textContent === 'Explicit links');
    await fireEvent.change(kind, { target: { value: String(links) } });
    await waitFor(() => expect(machine.profile?.machine.interconnect.kind).toBe('links'));
    await enter(field('Link 0: To node'), '99');
    expect((await screen.findByRole('alert')).textContent).toContain('There are nodes 0-7.');
  });

  it('keeps a mistake in sight when something else is selected', async () => {
    const { machine, selection } = inspect({ kind: 'node', node: 3 });
    await enter(field('CPUs'), '70');
    await waitFor(() => expect(machine.refused).toHaveLength(1));
    selection.select({ kind: 'zones' });
    flushSync();
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('Node 3, CPUs');
    await fireEvent.click(within(alert).getByRole('button', { name: 'Keep what was' }));
    expect(machine.refused).toHaveLength(0);
  });

  it('that is left out shows what its rule comes to, and can be given back to it', async () => {
    const { machine } = inspect({ kind: 'kernel' });
    const size = field('sizeof(struct page)');
    expect(size.value).toBe('');
    expect(size.placeholder).toBe('44');
    await enter(size, '48');
    await waitFor(() => expect(machine.profile?.kernel.structPageBytes).toBe(48));
    expect(machine.assumed).toContain('kernel.structPageBytes');
    await fireEvent.click(screen.getByRole('button', { name: 'sizeof(struct page): back to the rule' }));
    await waitFor(() => expect(machine.profile?.kernel.structPageBytes).toBeUndefined());
  });

  it('of a number without a source says `assumed`, and its description names the source of one that has it', () => {
    inspect({ kind: 'remoteCache' });
    const size = field('Remote cache: Size');
    const hint = document.getElementById(size.getAttribute('aria-describedby') ?? '')?.textContent ?? '';
    expect(hint).toMatch(/^Assumed\. /);
    expect(screen.getAllByText('assumed').length).toBeGreaterThan(0);
  });
});

describe('the inspector', () => {
  it('has a field for every part of the schema that a profile can hold', () => {
    const machine = machineOn('numaq-64g-8quad');
    const pages: Selection[] = [
      { kind: 'machine' },
      { kind: 'cpu' },
      { kind: 'remoteCache' },
      { kind: 'interconnect' },
      { kind: 'kernel' },
      { kind: 'zones' },
      { kind: 'node', node: 0 },
    ];
    const shown = new Set<string>();
    for (const page of pages) {
      inspect(page, machine);
      for (const element of document.querySelectorAll<HTMLElement>('[data-path]'))
        shown.add(element.dataset['path'] ?? '');
      document.body.innerHTML = '';
    }
    const missing = pathsOf(machine.profile, '').filter((path) => !isShown(path, shown));
    expect(missing).toEqual([]);
  });

  it('changes the interconnect to another kind, keeping what both have', async () => {
    const { machine } = inspect({ kind: 'interconnect' });
    const kind = screen.getByLabelText<HTMLSelectElement>('Interconnect');
    const labels = [...kind.options].map((option) => option.textContent);
    expect(labels).toEqual(['None', 'Ring', 'Mesh', 'Crossbar', 'Explicit links', 'Latency matrix']);
    await fireEvent.change(kind, { target: { value: String(labels.indexOf('Explicit links')) } });
    await waitFor(() => expect(machine.profile?.machine.interconnect.kind).toBe('links'));
    const { interconnect } = machine.profile?.machine ?? {};
    if (interconnect?.kind !== 'links') throw new Error('not links');
    expect(interconnect.remoteNs).toBe(2500);
    expect(interconnect.links).toHaveLength(8);
    await fireEvent.change(kind, { target: { value: String(labels.indexOf('Latency matrix')) } });
    await waitFor(() => expect(machine.profile?.machine.interconnect.kind).toBe('matrix'));
  });

  it('keeps what was typed wrongly into a row of a large matrix out of the other rows', async () => {
    inspect({ kind: 'interconnect' }, machineOn('altix-3700-128n'));
    const kind = screen.getByLabelText<HTMLSelectElement>('Interconnect');
    const matrix = [...kind.options].findIndex((option) => option.textContent === 'Latency matrix');
    await fireEvent.change(kind, { target: { value: String(matrix) } });
    const first = await screen.findByLabelText<HTMLTextAreaElement>(/^Row 0/);
    await fireEvent.input(first, { target: { value: 'far' } });
    expect(screen.getByRole('alert').textContent).toContain('expected a number');
    await fireEvent.change(screen.getByLabelText(/row of 128$/), { target: { value: '1' } });
    const second = screen.getByLabelText<HTMLTextAreaElement>(/^Row 1/);
    expect(second.value).toMatch(/^\d+( \d+){127}$/);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('adds, fills and removes an item of a list', async () => {
    const { machine } = inspect({ kind: 'node', node: 3 });
    await fireEvent.click(screen.getByRole('button', { name: 'Add to I/O' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[3].io).toHaveLength(1));
    await enter(field('I/O device 0: Queue depth'), '32');
    await waitFor(() => expect(machine.profile?.machine.nodes[3].io[0]?.queueDepth).toBe(32));
    await fireEvent.click(screen.getByRole('button', { name: 'Remove i/o device 0' }));
    await waitFor(() => expect(machine.profile?.machine.nodes[3].io).toHaveLength(0));
  });

  it('says why the last link between two halves cannot be removed, and keeps showing the links in force', async () => {
    const { machine } = inspect({ kind: 'interconnect' });
    const kind = screen.getByLabelText<HTMLSelectElement>('Interconnect');
    const links = [...kind.options].findIndex((option) => option.textContent === 'Explicit links');
    await fireEvent.change(kind, { target: { value: String(links) } });
    await waitFor(() => expect(machine.profile?.machine.interconnect.kind).toBe('links'));
    // A ring of eight stays whole without one of its links, and falls in two without a second.
    for (const at of [7, 3]) await fireEvent.click(screen.getByRole('button', { name: `Remove link ${at}` }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('links that join every node');
    expect(alert.textContent).toContain('no way from node 0 to node 4');
    expect(screen.getAllByRole('group', { name: /^Link \d$/ })).toHaveLength(7);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove link 6' }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('no way from node 0 to node 7'));
    await fireEvent.click(within(screen.getByRole('alert')).getByRole('button', { name: 'Keep what was' }));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(machine.refused).toHaveLength(0);
  });

  it('shows a zone as boot made it, with its watermarks', () => {
    // 2.6.0: low memory has 1,024 KiB of min shared by presence, a highmem zone 128 pages at most; low is twice, high thrice.
    inspect({ kind: 'zone', node: 3, zone: 'HighMem', index: 0 });
    const table = screen.getByRole('table', { name: /Watermarks of zone HighMem/ });
    const cells = within(table)
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
    expect(cells).toEqual(['128', '256', '384', '512', '1,024', '1,536']);
    expect(screen.getAllByText('2,074,112 pages, 7.91 GiB')).toHaveLength(2);
    expect(screen.getByText('23,040 pages, 90 MiB')).toBeTruthy();
  });

  it('sets the marks of a zone against the rule, and gives them back', async () => {
    const { machine } = inspect({ kind: 'zone', node: 3, zone: 'HighMem', index: 0 });
    await fireEvent.click(screen.getByRole('button', { name: 'Set these marks by hand' }));
    await waitFor(() => expect(machine.profile?.zones.watermarks).toHaveLength(1));
    await enter(field('low'), '300');
    await waitFor(() => expect(machine.layout?.nodes[3].zones[0].watermarks.low).toBe(300));
    await fireEvent.click(screen.getByRole('button', { name: 'Back to the flavour’s rule' }));
    await waitFor(() => expect(machine.layout?.nodes[3].zones[0].watermarks.low).toBe(256));
  });
});

/** Every path of a profile that holds a value, lists by their own path; `sources` is shown at the fields it is of. */
function pathsOf(value: unknown, path: string): string[] {
  if (path === 'format' || path === 'version' || path === 'sources') return [];
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) return path === 'machine.nodes' ? pathsOf(value[0], `${path}[0]`) : [path];
  return Object.entries(value).flatMap(([key, child]) => pathsOf(child, path === '' ? key : `${path}.${key}`));
}

function isShown(path: string, shown: ReadonlySet<string>): boolean {
  return shown.has(path) || (path.endsWith('policy') && shown.has('kernel.placement.policy'));
}
