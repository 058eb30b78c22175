/**
 * What zod found wrong, as the lab's issues: each says its path, what the field expects (from the schema, always in
 * the same words) and what was found, and names the nearest known key for an unknown one. Small, whatever the file holds.
 */
import type { z } from 'zod';
import { makeIssue, type Issue } from '../base/errors.ts';
import { describeSchema, describeValue, oneOf } from './describe.ts';
import { profileJsonSchema, schemaAt, stepInto, valueAt, variantOf, type FieldSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { pathText, shorten, type Segment } from './path-text.ts';

/** More issues than this are counted, not listed: nobody reads them, and a window shows them on every edit. */
const MAX_ISSUES = 100;

function unknownKey(key: string, parent: readonly Segment[], schema: FieldSchema | undefined): Issue {
  const known = Object.keys(schema?.properties ?? {});
  const near = nearest(key, known);
  const found = JSON.stringify(shorten(key, 60));
  const issue = makeIssue('unknown-key', pathText([...parent, key]), `a known key (${oneOf(known)})`, found);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return { ...issue, message: `unknown key ${found}${hint} (known here: ${known.join(', ')})` };
}

function fromZod(issue: z.core.$ZodIssue, input: unknown, root: FieldSchema): Issue[] {
  const path = issue.path.filter((segment): segment is Segment => typeof segment !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const parent = schemaAt(root, input, path);
    const schema = parent === undefined ? undefined : variantOf(parent, valueAt(input, path));
    return issue.keys.slice(0, MAX_ISSUES + 1).map((key) => unknownKey(key, path, schema));
  }
  const schema = schemaAt(root, input, path);
  const expected = schema === undefined ? issue.message : describeSchema(schema);
  const value = valueAt(input, path);
  const last = path.at(-1);
  const missing =
    value === undefined && typeof last === 'string' && stepInto(valueAt(input, path.slice(0, -1)), last) === undefined;
  return [
    makeIssue(
      missing ? 'missing' : 'invalid',
      pathText(path),
      expected,
      missing ? 'nothing: the key is missing' : describeValue(value),
    ),
  ];
}

/** Issues of a failed parse of `input`, in the order of the schema; at most 100, and a last one that counts the rest. */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  const root = profileJsonSchema();
  const issues: Issue[] = [];
  for (const issue of error.issues) {
    if (issues.length > MAX_ISSUES) break;
    issues.push(...fromZod(issue, input, root));
  }
  if (issues.length <= MAX_ISSUES) return issues;
  const rest = Math.max(error.issues.length, issues.length) - MAX_ISSUES;
  return [...issues.slice(0, MAX_ISSUES), makeIssue('more', '', 'fewer mistakes', `${rest} more like these`)];
}
