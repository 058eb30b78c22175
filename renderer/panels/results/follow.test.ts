import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { FollowStep } from '../../../src/sim/base/follow.ts';
import type { Followed } from '../../../src/sim/engine/follow.ts';
import { RunsState } from '../../state/runs.svelte.ts';
import { aRun, catalogue, idleClient } from '../testing.ts';
import Follow from './Follow.svelte';
import { shownSteps, wholeNs } from './follow-steps.ts';

const step = (kind: FollowStep['kind'], text: string, depth: number, atNs: number, ns: number): FollowStep => {
  return { kind, text, depth, atNs, ns, times: 1 };
};
/** A fault: a walk, then a function with a note, a reference to L1 and one to memory. */
const steps = [
  step('step', 'the reference', 0, 0, 1000),
  step('step', 'walk', 1, 0, 200),
  step('function', 'do_page_fault', 1, 200, 800),
  step('note', 'HighMem 0: 96 free', 2, 200, 0),
  step('reference', 'read', 2, 300, 0),
  step('reference', 'read', 2, 300, 400),
];

describe('steps', () => {
  it('lie on one axis, each at its share of the whole', () => {
    expect(wholeNs(steps)).toBe(1000);
    const shown = shownSteps(steps, new Set(), true);
    expect(shown.map(({ from, share }) => [from, share])).toEqual([
      [0, 1],
      [0, 0.2],
      [0.2, 0.8],
      [0.2, 0],
      [0.3, 0],
      [0.3, 0.4],
    ]);
    expect(shown.map(({ hasParts }) => hasParts)).toEqual([true, false, true, false, false, false]);
  });

  it('leave out what L1 had until it is asked for, and what is under a closed one', () => {
    expect(shownSteps(steps, new Set(), false)).toHaveLength(5);
    expect(shownSteps(steps, new Set([2]), true).map(({ at }) => at)).toEqual([0, 1, 2]);
    expect(shownSteps(steps, new Set([0]), true).map(({ at }) => at)).toEqual([0]);
  });
});

describe('following', () => {
  it('asks for what was chosen and lists the steps with their times', async () => {
    const asked: unknown[] = [];
    const follow = (_: unknown, wanted: unknown): Promise<Followed> => {
      asked.push(wanted);
      return Promise.resolve({ found: true, startNs: 5000, steps, dropped: 0, lists: [] });
    };
    const run = aRun();
    render(Follow, { run, runs: new RunsState({ ...idleClient, follow }), kinds: catalogue.followEvents });
    await fireEvent.change(screen.getByLabelText('What'), { target: { value: 'swap-in' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Follow' }));
    const region = within(screen.getByRole('region', { name: 'Steps of the reference' }));
    const rows = await region.findAllByRole('listitem');
    expect(asked).toEqual([{ cpu: 0, what: { event: 'swap-in' } }]);
    expect(rows.map((row) => row.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      'the reference 1,000 ns 1,000 ns',
      'walk 200 ns 200 ns',
      'do_page_fault 800 ns 1,000 ns',
      'HighMem 0: 96 free',
      'read 400 ns 700 ns',
    ]);
    await fireEvent.click(screen.getByRole('button', { name: 'Parts of do_page_fault' }));
    expect(region.getAllByRole('listitem')).toHaveLength(3);
  });

  it('goes from step to step by keys, and shows the line, its sharing list and what the lists lost', async () => {
    const none = { l1d: 'I', l1i: false, l2: 'I' } as const;
    const own = { l1d: 'M', l1i: false, l2: 'M' } as const;
    const followed: Followed = {
      found: true,
      startNs: 5000,
      steps,
      dropped: 0,
      line: {
        ...{ pfn: 7, offset: 40, write: true, home: 0, cpu: 2, mapped: true, others: 0 },
        bytes: { l1: 32, l2: 32, between: 64 },
        cpus: [{ cpu: 2, node: 1, before: none, after: own }],
        directory: { before: { state: 'shared', sharers: [2, 1] }, after: { state: 'exclusive', sharers: [1] } },
      },
      lists: [
        {
          ...{ name: 'Normal', node: 1, index: 0, gave: true },
          before: { free: 1026, blocks: [2, 0, 256] },
          after: { free: 1025, blocks: [1, 0, 256] },
        },
      ],
    };
    const client = { ...idleClient, follow: () => Promise.resolve(followed) };
    render(Follow, { run: aRun(), runs: new RunsState(client), kinds: catalogue.followEvents });
    await fireEvent.click(screen.getByRole('button', { name: 'Follow' }));
    const region = await screen.findByRole('region', { name: 'Steps of the reference' });
    await fireEvent.keyDown(region, { key: 'ArrowDown' });
    await fireEvent.keyDown(region, { key: 'ArrowDown' });
    expect(within(region).getByText('do_page_fault').closest('li')?.getAttribute('aria-current')).toBe('step');
    await fireEvent.click(screen.getByRole('button', { name: 'Previous step' }));
    expect(within(region).getByText('walk').closest('li')?.getAttribute('aria-current')).toBe('step');
    const words = (element: HTMLElement): string => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
    const cells = (row: HTMLElement): string[] => [...row.children].map((cell) => words(cell as HTMLElement));
    expect(cells(screen.getByRole('row', { name: /^CPU 2/ }))).toEqual([
      ...['CPU 2', '1', 'I to M modified', 'I to M modified'],
    ]);
    expect(words(screen.getByRole('region', { name: 'Before and after the reference' }))).toContain(
      'node 2, node 1 to node 1',
    );
    const orders = screen.getByRole('table', { name: 'Free blocks of Normal 1 by order, before and after' });
    expect(cells(within(orders).getAllByRole('row')[1])).toEqual(['0', '', '2', '1', '−1']);
  });

  it('says when it never happened, and why it could not be done', async () => {
    const run = aRun();
    const nothing = (): Promise<Followed> =>
      Promise.resolve({ found: false, startNs: 0, steps: [], dropped: 0, lists: [] });
    const { unmount } = render(Follow, {
      run,
      runs: new RunsState({ ...idleClient, follow: nothing }),
      kinds: catalogue.followEvents,
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Follow' }));
    expect(await screen.findByText('The run ends without the first page fault on CPU 0.')).toBeTruthy();
    unmount();
    const refuse = (): Promise<Followed> => Promise.reject(new Error('the trace is not open'));
    render(Follow, { run, runs: new RunsState({ ...idleClient, follow: refuse }), kinds: catalogue.followEvents });
    await fireEvent.click(screen.getByRole('button', { name: 'Follow' }));
    expect((await screen.findByRole('alert')).textContent).toContain('the trace is not open');
  });
});
