/** Every value of every built-in machine can be reached, read and given back in the inspector. */
import { within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { machineSummaries } from '../../../src/lab/machines.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { placeOf } from '../../shell/places.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import { type Selection, selectionKey } from '../../state/selection.svelte.ts';
import { catalogue, machineOn } from '../testing.ts';
import { inspect } from './testing.ts';

function profileOf(machine: MachineState): MachineProfile {
  if (machine.profile === null) throw new Error('no machine');
  return machine.profile;
}

interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Every value that a profile holds, read from the data itself. A list of plain numbers is one value, as a matrix is;
 * of many nodes the first, one of the middle and the last speak for the others.
 */
function leavesOf(value: unknown, path = ''): Leaf[] {
  if (['format', 'version', 'sources'].includes(path)) return [];
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item !== 'object' || Array.isArray(item))) return [{ path, value }];
    const some = path === 'machine.nodes' ? [0, value.length >> 1, value.length - 1] : [...value.keys()].slice(0, 32);
    return [...new Set(some)].flatMap((at) => leavesOf(value[at], `${path}[${at}]`));
  }
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, path === '' ? key : `${path}.${key}`));
}

/** The rows of the inspector while something is selected, by the path of their field. */
function rowsOf(machine: MachineState, to: Selection): ReadonlyMap<string, HTMLElement> {
  document.body.innerHTML = '';
  inspect(to, machine);
  return new Map(
    [...document.querySelectorAll<HTMLElement>('.field[data-path]')].map((row) => [row.dataset['path'] ?? '', row]),
  );
}

interface SchemaPart {
  readonly unit?: string;
  readonly maximum?: number;
  readonly items?: SchemaPart;
  readonly properties?: Readonly<Record<string, SchemaPart & { readonly const?: unknown }>>;
  readonly oneOf?: readonly SchemaPart[];
  readonly anyOf?: readonly SchemaPart[];
}

/** The schema at a path, found by trying every variant that has the key: no help of the inspector's own reader. */
function schemasAt(root: SchemaPart, path: string): readonly SchemaPart[] {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<readonly SchemaPart[]>(
      (parts, step) =>
        parts
          .flatMap((part) => [part, ...(part.oneOf ?? []), ...(part.anyOf ?? [])])
          .flatMap((part) => (/^\d+$/.test(step) ? (part.items ?? []) : (part.properties?.[step] ?? []))),
      [root],
    );
}

describe.each(machineSummaries().map(({ id }) => id))('the inspector of %s', (id) => {
  it('shows every value of the profile with label, unit, range and source, at what the value belongs to', () => {
    const machine = machineOn(id);
    const profile = profileOf(machine);
    const places = new Map<string, { readonly to: Selection; readonly leaves: Leaf[] }>();
    for (const leaf of leavesOf(profile)) {
      const to = placeOf(leaf.path, profile);
      const place = places.get(selectionKey(to)) ?? { to, leaves: [] };
      place.leaves.push(leaf);
      places.set(selectionKey(to), place);
    }
    const missing: string[] = [];
    for (const { to, leaves } of places.values()) {
      const rows = rowsOf(machine, to);
      for (const { path, value } of leaves) {
        const row = rows.get(path);
        const control = row?.querySelector<HTMLElement>('input, select, textarea');
        if (row === undefined || control === null || control === undefined) {
          missing.push(path);
          continue;
        }
        const name = control.getAttribute('aria-label') ?? row.querySelector('label')?.textContent ?? '';
        if (name.trim() === '') missing.push(`${path}: no name`);
        const hint = document.getElementById(control.getAttribute('aria-describedby')?.split(' ').at(-1) ?? '');
        const said = hint?.textContent ?? '';
        if (!said.includes(path)) missing.push(`${path}: no hint`);
        if (typeof value !== 'number' || control.tagName !== 'INPUT') continue;
        if (!/a (whole )?number/i.test(said)) missing.push(`${path}: no range`);
        const units = schemasAt(catalogue.profileSchema as SchemaPart, path).flatMap(({ unit }) => unit ?? []);
        if (units.length > 0 && !units.some((unit) => said.includes(unit))) missing.push(`${path}: no unit`);
        if (machine.assumed.includes(path) && !/assumed/i.test(said)) missing.push(`${path}: not said to be assumed`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('gives every number with a default, and every one that may be left out, back by a button', async () => {
    const machine = machineOn(id);
    const before = profileOf(machine);
    await machine.edit('kernel.atomicNs', before.kernel.atomicNs + 1);
    await machine.edit('kernel.sharedPageTables', before.kernel.sharedPageTables === 'always' ? 'rule' : 'always');
    await machine.edit('kernel.structPageBytes', 48);
    const rows = rowsOf(machine, { kind: 'kernel' });
    for (const path of ['kernel.atomicNs', 'kernel.sharedPageTables', 'kernel.structPageBytes']) {
      const row = rows.get(path);
      if (row === undefined) throw new Error(`${path} is not shown`);
      within(row)
        .getByRole('button', { name: /: back to the (default|rule)/ })
        .click();
      await machine.edit('notes', `${path} was given back`);
    }
    const { kernel } = profileOf(machine);
    // 58.2 ns is what the schema's own description names; page tables are not shared unless asked for.
    expect([kernel.atomicNs, kernel.sharedPageTables, kernel.structPageBytes]).toEqual([58.2, 'off', undefined]);
  });
});
