/**
 * Changing one field by its path, as `--set kernel.structPageBytes=40` and the inspector do. Paths are checked against
 * the schema; values are not: validateProfile() says afterwards what is wrong with one, at the same path.
 */
import { InputError, makeIssue, type Issue } from '../base/errors.ts';
import { describeValue, oneOf } from './describe.ts';
import { childSchema, profileJsonSchema, schemaAt, stepInto, variantOf, type FieldSchema } from './json-schema.ts';
import { isJsonObject } from './migrate.ts';
import { nearest } from './nearest.ts';
import { parsePath, pathText, shorten, type Segment } from './path-text.ts';
import type { MachineProfileInput } from './schema.ts';

/** What a changed number's source becomes. */
export const SET_BY_HAND = 'assumed: set by hand';

/** Top-level keys whose changes are no numbers of the machine: they leave no mark in `sources`. */
const UNSOURCED = new Set(['format', 'version', 'title', 'notes', 'sources']);

/** What is wrong with a path of this profile, or undefined. An element just past the end of a list may be set. */
function pathIssue(input: unknown, path: string): Issue | undefined {
  const segments = parsePath(path);
  if (segments === undefined) return badPath(path, 'a path such as kernel.pageMmuShift or machine.nodes[3].memoryMiB');
  let schema: FieldSchema = profileJsonSchema();
  let value: unknown = input;
  for (const [depth, segment] of segments.entries()) {
    const here = variantOf(schema, value);
    const next = childSchema(here, segment);
    if (next === undefined) return unknownStep(path, segments, depth, here);
    if (typeof segment === 'number') {
      const length = Array.isArray(value) ? value.length : 0;
      if (segment > length)
        return badPath(path, `an element of ${pathText(segments.slice(0, depth))} (it has ${length})`);
    }
    schema = next;
    value = stepInto(value, segment);
  }
  return undefined;
}

function badPath(path: string, expected: string): Issue {
  return makeIssue('unknown-path', shorten(path, 200), expected, describeValue(path));
}

function unknownStep(path: string, segments: readonly Segment[], depth: number, schema: FieldSchema): Issue {
  const place = depth === 0 ? 'the profile' : pathText(segments.slice(0, depth));
  const known = Object.keys(schema.properties ?? {});
  if (known.length === 0) {
    return badPath(path, `a field: ${place} ${schema.items === undefined ? 'has no parts' : 'is a list, so [0]'}`);
  }
  const segment = segments[depth];
  const near = typeof segment === 'string' ? nearest(segment, known) : undefined;
  const issue = badPath(path, `a field of ${place} (${oneOf(known)})`);
  if (near === undefined) return issue;
  const meant = pathText([...segments.slice(0, depth), near, ...segments.slice(depth + 1)]);
  return { ...issue, message: `unknown path; did you mean "${meant}"?` };
}

/**
 * `input` with the field at `path` set to `value` (undefined removes an optional field, so that the rule holds again),
 * and `sources[path]` saying that it was set by hand. Nothing of `input` is changed. Throws InputError for a path that
 * the schema does not have; `source` names where the path was written (`--set`, say).
 */
export function setPath(input: MachineProfileInput, path: string, value: unknown, source = ''): MachineProfileInput {
  const issue = pathIssue(input, path);
  const segments = parsePath(path);
  if (issue !== undefined || segments === undefined) throw new InputError(source, issue === undefined ? [] : [issue]);
  const changed = replaced(input, segments, value);
  return (UNSOURCED.has(String(segments[0])) ? changed : marked(changed, segments, value)) as MachineProfileInput;
}

function replaced(node: unknown, path: readonly Segment[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [segment, ...rest] = path;
  const next = replaced(stepInto(node, segment), rest, value);
  if (typeof segment === 'number') {
    const list = Array.isArray(node) ? [...(node as readonly unknown[])] : [];
    if (next === undefined) list.splice(segment, 1);
    else list[segment] = next;
    return list;
  }
  const object = isJsonObject(node) ? { ...node } : {};
  if (next === undefined) delete object[segment];
  else object[segment] = next;
  return object;
}

/**
 * The new source speaks for the field and all below it: older sources of its parts go. Where an element left a list,
 * the sources of those after it move up with them.
 */
function marked(input: unknown, segments: readonly Segment[], value: unknown): unknown {
  if (!isJsonObject(input)) return input;
  const path = pathText(segments);
  const old = isJsonObject(input.sources) ? Object.entries(input.sources) : [];
  const kept = old.filter(([key]) => !isWithin(key, path));
  if (value !== undefined) return { ...input, sources: Object.fromEntries([...kept, [path, SET_BY_HAND]]) };
  const last = segments[segments.length - 1];
  const moved = typeof last !== 'number' ? kept : kept.map(([key, source]) => [movedUp(key, segments, last), source]);
  return { ...input, sources: Object.fromEntries(moved) };
}

const isWithin = (key: string, path: string): boolean =>
  key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`);

/** A path behind the removed element `index` of a list, with its index one lower; any other path as it is. */
function movedUp(key: string, removed: readonly Segment[], index: number): string {
  const list = `${pathText(removed.slice(0, -1))}[`;
  if (!key.startsWith(list)) return key;
  const [, number, rest] = /^(\d+)(\].*)$/.exec(key.slice(list.length)) ?? [];
  return number === undefined || Number(number) < index ? key : `${list}${Number(number) - 1}${rest}`;
}

/**
 * `--set path=value` taken apart: the value is JSON where it is JSON (`40`, `true`, `{"policy":"bind","nodes":[0]}`) and
 * text otherwise, or where the field takes text (`title=1999`); an empty one removes the field. Throws InputError where
 * there is no `=`.
 */
export function parseAssignment(text: string, source = '--set'): { readonly path: string; readonly value: unknown } {
  const at = text.indexOf('=');
  if (at < 1) throw new InputError(source, [makeIssue('assignment', '', 'path=value', describeValue(text))]);
  const path = text.slice(0, at).trim();
  const raw = text.slice(at + 1).trim();
  if (raw === '') return { path, value: undefined };
  try {
    const value = JSON.parse(raw) as unknown;
    return { path, value: typeof value !== 'string' && takesText(path) ? raw : value };
  } catch {
    return { path, value: raw };
  }
}

function takesText(path: string): boolean {
  return schemaAt(profileJsonSchema(), undefined, parsePath(path) ?? [])?.type === 'string';
}
