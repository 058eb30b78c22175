/**
 * Recent machines of the browser door. A page cannot open a file again by its name, so their text is kept in this
 * browser's local storage; the oldest go first when it is full.
 */
import type { MachineShape, RecentMachine } from '../../src/lab/contract.ts';
import { readShape } from '../../src/lab/machine-shape.ts';
import { failed } from './failure.ts';

interface Entry extends RecentMachine {
  readonly text: string;
}

const KEY = 'numaq.recent';
const MOST = 12;

function read(): readonly Entry[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isEntry).map(withShape) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<string, unknown>;
  return ['handle', 'name', 'title', 'when', 'text'].every((key) => typeof entry[key] === 'string');
}

/** With the shape that stands there, or without one: an entry outlives a shape that cannot be drawn. */
function withShape({ shape: kept, ...entry }: Entry): Entry {
  const shape = readShape(kept);
  return shape === undefined ? entry : { ...entry, shape };
}

/** Writes as many of the newest as fit: a list that is lost must not break an open or a save. */
function write(entries: readonly Entry[]): void {
  for (let count = Math.min(entries.length, MOST); count >= 0; count--) {
    try {
      localStorage.setItem(KEY, JSON.stringify(entries.slice(0, count)));
      return;
    } catch {
      continue;
    }
  }
}

interface Kept {
  readonly handle: string | null;
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly shape?: MachineShape;
}

/** Puts a machine on top of the list, in place of the entry with its handle; returns its handle (a new one for null). */
export function keep(machine: Kept): string {
  const others = read().filter((entry) => entry.handle !== machine.handle);
  const handle = machine.handle ?? `browser-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
  write([{ ...machine, handle, when: new Date().toISOString() }, ...others]);
  return handle;
}

/** The entry behind a handle. Throws a LabError where it is gone. */
export function find(handle: string): Entry {
  const entry = read().find((candidate) => candidate.handle === handle);
  if (entry === undefined) throw failed('This machine is no longer among the recent ones of this browser.');
  return entry;
}

/** The list, newest first, without the texts. */
export function list(): readonly RecentMachine[] {
  return read().map(({ handle, name, title, when, shape }) => ({
    handle,
    name,
    title,
    when,
    ...(shape === undefined ? {} : { shape }),
  }));
}

/** Takes a machine off the list. */
export function forget(handle: string): void {
  write(read().filter((entry) => entry.handle !== handle));
}
