/** Which form a trace has, told from its first bytes: never from its name. */
import { InputError, makeIssue } from '../base/errors.ts';
import { DinParser } from './din.ts';
import { LackeyParser, type SizeNotation } from './lackey.ts';
import { isPacked } from './packed.ts';
import { type RecordSink, type TraceParser, quoteLine } from './trace-lines.ts';

export type TextTraceFormat = 'lackey' | 'din' | 'xdin';
export type TraceFormat = 'packed' | TextTraceFormat;

/** How much of a file is looked at. */
export const SNIFF_BYTES = 65536;

const LINE: Readonly<Record<TextTraceFormat, RegExp>> = {
  lackey: /^[ \t]*[ILSM][ \t]+[0-9a-fA-F]+,\d+\s*$/,
  din: /^[ \t]*[0-5][ \t]+(0[xX])?[0-9a-fA-F]+([ \t\r].*)?$/,
  xdin: /^[ \t]*[rwimcvRWIMCV][ \t]+(0[xX])?[0-9a-fA-F]+[ \t]+(0[xX])?[0-9a-fA-F]+([ \t\r].*)?$/,
};
const FORMATS: readonly TextTraceFormat[] = ['lackey', 'xdin', 'din'];
const VALGRIND_LINE = /^(==|--|\*\*)\d+\1/;
const EXPECTED = 'a trace (lackey, din, extended din or packed; plain or gzip)';

/**
 * The form of the trace whose first bytes are `head`; `whole` when that is all of it. The first line that is one of a
 * trace decides. Throws an InputError when there is none: `source` is no trace.
 */
export function detectTrace(head: Uint8Array, whole: boolean, source: string): TraceFormat {
  if (isPacked(head)) return 'packed';
  if (head.length === 0) throw refuse(source, 'an empty file');
  if (head.includes(0)) throw refuse(source, 'other binary data');
  const lines = latin1(head.subarray(0, SNIFF_BYTES)).split('\n');
  if (!whole || head.length > SNIFF_BYTES) lines.pop(); // it may be cut
  for (const line of lines) {
    const format = FORMATS.find((candidate) => LINE[candidate].test(line));
    if (format !== undefined) return format;
  }
  if (lines.some((line) => VALGRIND_LINE.test(line))) {
    throw refuse(source, 'only messages of Valgrind (was it run with --tool=lackey --trace-mem=yes?)');
  }
  throw refuse(source, `text that is no trace; it begins ${quoteLine(head, 0)}`);
}

/** The parser of a text form. `lackeySizes` is for lackey only: din has no choice. */
export function textParser(
  format: TextTraceFormat,
  source: string,
  sink: RecordSink,
  lackeySizes: SizeNotation = 'decimal',
): TraceParser {
  if (format === 'lackey') return new LackeyParser(source, sink, lackeySizes);
  return new DinParser(source, sink, format === 'xdin');
}

function refuse(source: string, found: string): InputError {
  return new InputError(source, [makeIssue('no-trace', '', EXPECTED, found)]);
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}
