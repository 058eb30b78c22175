import { render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MachineShape, RecentMachine } from '../../src/lab/contract.ts';
import App from '../App.svelte';
import { fakeLab } from '../shell/testing.ts';
import { DRAWN, drawMachine } from './thumbnail.ts';

const KINDS: readonly MachineShape['interconnect'][] = ['none', 'ring', 'mesh', 'crossbar', 'links', 'matrix'];

describe('the picture of a machine', () => {
  it.each(KINDS)('lies within what a small one shows, whatever is joined by %s', (interconnect) => {
    for (const nodes of [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 40, 63, 64, 4096]) {
      for (const cpus of [0, 1, 2, 8, 16_384]) {
        for (const box of drawMachine({ interconnect, nodes, cpus }).boxes) {
          expect(box.x).toBeGreaterThan(DRAWN.x);
          expect(box.x + (box.width ?? box.size)).toBeLessThan(DRAWN.x + DRAWN.width);
          expect(box.y).toBeGreaterThan(0);
          expect(box.y + box.size).toBeLessThan(DRAWN.height);
        }
      }
    }
  });
});

describe('recent machines on the start page', () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
  });

  const entry = (title: string, shape?: MachineShape): RecentMachine => ({
    handle: title,
    name: `${title}.numaq.json`,
    title,
    when: '2025-01-02T03:04:05Z',
    ...(shape === undefined ? {} : { shape }),
  });

  async function shown(machines: readonly RecentMachine[]): Promise<HTMLElement> {
    const client = { ...fakeLab().client, recentMachines: () => Promise.resolve(machines) };
    render(App, { client });
    return screen.findByRole('list', { name: 'Recent' });
  }

  it('have their picture: a box for each node, hidden from those who hear the title', async () => {
    const list = await shown([
      entry('Eight', { interconnect: 'ring', nodes: 8, cpus: 32 }),
      entry('Two', { interconnect: 'links', nodes: 2, cpus: 8 }),
    ]);
    const boxes = within(list)
      .getAllByRole('button', { name: /2 Jan 2025/ })
      .map((button) => button.querySelectorAll('[aria-hidden="true"] svg rect').length);
    expect(boxes).toEqual([8, 2]);
    expect(within(list).getByRole('button', { name: 'Eight Eight.numaq.json 2 Jan 2025' })).toBeTruthy();
  });

  it('have an empty frame where the lab does not know what they look like', async () => {
    const list = await shown([entry('Old')]);
    const button = within(list).getByRole('button', { name: /^Old/ });
    expect(button.querySelectorAll('svg')).toHaveLength(0);
    expect(button.querySelectorAll('.picture')).toHaveLength(1);
  });
});
