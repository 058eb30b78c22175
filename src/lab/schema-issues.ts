/** What a schema found wrong with data from outside, as issues with path, expected and found. */
import type { z } from 'zod';
import { describeValue, type Issue, makeIssue, pathText, type Segment, shorten } from '../sim/index.ts';

const MOST = 20;

/** The issues of a failed parse of `input`, at most 20; `segments` is the path of each. */
export function schemaIssues(
  error: z.ZodError,
  input: unknown,
): readonly { readonly issue: Issue; readonly segments: readonly Segment[] }[] {
  return error.issues.slice(0, MOST).map((issue) => {
    const segments = issue.path.filter((part): part is Segment => typeof part !== 'symbol');
    const found = describeValue(valueAt(input, segments));
    return { issue: makeIssue(issue.code, pathText(segments), expectedBy(issue), found), segments };
  });
}

function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'unrecognized_keys':
      return `no unknown key (${shorten(issue.keys.map((key) => JSON.stringify(key)).join(', '), 100)})`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    default:
      return shorten(issue.message, 200);
  }
}

function valueAt(input: unknown, path: readonly Segment[]): unknown {
  let value = input;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<Segment, unknown>)[segment];
  }
  return value;
}
