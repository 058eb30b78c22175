import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { lowMemoryOf } from '../../../src/lab/low-memory.ts';
import { checkMachine } from '../../../src/lab/machines.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { Run, type RunStart } from '../../state/runs.svelte.ts';
import { aRun, machineOn } from '../testing.ts';
import AddressMap from './AddressMap.svelte';
import BootLimit from './BootLimit.svelte';
import BudgetItems from './BudgetItems.svelte';
import { explain } from './explain.ts';
import { LowMemoryState } from './low-memory.svelte.ts';
import { addressText, addressTicks, piecesOf, splitText } from './map.ts';
import { atCluster, measuredClusters, type Started } from './measured.ts';

const GIB = 2 ** 30;

function tableOf(id: string): { profile: MachineProfile; layout: NonNullable<ReturnType<typeof machineOn>['layout']> } {
  const { profile, layout } = machineOn(id);
  if (profile === null || layout === null) throw new Error('no machine');
  return { profile, layout };
}

describe('an item of low memory in words', () => {
  it('says of the windows how many struct pages each node’s memory makes', () => {
    const { layout } = tableOf('numaq-64g-8quad');
    const windows = layout.lowmemBudget.find(({ item }) => item.startsWith('KVA windows'));
    if (windows === undefined) throw new Error('no windows');
    const { figures } = explain(windows, layout);
    // By hand: 8 GiB are 2,097,152 frames; 2,097,153 x 44 B are 88.00004 MiB, in 2 MiB pages 90.
    expect(figures[0]).toBe(
      '6 nodes (1 to 6), each: 2,097,152 frames make 2,097,153 struct pages of 44 B, 88.00 MiB, in a window of 90 MiB.',
    );
    // Node 7 is 2,048 frames short: 2,095,105 x 44 B are 87.91 MiB.
    expect(figures[1]).toContain('Node 7: 2,095,104 frames make 2,095,105 struct pages of 44 B, 87.91 MiB');
    expect(figures.at(-1)).toBe('That is 70.1 % of the 896 MiB that low memory may reach.');
  });

  it('takes every other item from the limit to explain what is free', () => {
    const { layout } = tableOf('pc-256m');
    const free = layout.lowmemBudget.at(-1);
    if (free === undefined) throw new Error('no items');
    const { figures } = explain(free, layout);
    const taken = layout.lowmemBudget.filter((item) => item !== free && item.bytes > 0);
    expect(figures).toHaveLength(taken.length + 2);
    expect(figures[0]).toBe('256 MiB up to the limit of low memory;');
  });

  it('is shown for the item that is chosen', async () => {
    const { layout } = tableOf('numaq-64g-8quad');
    let chosen = '';
    const view = render(BudgetItems, { layout, chosen, onchoose: (item: string) => (chosen = item) });
    await fireEvent.click(screen.getByRole('radio', { name: /^mem_map of node 0/ }));
    expect(chosen).toBe('mem_map of node 0');
    await view.rerender({ chosen });
    expect(screen.getByRole('heading', { name: 'mem_map of node 0' })).toBeTruthy();
    expect(screen.getByText(/One struct page for every page of memory/)).toBeTruthy();
  });
});

describe('the size of memory at which boot fails', () => {
  it('is said with the item that breaks it', async () => {
    const machine = machineOn('numaq-64g-8quad');
    expect(await machine.edit('kernel.structPageBytes', 60)).toBe(true);
    const { profile, layout } = machine;
    if (profile === null || layout === null) throw new Error('no machine');
    const { limit } = lowMemoryOf(profile);
    render(BootLimit, { limit, layout });
    const largest = layout.failure?.largestMiB ?? 0;
    expect(
      screen.getByText(new RegExp(`^It boots with ${largest.toLocaleString('en-US')} MiB and fails at`)),
    ).toBeTruthy();
    expect(screen.getAllByText(/other reserved/).length).toBeGreaterThan(0);
  });

  it('is all that can be addressed where nothing breaks', () => {
    const { profile, layout } = tableOf('pc-256m');
    render(BootLimit, { limit: lowMemoryOf(profile).limit, layout });
    expect(screen.getByText(/^It boots with every size up to 4,096 MiB/)).toBeTruthy();
  });
});

describe('the address space', () => {
  it('is drawn to scale', () => {
    const { layout } = tableOf('numaq-64g-8quad');
    const pieces = piecesOf(layout.addressSpace, 0, 4 * GIB, 4096);
    for (const { range, x, width } of pieces) {
      expect(x).toBeCloseTo(range.start / 2 ** 20);
      expect(width).toBeCloseTo((range.end - range.start) / 2 ** 20);
    }
    const kernel = piecesOf(layout.addressSpace, 3 * GIB, 4 * GIB, 1024);
    expect(kernel[0]).toMatchObject({ x: 0, range: { kind: 'direct' } });
    expect(kernel.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1024);
  });

  it('names splits and addresses as kernels do', () => {
    expect([1024, 2048, 3072, 3584, 4096].map(splitText)).toEqual(['1:3', '2:2', '3:1', '3.5:0.5', '4G/4G']);
    expect(addressText(3 * GIB)).toBe('0xc0000000');
    expect(addressText(0x02000000)).toBe('0x02000000');
    expect(addressTicks(3 * GIB, 4 * GIB).map(addressText)[1]).toBe('0xc8000000');
  });

  it('lists every range of the chosen split with its addresses, and gives the machine that split', async () => {
    const { profile } = tableOf('numaq-64g-8quad');
    const { splits } = lowMemoryOf(profile);
    let used = 0;
    const view = render(AddressMap, {
      splits,
      chosen: null,
      onchoose: () => undefined,
      onuse: (split: number) => (used = split),
    });
    const row = (name: string): string | null | undefined =>
      within(screen.getByRole('table')).getByRole('rowheader', { name }).parentElement?.textContent;
    expect(row('direct map (low memory)')).toContain('0xc0000000');
    expect(screen.queryByRole('button')).toBeNull();
    await view.rerender({ chosen: 2048 });
    expect(row('direct map (low memory)')).toContain('0x80000000');
    await fireEvent.click(screen.getByRole('button', { name: 'Give the machine 2:2' }));
    expect(used).toBe(2048);
  });
});

describe('the clusters that are measured', () => {
  it('are run one after the other, without those that do not boot, until one is cancelled', async () => {
    const machine = machineOn('numaq-64g-8quad');
    expect(await machine.edit('kernel.structPageBytes', 60)).toBe(true);
    const { profile } = machine;
    if (profile === null) throw new Error('no machine');
    const state = new LowMemoryState({
      lowMemory: (asked) => Promise.resolve(lowMemoryOf(asked)),
      check: (asked) => Promise.resolve(checkMachine(asked)),
    });
    const begun: { readonly shift: number; readonly title: string; readonly frames: number | undefined }[] = [];
    const begin = (next: RunStart): Promise<Run> => {
      const run = new Run(next, begun.length + 1);
      const shift = next.profile.kernel.pageMmuShift;
      begun.push({ shift, title: next.title, frames: next.layout?.clusterFrames });
      setTimeout(() => (run.state = shift === 5 ? 'cancelled' : 'done'));
      return Promise.resolve(run);
    };
    await state.measure([0, 2, 3, 5, 6], { ...aRun().start, profile, title: 'stream' }, begin);
    // Of 60 bytes a struct page the machine does not boot without clusters.
    expect(begun).toEqual([
      { shift: 2, title: 'stream, 16 KiB clusters', frames: 4 },
      { shift: 3, title: 'stream, 32 KiB clusters', frames: 8 },
      { shift: 5, title: 'stream, 128 KiB clusters', frames: 32 },
    ]);
    expect(state.waiting).toEqual([]);
  });
});

describe('the frontier of page clusters', () => {
  const { start } = aRun();
  const report = (faults: number, unused: number): RunReport =>
    ({
      result: { totals: { faults }, proc: { unused: { anonymous: unused, pageCache: 1, pageTables: 2 } } },
    }) as unknown as RunReport;
  const at = (shift: number, faults: number, changes: Partial<Started['start']> = {}): Started => ({
    start: { ...start, profile: atCluster(start.profile, shift), ...changes },
    report: report(faults, 4096 * shift),
  });

  it('is made of the newest runs that differ in the page cluster alone', () => {
    const renamed = { ...atCluster(start.profile, 4), title: 'another name' };
    const runs = [
      at(3, 30),
      at(3, 31),
      at(2, 20, { seed: 7 }),
      at(1, 10, { workloads: [] }),
      { start, report: null },
      at(0, 5),
      at(4, 40, { profile: renamed }),
    ];
    expect(measuredClusters(runs, start)).toEqual([
      { faults: 5, unusedBytes: 3 },
      null,
      null,
      { faults: 30, unusedBytes: 3 * 4096 + 3 },
      { faults: 40, unusedBytes: 4 * 4096 + 3 },
      null,
      null,
    ]);
  });
});
