/**
 * How far a border can go: the last value on the way to its end for which the machine is valid, boots, and still has
 * that border. Found by halving, since the lab alone knows all the rules (reach of PAE, neighbours, what low memory holds).
 */
import type { Checked } from '../../src/lab/contract.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { withValue } from '../state/machine.svelte.ts';
import { bordersOf, type Border } from './borders.ts';

export interface Limits {
  readonly min: number;
  readonly max: number;
}

type Check = (profile: unknown) => Promise<Checked>;

/** The least and the greatest value of `border` (of the node at `index`), both of which `check` accepts; whole MiB. */
export async function limitsOf(border: Border, index: number, profile: MachineProfile, check: Check): Promise<Limits> {
  const holds = async (value: number): Promise<boolean> => {
    const { profile: checked, layout, issues } = await check(withValue(profile, border.path, value));
    if (checked === undefined || layout === undefined || !layout.boots || issues.length > 0) return false;
    return bordersOf(checked, layout, index).some(({ path }) => path === border.path);
  };
  return { min: await furthest(border.value, border.min, holds), max: await furthest(border.value, border.max, holds) };
}

async function furthest(from: number, to: number, holds: (value: number) => Promise<boolean>): Promise<number> {
  if (from === to || (await holds(to))) return to;
  let good = from;
  let bad = to;
  while (Math.abs(bad - good) > 1) {
    const middle = Math.round((good + bad) / 2);
    if (await holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
