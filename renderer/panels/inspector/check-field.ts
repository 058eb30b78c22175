/**
 * What a field can say about itself before anybody is asked: type, limits and steps of the schema, each with what was
 * expected and, where there is one, the nearest value that would do.
 */
import { formatExact } from '../format.ts';
import { parseQuantity, parseRanges } from '../parse.ts';
import type { SchemaNode } from './schema.ts';

interface FieldIssue {
  readonly message: string;
  /** The nearest value that is allowed, to be pressed. */
  readonly fix?: number;
  /** Another value that may have been meant, and what it is in the unit that was. */
  readonly meant?: { readonly value: number; readonly as: string };
}

export type FieldReading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issue: FieldIssue };

const fail = (message: string, fix?: number): { ok: false; issue: FieldIssue } => ({
  ok: false,
  issue: fix === undefined ? { message } : { message, fix },
});

/** `a whole number from 0 to 6`, `a number above 0, up to 1,000`. */
export function expectedNumber(node: SchemaNode): string {
  const kind = node.type === 'integer' ? 'a whole number' : 'a number';
  const top =
    node.maximum === undefined || node.maximum >= Number.MAX_SAFE_INTEGER ? undefined : formatExact(node.maximum);
  if (node.exclusiveMinimum !== undefined && node.exclusiveMinimum > Number.MIN_SAFE_INTEGER) {
    return `${kind} above ${formatExact(node.exclusiveMinimum)}${top === undefined ? '' : `, up to ${top}`}`;
  }
  const least =
    node.minimum === undefined || node.minimum <= Number.MIN_SAFE_INTEGER ? undefined : formatExact(node.minimum);
  if (least !== undefined && top !== undefined) return `${kind} from ${least} to ${top}`;
  if (least !== undefined) return `${kind} of at least ${least}`;
  return top === undefined ? kind : `${kind} of at most ${top}`;
}

/** What `4 GB` or `512M` says in a field of memory, which knows binary units alone: shown to be pressed, not taken as if it were clear. */
function binaryMeant(text: string, node: SchemaNode): FieldIssue['meant'] {
  const [, figure, letter] = /^(.*\d)\s*([kmgt])b?$/i.exec(text.trim()) ?? [];
  if (figure === undefined || letter === undefined || node.unit?.endsWith('B') !== true) return undefined;
  const unit = `${letter.toUpperCase()}iB`;
  const [own, value] = [parseQuantity(figure), parseQuantity(`${figure} ${unit}`, node.unit)];
  if (own === undefined || value === undefined || !readNumber(String(value), node).ok) return undefined;
  return { value, as: `${formatExact(own)} ${unit}` };
}

/** Reads what was typed into a number field. Other units of the field's family are converted (`8 GiB` in MiB). */
export function readNumber(text: string, node: SchemaNode): FieldReading<number> {
  const value = parseQuantity(text, node.unit);
  const expected = `Expected ${expectedNumber(node)}${node.unit === undefined ? '' : ` ${node.unit}`}`;
  if (value === undefined) {
    const failed = fail(text.trim() === '' ? `${expected}, found nothing.` : `${expected}, found “${clip(text)}”.`);
    const meant = binaryMeant(text, node);
    return meant === undefined ? failed : { ok: false, issue: { ...failed.issue, meant } };
  }
  const found = `${expected}, found ${formatExact(value)}.`;
  if (node.maximum !== undefined && value > node.maximum) return fail(found, node.maximum);
  if (node.minimum !== undefined && value < node.minimum) return fail(found, node.minimum);
  if (node.exclusiveMinimum !== undefined && value <= node.exclusiveMinimum) return fail(found);
  if (node.type === 'integer' && !Number.isInteger(value)) {
    const gib = Math.round(value * 1024);
    const failed = fail(found, Math.round(value));
    if (node.unit !== 'MiB' || gib > (node.maximum ?? Infinity)) return failed;
    return { ok: false, issue: { ...failed.issue, meant: { value: gib, as: `${formatExact(value)} GiB` } } };
  }
  return { ok: true, value };
}

/** Reads a list of whole numbers such as `0-3, 5`. */
export function readNumbers(text: string, node: SchemaNode): FieldReading<number[]> {
  const values = parseRanges(text);
  if (values === undefined) return fail(`Expected numbers and ranges, such as 0-3, 5, found “${clip(text)}”.`);
  const top = node.items?.maximum;
  const high = top === undefined ? undefined : values.find((value) => value > top);
  if (high !== undefined) return fail(`Expected numbers up to ${formatExact(top ?? 0)}, found ${formatExact(high)}.`);
  if (values.length < (node.minItems ?? 0))
    return fail(`Expected at least ${node.minItems} of them, found ${values.length}.`);
  return { ok: true, value: values };
}

/** Reads a line of text. */
export function readText(text: string, node: SchemaNode): FieldReading<string> {
  if (text.trim().length < (node.minLength ?? 0)) return fail('Expected some text, found nothing.');
  if (node.maxLength !== undefined && text.length > node.maxLength) {
    return fail(`Expected at most ${formatExact(node.maxLength)} characters, found ${formatExact(text.length)}.`);
  }
  return { ok: true, value: text };
}

/** Reads a matrix: a line a row, numbers between spaces, commas or tabs, as many as there are rows. */
export function readMatrix(text: string, node: SchemaNode): FieldReading<number[][]> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rows: number[][] = [];
  for (const [index, line] of lines.entries()) {
    const row = line
      .trim()
      .split(/[\s,;]+/)
      .map(Number);
    const bad = row.findIndex((value) => !Number.isFinite(value) || value < (node.items?.items?.minimum ?? 0));
    if (bad >= 0) return fail(`Row ${index}, column ${bad}: expected ${expectedNumber(node.items?.items ?? {})}.`);
    if (row.length !== lines.length) {
      return fail(`Row ${index}: expected ${lines.length} numbers, as many as there are rows, found ${row.length}.`);
    }
    rows.push(row);
  }
  return { ok: true, value: rows };
}

/** Reads one row of a matrix of `columns`: numbers between spaces, commas or tabs. */
export function readRow(text: string, node: SchemaNode, columns: number): FieldReading<number[]> {
  const row = text
    .trim()
    .split(/[\s,;]+/)
    .map(Number);
  const bad = row.findIndex((value) => !Number.isFinite(value) || value < (node.minimum ?? 0));
  if (bad >= 0) return fail(`Column ${bad}: expected ${expectedNumber(node)}.`);
  if (row.length !== columns) return fail(`Expected ${columns} numbers, found ${row.length}.`);
  return { ok: true, value: row };
}

/**
 * The value one step up or down. A step is 1 for whole numbers and a unit of the last figure shown for others; with
 * `large` ten times that. The result stays within the limits.
 */
export function stepNumber(value: number, direction: 1 | -1, large: boolean, node: SchemaNode): number {
  const decimals = node.type === 'integer' ? 0 : decimalsOf(value);
  const step = 10 ** -decimals * (large ? 10 : 1);
  const moved = Number((value + direction * step).toFixed(decimals));
  const least = node.minimum ?? (node.exclusiveMinimum === undefined ? -Infinity : node.exclusiveMinimum + step);
  return Math.min(node.maximum ?? Infinity, Math.max(least, moved));
}

function decimalsOf(value: number): number {
  const text = String(value);
  const point = text.indexOf('.');
  return point < 0 || /e/i.test(text) ? 0 : Math.min(6, text.length - point - 1);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
