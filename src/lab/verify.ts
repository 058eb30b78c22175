/**
 * Does a run file hold? First whether it is what was written (its last line finds a changed byte), then whether the run
 * comes out the same when it is done again. The answer is `identical`, or the first place that says otherwise.
 */
import { describeValue, jsonFault, pathText, type RunConfig, type RunReport, type Segment } from '../sim/index.ts';
import { changedByte, integrityOf } from './integrity.ts';
import { jsonTree, nodeAt, pathAt } from './json-tree.ts';
import { formatRun, parseRun, placeText, splitRunFile } from './run-file.ts';
import { decodeText } from './text-file.ts';

export type Verdict =
  | {
      readonly kind: 'identical';
      /** The engine that made the file, where it is another than the one that agreed. */
      readonly madeBy?: string;
    }
  | {
      /** changed: the file is not what was written; differs: the run comes out otherwise. */
      readonly kind: 'changed' | 'differs';
      /** `line 12, column 5` of the file; empty where several bytes were changed and the values do not tell which. */
      readonly place: string;
      readonly path: string;
      readonly expected: string;
      readonly found: string;
      readonly madeBy?: string;
    };

/**
 * The verdict on the bytes of a run file shown as `source`. `rerun` does a configuration again. Rejects with an
 * InputError that says where, when the bytes are no run file, and with what `rerun` rejects with.
 */
export async function verifyRun(
  file: Uint8Array,
  source: string,
  rerun: (config: RunConfig) => Promise<RunReport>,
): Promise<Verdict> {
  const changed = findChange(file);
  if (changed !== undefined) return changed;
  const text = decodeText(file, source);
  const report = parseRun(text, source);
  const again = await rerun(report.config);
  const madeBy = report.engine === again.engine ? {} : { madeBy: report.engine };
  const canonical = formatRun({ ...again, engine: report.engine });
  if (text === canonical) return { kind: 'identical', ...madeBy };
  const difference = firstDifference(values(canonical), values(text), []);
  if (difference === undefined) return findMisprint(text, canonical);
  return {
    kind: 'differs',
    place: placeText(text, nodeAt(jsonTree(text), difference.path).start),
    path: pathText(difference.path),
    expected: describeValue(difference.expected),
    found: describeValue(difference.found),
    ...madeBy,
  };
}

/** What a run file says, without its last line. */
function values(text: string): unknown {
  return { ...(JSON.parse(text) as object), integrity: undefined };
}

/** The one changed byte by the file's last line, in the part that it covers; undefined where there is none, or several. */
export function findChange(file: Uint8Array): Exclude<Verdict, { kind: 'identical' }> | undefined {
  const parts = splitRunFile(file);
  if (parts === undefined) return undefined;
  const { body, written } = parts;
  const now = integrityOf(body);
  if (now.sha256 === written.sha256) return undefined;
  const change = changedByte(body, written);
  if (change === undefined) return undefined;
  const before = Uint8Array.from(file);
  before[change.position] = change.was;
  const original = new TextDecoder().decode(before);
  const offset = charactersBefore(before, change.position);
  return {
    kind: 'changed',
    place: placeText(original, offset),
    path: jsonFault(original) === undefined ? pathText(pathAt(jsonTree(original), offset)) : '',
    expected: describeByte(change.was),
    found: describeByte(file[change.position]!),
  };
}

/** The values are what they were, the text is not: where. */
function findMisprint(text: string, canonical: string): Verdict {
  let offset = 0;
  while (text[offset] === canonical[offset]) offset++;
  const path = pathText(pathAt(jsonTree(text), offset));
  if (path.startsWith('integrity')) return misfit(text, canonical, offset, path);
  const expected = describeValue(canonical.slice(offset, offset + 20));
  return {
    kind: 'changed',
    place: placeText(text, offset),
    path,
    expected,
    found: describeValue(text.slice(offset, offset + 20)),
  };
}

/** The last line does not fit the rest: either it was changed, or several bytes of the configuration were. */
function misfit(text: string, canonical: string, offset: number, path: string): Verdict {
  const tail = (whole: string): string => whole.slice(whole.lastIndexOf('\n', offset) + 1).trim();
  return {
    kind: 'changed',
    place: placeText(text, offset),
    path: `${path}, or several bytes before it`,
    expected: tail(canonical),
    found: tail(text),
  };
}

interface Difference {
  readonly path: readonly Segment[];
  readonly expected: unknown;
  readonly found: unknown;
}

/** The first difference of plain data, in the order of `expected`; keys that only `found` has come last. */
function firstDifference(expected: unknown, found: unknown, path: readonly Segment[]): Difference | undefined {
  if (Object.is(expected, found)) return undefined;
  if (!isContainer(expected) || !isContainer(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return { path, expected, found };
  }
  for (const key of new Set([...definedKeys(expected), ...definedKeys(found)])) {
    const segment = Array.isArray(expected) ? Number(key) : key;
    const difference = firstDifference(expected[key], found[key], [...path, segment]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const definedKeys = (value: Record<string, unknown>): string[] =>
  Object.keys(value).filter((key) => value[key] !== undefined);

/** How many UTF-16 characters stand before the character that the byte at `position` is part of. */
function charactersBefore(bytes: Uint8Array, position: number): number {
  // A stream keeps the bytes of an unfinished character back.
  return new TextDecoder().decode(bytes.subarray(0, position), { stream: true }).length;
}

function describeByte(byte: number): string {
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  return byte > 0x20 && byte < 0x7f ? `${JSON.stringify(String.fromCharCode(byte))} (${hex})` : hex;
}
