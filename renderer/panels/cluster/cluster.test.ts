import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { checkMachine } from '../../../src/lab/machines.ts';
import { machineOn } from '../testing.ts';
import ClusterSlider from './ClusterSlider.svelte';

describe('the cluster slider', () => {
  it('says the low memory of the position, and shows that of every other one', async () => {
    const machine = machineOn('numaq-64g-8quad');
    render(ClusterSlider, { machine, check: (profile: unknown) => Promise.resolve(checkMachine(profile)) });
    expect(screen.getByRole('status').textContent).toBe('low memory 268 MiB');
    const figures = (): (string | null)[] =>
      [...document.querySelectorAll('.figure')].map((figure) => figure.textContent?.trim() ?? null);
    // 44 B a cluster, each window rounded up to 2 MiB: by hand, 6 windows of 90, 46, 24, 12, 6, 4, 2 MiB and node 7's.
    await waitFor(() => expect(figures()).toEqual(['268', '576', '730', '812', '854', '868', '882']));
  });

  it('turns the page cluster, keeps maxmem, and says that the published kernel reserved more', async () => {
    const machine = machineOn('numaq-64g-8quad');
    render(ClusterSlider, { machine, check: (profile: unknown) => Promise.resolve(checkMachine(profile)) });
    const slider = screen.getByRole('slider', { name: 'Page cluster' });
    await fireEvent.input(slider, { target: { value: '3' } });
    await waitFor(() => expect(machine.profile?.kernel.pageMmuShift).toBe(3));
    expect(machine.profile?.zones.maxmemMiB).toBeUndefined();
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('low memory 812 MiB'));
    expect(slider.getAttribute('aria-valuetext')).toBe('32 KiB, low memory 812 MiB');
    expect(screen.getByText(/The published page-clustering kernel reserved more/)).toBeTruthy();
  });

  it('offers the nearest cluster that would boot where the machine does not', async () => {
    // Without clusters a struct page of 60 bytes makes seven windows that low memory cannot hold; with 8 KiB there are half as many.
    const machine = machineOn('numaq-64g-8quad');
    expect(await machine.edit('kernel.structPageBytes', 60)).toBe(true);
    render(ClusterSlider, { machine, check: (profile: unknown) => Promise.resolve(checkMachine(profile)) });
    expect(screen.getByRole('status').textContent).toBe('does not boot');
    await fireEvent.click(await screen.findByRole('button', { name: '8 KiB clusters would boot' }));
    await waitFor(() => expect(machine.layout?.boots).toBe(true));
    expect(machine.profile?.kernel.pageMmuShift).toBe(1);
    expect(screen.queryByRole('button', { name: /would boot/ })).toBeNull();
  });

  it('asks for its columns once for a machine, and marks those of the machine before an edit', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const asked: unknown[] = [];
    const check = (profile: unknown): Promise<ReturnType<typeof checkMachine>> => {
      asked.push(profile);
      return Promise.resolve(checkMachine(profile));
    };
    render(ClusterSlider, { machine, check });
    const last = (): string | undefined => [...document.querySelectorAll('.figure')].at(-1)?.textContent?.trim();
    await waitFor(() => expect(last()).toBe('882'));
    expect(asked).toHaveLength(7);
    expect(await machine.edit('kernel.pageMmuShift', 2)).toBe(true);
    machine.undo();
    expect(await machine.edit('kernel.structPageBytes', 60)).toBe(true);
    await waitFor(() => expect(document.querySelectorAll('.column.old')).toHaveLength(6));
    await waitFor(() => expect(document.querySelectorAll('.column.old')).toHaveLength(0));
    expect(asked).toHaveLength(14);
  });

  it('is one step of undo however far it is dragged', async () => {
    const machine = machineOn('numaq-64g-8quad');
    render(ClusterSlider, { machine, check: (profile: unknown) => Promise.resolve(checkMachine(profile)) });
    const slider = screen.getByRole('slider', { name: 'Page cluster' });
    for (const value of ['1', '2', '3']) {
      await fireEvent.input(slider, { target: { value } });
      await waitFor(() => expect(machine.profile?.kernel.pageMmuShift).toBe(Number(value)));
    }
    machine.undo();
    expect(machine.profile?.kernel.pageMmuShift).toBe(0);
  });
});
