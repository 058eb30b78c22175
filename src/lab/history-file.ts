/**
 * What is known of programs from earlier runs, kept in a file between them: `numaq run --history FILE` reads it if it is
 * there and writes it when the run is over.
 */
import { z } from 'zod';
import { describeValue, type HistoryRow, InputError, jsonFault, makeIssue } from '../sim/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { placeText } from './run-file.ts';
import { historySchema } from './scheduling-schema.ts';
import { schemaIssues } from './schema-issues.ts';
import { readTextFile } from './text-file.ts';

export const HISTORY_FORMAT = 'numaq-lab/history';
const HISTORY_VERSION = 1;
const fileSchema = z.strictObject({
  format: z.literal(HISTORY_FORMAT),
  version: z.literal(HISTORY_VERSION),
  programs: historySchema,
});

/** The bytes of a history file. */
export function formatHistory(programs: readonly HistoryRow[]): string {
  return canonicalJson({ format: HISTORY_FORMAT, version: HISTORY_VERSION, programs }) + '\n';
}

/** The rows in the text of a history file. Throws an InputError that names `source` and the place of each mistake. */
export function parseHistory(text: string, source: string): readonly HistoryRow[] {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    throw new InputError(source, [makeIssue('json', placeText(text, fault.offset), fault.expected, fault.found)]);
  }
  const value: unknown = JSON.parse(text);
  const format = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['format'] : undefined;
  if (format !== HISTORY_FORMAT) {
    throw new InputError(source, [
      makeIssue('format', 'format', JSON.stringify(HISTORY_FORMAT), describeValue(format)),
    ]);
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data.programs;
  throw new InputError(
    source,
    schemaIssues(parsed.error, value).map(({ issue }) => issue),
  );
}

/** The rows in the file at `path`; none where there is no such file. Rejects as parseHistory() throws. */
export async function readHistory(path: string): Promise<readonly HistoryRow[]> {
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return parseHistory(text, path);
}

const isMissing = (error: unknown): boolean => error instanceof InputError && error.issues[0]?.code === 'ENOENT';
