import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { machineOn } from '../panels/testing.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import BorderHandle from './BorderHandle.svelte';
import { bordersOf } from './borders.ts';

const lab = vi.hoisted((): { machine: MachineState | null } => ({ machine: null }));
vi.mock('../state/lab.svelte.ts', () => ({ useLab: () => lab }));

function handle(which: number): HTMLElement {
  const machine = machineOn('numaq-64g-8quad');
  lab.machine = machine;
  if (machine.profile === null || machine.layout === null) throw new Error('no machine');
  const border = bordersOf(machine.profile, machine.layout, 0)[which];
  render(BorderHandle, { border, top: 0, mibPerPx: null });
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
});
