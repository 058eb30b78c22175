import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tip } from './tip.ts';
import { tips } from './tips.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  tips.hide();
});

/** An element with a tool tip, and what takes it off the page. Svelte hears pointers from the next microtask on. */
async function owner(text: string): Promise<{ readonly element: HTMLElement; readonly remove: () => void }> {
  const element = document.createElement('button');
  const stop = tip(() => text)(element);
  await Promise.resolve();
  return { element, remove: () => stop?.() };
}

describe('a tool tip', () => {
  it('comes where the pointer rests, also while other owners leave the page', async () => {
    const rested = await owner('Free pages');
    const other = await owner('Phase');
    rested.element.dispatchEvent(new Event('pointerenter'));
    other.remove();
    vi.runAllTimers();
    expect([tips.owner, tips.text]).toEqual([rested.element, 'Free pages']);
    rested.element.dispatchEvent(new Event('pointerleave'));
    expect(tips.owner).toBeNull();
  });

  it('does not come for an owner that has left', async () => {
    const { element, remove } = await owner('Free pages');
    element.dispatchEvent(new Event('pointerenter'));
    remove();
    vi.runAllTimers();
    expect(tips.owner).toBeNull();
  });
});
