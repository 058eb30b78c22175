import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { checkMachine } from '../../src/lab/machines.ts';
import { machineOn } from '../panels/testing.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import BorderHandle from './BorderHandle.svelte';
import { bordersOf } from './borders.ts';

const catchUp = vi.hoisted(() => vi.fn());
const lab = vi.hoisted((): { machine: MachineState | null; client: object; topology: object } => ({
  machine: null,
  client: {},
  topology: { facts: { catchUp } },
}));
vi.mock('../state/lab.svelte.ts', () => ({ useLab: () => lab }));

function handle(which: number): HTMLElement {
  const machine = machineOn('numaq-64g-8quad');
  lab.machine = machine;
  lab.client = { check: (profile: unknown) => Promise.resolve(checkMachine(profile)) };
  if (machine.profile === null || machine.layout === null) throw new Error('no machine');
  const border = bordersOf(machine.profile, machine.layout, 0)[which];
  render(BorderHandle, { border, index: 0, top: 0, mibPerPx: null });
  return screen.getByRole('slider');
}

describe('a border handle', () => {
  it('keeps single keys to itself, and lets the window have its own', async () => {
    const heard: string[] = [];
    const listen = (event: KeyboardEvent): void => void heard.push(event.key);
    window.addEventListener('keydown', listen);
    const slider = handle(0);
    for (const key of ['Delete', 'Backspace', 'ArrowUp', ' ', '?']) await fireEvent.keyDown(slider, { key });
    expect(heard).toEqual([]);
    await fireEvent.keyDown(slider, { key: 'z', ctrlKey: true });
    await fireEvent.keyDown(slider, { key: 'Escape' });
    window.removeEventListener('keydown', listen);
    expect(heard).toEqual(['z', 'Escape']);
  });

  it('goes to the last value that boots with End and Home, and says so beforehand', async () => {
    // PAE reaches 65,536 MiB, of which nodes 1 to 7 take 6 x 8,192 and 8,184; low memory holds at most 1,000 MiB beside vmalloc and kmaps.
    const memory = handle(2);
    await fireEvent.focus(memory);
    await waitFor(() => expect(memory.getAttribute('aria-valuemax')).toBe(String(65536 - 6 * 8192 - 8184)));
    await fireEvent.keyDown(memory, { key: 'End' });
    await waitFor(() => expect(lab.machine?.profile?.machine.nodes[0].memoryMiB).toBe(8200));
    expect(lab.machine?.layout?.boots).toBe(true);
    expect(lab.machine?.refused).toHaveLength(0);
  });

  it('goes on from where it stands, though the drawing is behind, and has it drawn at once', async () => {
    const memory = handle(2);
    const standing = (): number | undefined => lab.machine?.profile?.machine.nodes[0].memoryMiB;
    const first = standing() ?? 0;
    await fireEvent.keyDown(memory, { key: 'ArrowDown' });
    await waitFor(() => expect(standing()).toBeLessThan(first));
    const step = first - (standing() ?? 0);
    await waitFor(() => expect(catchUp).toHaveBeenCalled());
    await fireEvent.keyDown(memory, { key: 'ArrowDown' });
    await waitFor(() => expect(standing()).toBe(first - 2 * step));
  });

  it('leaves no step when it comes back to where it began, also where a rule has put it', async () => {
    const maxmem = handle(1);
    const { machine } = lab;
    const opened = machine?.profile;
    expect(opened?.zones.maxmemMiB).toBeUndefined();
    await fireEvent.keyDown(maxmem, { key: 'ArrowDown' });
    await waitFor(() => expect(machine?.profile?.zones.maxmemMiB).toBeDefined());
    expect(machine?.canUndo).toBe(true);
    await fireEvent.keyDown(maxmem, { key: 'ArrowUp' });
    await waitFor(() => expect(machine?.profile).toBe(opened));
    expect([machine?.canUndo, machine?.dirty]).toEqual([false, false]);
  });

  it('never goes where the machine does not boot', async () => {
    const maxmem = handle(1);
    await fireEvent.keyDown(maxmem, { key: 'Home' });
    await waitFor(() => expect(lab.machine?.profile?.zones.maxmemMiB).toBeDefined());
    const least = lab.machine?.profile?.zones.maxmemMiB ?? 0;
    expect(lab.machine?.layout?.boots).toBe(true);
    await waitFor(() => expect(maxmem.getAttribute('aria-valuemin')).toBe(String(least)));
    const { profile } = lab.machine ?? {};
    if (profile === undefined || profile === null) throw new Error('no machine');
    expect(checkMachine({ ...profile, zones: { ...profile.zones, maxmemMiB: least - 1 } }).layout?.boots).toBe(false);
  });
});
