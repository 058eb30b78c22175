/**
 * What the text forms of a trace have in common: whole lines cut out of chunks of bytes, whatever the chunks' borders,
 * and the error that names file and line. A parser sees lines in place; no string is made of one that is right.
 */
import { InputError, makeIssue } from '../base/errors.ts';

/** Takes the references of a trace in order. The 64-bit address comes as two 32-bit halves (signed or not). */
export interface RecordSink {
  record(kind: number, high: number, low: number, size: number): void;
}

/** A parser of a trace: bytes in, records out to its sink. */
export interface TraceParser {
  feed(chunk: Uint8Array): void;
  /** The last line may lack its newline. */
  end(): void;
}

/** Longer than any line of a trace, comments included. */
const LINE_LIMIT = 65536;
/** No instruction references more at once; a larger size is a damaged line. */
export const SIZE_LIMIT = 2 ** 20;
export const NEWLINE = 10;
export const TAB = 9;
export const RETURN = 13;
export const SPACE = 32;
/** In a table of kinds by label: no label. */
export const NO_KIND = 255;

/** Value of a hexadecimal digit by its code; 255 for other bytes. */
export const HEX_DIGIT: Uint8Array = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_DIGIT[digit.charCodeAt(0)] = value;
  HEX_DIGIT[digit.toUpperCase().charCodeAt(0)] = value;
}

export abstract class LineParser implements TraceParser {
  /** Number of the line that is parsed next, from 1. */
  protected line = 1;
  private readonly carry = new Uint8Array(LINE_LIMIT + 1);
  private carried = 0;

  constructor(
    /** The file, for messages. */
    protected readonly source: string,
    protected readonly sink: RecordSink,
    /** A line as it should be, for messages. */
    private readonly expected: string,
  ) {}

  /** Parses the lines that end in `chunk`, and keeps its unfinished last one. Throws an InputError that names the line. */
  feed(chunk: Uint8Array): void {
    let start = 0;
    if (this.carried > 0) {
      const newline = chunk.indexOf(NEWLINE);
      if (newline < 0) return this.keep(chunk, 0, chunk.length);
      this.keep(chunk, 0, newline + 1);
      this.parse(this.carry, 0, this.carried);
      this.carried = 0;
      start = newline + 1;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) {
      this.parse(chunk, start, end);
      start = end;
    }
    this.keep(chunk, start, chunk.length);
  }

  end(): void {
    if (this.carried === 0) return;
    this.carry[this.carried] = NEWLINE;
    this.parse(this.carry, 0, this.carried + 1);
    this.carried = 0;
  }

  /** Parses the lines from `from` to `to`; the byte before `to` is a newline, so that a scan needs no bound. */
  protected abstract parse(bytes: Uint8Array, from: number, to: number): void;

  /** The error of the line that begins at `start`. */
  protected bad(bytes: Uint8Array, start: number, expected = this.expected): InputError {
    return new InputError(this.source, [
      makeIssue('trace-line', `line ${this.line}`, expected, quoteLine(bytes, start)),
    ]);
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    if (this.carried + to - from > LINE_LIMIT) {
      const issue = makeIssue(
        'trace-line',
        `line ${this.line}`,
        this.expected,
        `a line of more than ${LINE_LIMIT} bytes`,
      );
      throw new InputError(this.source, [issue]);
    }
    if (to > from) this.carry.set(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to), this.carried);
    this.carried += to - from;
  }
}

/** The line that begins at `start`, in quotes, shortened to 60 characters; bytes that are no printable ASCII show as dots. */
export function quoteLine(bytes: Uint8Array, start: number): string {
  let text = '';
  for (let i = start; i < bytes.length && bytes[i] !== NEWLINE && text.length <= 60; i++) {
    const byte = bytes[i];
    if (byte === RETURN && bytes[i + 1] === NEWLINE) break;
    text += byte === TAB ? ' ' : byte >= SPACE && byte < 127 ? String.fromCharCode(byte) : '.';
  }
  return text.length > 60 ? `"${text.slice(0, 57)}..."` : `"${text}"`;
}

/** True when `size` bytes at the address run past 2^64. */
export function runsOver(high: number, low: number, size: number): boolean {
  return (high | 0) === -1 && (low >>> 0) + size > 0x1_0000_0000;
}
