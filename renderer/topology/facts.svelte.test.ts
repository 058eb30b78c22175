import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { machineOn } from '../panels/testing.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import { TopologyFacts } from './facts.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drawn(): { machine: MachineState; facts: TopologyFacts; stop: () => void } {
  const machine = machineOn('numaq-64g-8quad');
  const facts = new TopologyFacts({ machine, runs: { current: null }, playhead: { moment: null } });
  const stop = $effect.root(() => {
    $effect(() => facts.follow());
  });
  flushSync();
  return { machine, facts, stop };
}

async function press(machine: MachineState, pageMmuShift: number): Promise<void> {
  const event = new Event('keydown');
  Object.defineProperty(event, 'timeStamp', { value: performance.now() });
  window.dispatchEvent(event);
  await machine.edit('kernel.pageMmuShift', pageMmuShift);
  flushSync();
}

describe('the drawing', () => {
  it('follows a field when the key is answered, profile and boot together', async () => {
    const { machine, facts, stop } = drawn();
    const { profile, layout } = machine;
    await press(machine, 2);
    expect(machine.profile).not.toBe(profile);
    expect([facts.profile, facts.layout]).toEqual([profile, layout]);
    vi.advanceTimersByTime(70);
    expect([facts.profile, facts.layout]).toEqual([machine.profile, machine.layout]);
    stop();
  });

  it('shows nodes that come or go at once: what is done at a place is done to the node there', async () => {
    const { machine, facts, stop } = drawn();
    const { profile } = machine;
    if (profile === null) throw new Error('no machine');
    const nodes = profile.machine.nodes.filter(({ id }) => id !== 2);
    expect(await machine.replace({ ...profile, machine: { ...profile.machine, nodes } }, 'Node 2 removed')).toBe(true);
    expect(facts.profile).toBe(machine.profile);
    machine.undo();
    expect([facts.profile, facts.layout]).toEqual([machine.profile, machine.layout]);
    stop();
  });

  it('follows while a key is held down', async () => {
    const { machine, facts, stop } = drawn();
    const { profile } = machine;
    for (let at = 0; at < 12; at++) {
      await press(machine, 1 + (at % 2));
      vi.advanceTimersByTime(20);
    }
    expect(facts.profile).not.toBe(profile);
    stop();
  });

  it('shows what was done in it at once, and the machine as it stands when it comes back', async () => {
    const { machine, facts, stop } = drawn();
    await press(machine, 2);
    facts.catchUp();
    expect(facts.profile).toBe(machine.profile);
    stop();
    await press(machine, 3);
    expect(facts.profile).toBe(machine.profile);
    // What was begun while it was drawn ends later.
    facts.catchUp();
    await press(machine, 2);
    expect(facts.profile).toBe(machine.profile);
  });
});
