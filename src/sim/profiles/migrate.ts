/**
 * Files of older versions, brought up to this one step by step: `migrations[v]` turns version v into version v + 1 and
 * is never changed again. A migration gets JSON that nobody has checked: it touches what it renames, reports what it
 * cannot read, and leaves the rest to the schema.
 */
import { InputError, makeIssue, type Issue } from '../base/errors.ts';
import { describeValue } from './describe.ts';
import { PROFILE_VERSION } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Migrated {
  readonly value: JsonObject;
  readonly issues: readonly Issue[];
}
type Migration = (value: JsonObject) => Migrated;

/**
 * Version 0, the prototype's: `kernel.cluster` counts 4 KB pages per page cluster (1, 2, 4, ... 64), where version 1
 * has PAGE_MMUSHIFT, its logarithm.
 */
function clusterToShift(value: JsonObject): Migrated {
  const kernel = value.kernel;
  if (!isJsonObject(kernel) || !Object.hasOwn(kernel, 'cluster')) return { value, issues: [] };
  const { cluster, ...rest } = kernel;
  const shift = [1, 2, 4, 8, 16, 32, 64].findIndex((pages) => pages === cluster);
  if (shift < 0) {
    const expected = '1, 2, 4, 8, 16, 32 or 64 (4 KB pages per cluster)';
    return { value, issues: [makeIssue('invalid', 'kernel.cluster', expected, describeValue(cluster))] };
  }
  if (Object.hasOwn(kernel, 'pageMmuShift')) {
    const expected = '"cluster" alone: version 0 has no pageMmuShift';
    return {
      value,
      issues: [makeIssue('invalid', 'kernel.pageMmuShift', expected, describeValue(kernel.pageMmuShift))],
    };
  }
  return {
    value: { ...value, kernel: { ...rest, pageMmuShift: shift }, sources: movedSource(value.sources) },
    issues: [],
  };
}

/** The source of the renamed field goes with it. */
function movedSource(sources: unknown): unknown {
  if (!isJsonObject(sources) || !Object.hasOwn(sources, 'kernel.cluster')) return sources;
  const entries = Object.entries(sources);
  return Object.fromEntries(
    entries.map(([path, source]) => [path === 'kernel.cluster' ? 'kernel.pageMmuShift' : path, source]),
  );
}

const migrations: Readonly<Record<number, Migration>> = { 0: clusterToShift };

/** `value`, a file of version 0 to PROFILE_VERSION, as the newest version has it. Throws InputError where it cannot be read. */
export function migrate(value: JsonObject, version: number, source: string): JsonObject {
  let current = value;
  for (let from = version; from < PROFILE_VERSION; from++) {
    const { value: next, issues } = migrations[from](current);
    if (issues.length > 0) throw new InputError(source, issues);
    current = { ...next, version: from + 1 };
  }
  return current;
}
