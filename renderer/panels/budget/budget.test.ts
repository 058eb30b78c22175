import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { machineOn } from '../testing.ts';
import BudgetBar from './BudgetBar.svelte';
import { limitText } from './limit-text.ts';
import { budgetPicture, leadersOf, segmentWidths, tickLabels } from './segments.ts';

const MIB = 1024 * 1024;

async function layoutOf(id: string, path?: string, value?: unknown): Promise<BootLayout> {
  const machine = machineOn(id);
  if (path !== undefined) expect(await machine.edit(path, value)).toBe(true);
  if (machine.layout === null) throw new Error('no layout');
  return machine.layout;
}

describe('the budget bar', () => {
  it('fills the whole of low memory, in the order in which boot takes it', async () => {
    const picture = budgetPicture(await layoutOf('numaq-64g-8quad'), 1000);
    const bytes = picture.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    expect(bytes).toBe(896 * MIB);
    expect(picture.segments[0].bytes).toBe(628 * MIB);
    expect(picture.segments.at(-1)?.owner).toBe('free');
    expect(picture.segments.at(-1)?.bytes).toBe(144_180 * 1024);
    expect(picture.end).toBeCloseTo(1000);
  });

  it('names what the kernel keeps as the budget does, each piece another name', async () => {
    const { segments } = budgetPicture(await layoutOf('numaq-64g-8quad'), 1000);
    const names = segments.filter(({ owner }) => owner === 'kernel').map(({ title }) => title);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain('kernel');
  });

  it('gives no piece less than 3 px, and takes the difference from the largest', () => {
    const widths = segmentWidths([1, 1, 9998], 300);
    expect(widths).toEqual([3, 3, 294]);
    expect(segmentWidths([0, 5], 100)).toEqual([0, 100]);
  });

  it('has a tick every 128 MiB', async () => {
    const { ticks } = budgetPicture(await layoutOf('numaq-64g-8quad'), 1000);
    const labels = tickLabels(ticks, []).map((tick) => tick.text);
    expect(labels).toEqual(['0 MiB', '128', '256', '384', '512', '640', '768']);
  });

  it('goes past its end by what is short when the machine does not boot', async () => {
    const layout = await layoutOf('numaq-64g-8quad', 'kernel.structPageBytes', 60);
    expect(layout.boots).toBe(false);
    const picture = budgetPicture(layout, 1000);
    expect(picture.overBytes).toBe(layout.failure?.shortBytes);
    expect(picture.end).toBeLessThan(1000);
    const bytes = picture.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    expect(bytes).toBeCloseTo(896 * MIB + picture.overBytes, -1);
  });

  it('keeps the labels below it clear of the lines beside them', async () => {
    for (const id of ['numaq-64g-8quad', 'numaq-16g-4quad', 'numaq-64g-8quad-pgcl32k', 'laptop-1g', 'pc-256m']) {
      for (const width of [420, 800, 1200]) {
        const leaders = leadersOf(budgetPicture(await layoutOf(id), width).segments, width);
        for (const { line, row } of leaders) {
          for (const other of leaders.filter((candidate) => candidate.row < row)) {
            const end = other.x + other.segment.label.length * 6.3;
            expect(line < other.x || line > end, `${id} at ${width}`).toBe(true);
          }
        }
      }
    }
  });

  it('has labels side by side in a single row, none over another, a line or the edge', async () => {
    for (const id of ['numaq-64g-8quad', 'numaq-16g-4quad', 'numaq-64g-8quad-pgcl32k', 'laptop-1g', 'pc-256m']) {
      for (const width of [420, 640, 1200]) {
        const { segments } = budgetPicture(await layoutOf(id), width);
        const leaders = leadersOf(segments, width, 1);
        // In a narrow bar not even one may have room.
        if (width > 420) expect(leaders.length > 0).toBe(leadersOf(segments, width).length > 0);
        const spans = leaders.map(({ x, segment }) => ({ from: x, to: x + segment.label.length * 6.3 }));
        for (const [at, { row }] of leaders.entries()) {
          expect(row).toBe(0);
          expect(spans[at].from >= 0 && spans[at].to <= width, `${id} at ${width}`).toBe(true);
          for (const [other, { line }] of leaders.entries()) {
            expect(line < spans[at].from || line > spans[at].to, `${id} at ${width}`).toBe(true);
            if (other !== at)
              expect(spans[other].to < spans[at].from || spans[other].from > spans[at].to, `${id} at ${width}`).toBe(
                true,
              );
          }
        }
      }
    }
  });

  it('says why low memory ends where it does', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const texts = async (path: string, value: unknown): Promise<string> => {
      await machine.edit(path, value);
      return machine.layout === null || machine.profile === null ? '' : limitText(machine.layout, machine.profile);
    };
    expect(await texts('title', 'x')).toBe('896 MiB = 1 GiB kernel space \u2212 128 MiB vmalloc reserve');
    expect(await texts('zones.maxmemMiB', 834)).toBe('834 MiB: maxmem, set by the profile');
    const small = machineOn('pc-256m');
    if (small.layout === null || small.profile === null) throw new Error('no layout');
    expect(limitText(small.layout, small.profile)).toBe('256 MiB: all of the machine’s memory');
  });

  it('becomes a table with T, with the arithmetic of every item', async () => {
    const machine = machineOn('numaq-64g-8quad');
    if (machine.layout === null || machine.profile === null) throw new Error('no layout');
    render(BudgetBar, { layout: machine.layout, profile: machine.profile });
    await fireEvent.keyDown(screen.getByRole('region', { name: 'Low memory budget' }), { key: 't' });
    const rows = screen.getAllByRole('row');
    expect(rows).toHaveLength(machine.layout.lowmemBudget.length + 1);
    expect(rows[1].textContent).toContain('628.00');
  });
});
