/** What is wrong with a script, as issues: the place, what belongs there, what was found. */
import type { z } from 'zod';
import { type Issue, makeIssue } from '../base/errors.ts';

const MOST = 20;
const MOST_FOUND = 60;

/** The issues of a failed parse of `input`, at most 20 of them, and one that counts the rest. */
export function scriptIssues(error: z.ZodError, input: unknown): readonly Issue[] {
  const issues = error.issues.slice(0, MOST).map((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.path, issue.keys);
    return makeIssue(issue.code, placeText(issue.path), expectedBy(issue), foundText(valueAt(input, issue.path)));
  });
  const rest = error.issues.length - issues.length;
  return rest === 0 ? issues : [...issues, makeIssue('more', '', 'fewer mistakes', `${rest} more like these`)];
}

/** `programs.cc1[3].bytes`. */
export function placeText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${cut(String(part))}`;
  }
  return text;
}

function unknownKeys(path: readonly PropertyKey[], keys: readonly string[]): Issue {
  const list = cut(keys.map((key) => JSON.stringify(key)).join(', '));
  return makeIssue('unknown-key', placeText(path), 'keys that are known here', list);
}

function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return alternatives(issue.values.map((value) => JSON.stringify(value)));
    case 'too_small':
      return issue.inclusive === false
        ? `more than ${issue.minimum}`
        : `at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_union':
      if (issue.discriminator === 'op') return 'the name of an operation';
      if (issue.discriminator !== undefined) return 'one of its kinds';
      return issue.path.at(-1) === 'offset'
        ? 'a number of bytes or a word (next, random, skewed)'
        : 'a number or a short text';
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'a name';
    default:
      return plain(issue.message);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const unit = (origin: string): string => (origin === 'array' ? ' elements' : origin === 'string' ? ' characters' : '');

const plain = (message: string): string => message.replace(/^Invalid string: must match pattern .*$/, 'a name');

function alternatives(names: readonly string[]): string {
  return names.length < 3 ? names.join(' or ') : `one of ${names.join(', ')}`;
}

/** What was found, short however large it is. */
function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return cut(JSON.stringify(value) ?? typeof value);
}

const cut = (text: string): string => (text.length > MOST_FOUND ? `${text.slice(0, MOST_FOUND - 3)}...` : text);

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
