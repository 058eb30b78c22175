/**
 * The text traces of Dinero, as DineroIV's dinfmt.c and xdinfmt.c read them. `din` (-informat d): label and hexadecimal
 * address, 4 bytes at the address rounded down to a word: 0 read, 1 write, 2 instruction fetch, 3 miscellaneous.
 * Extended din (-informat D): one of r, w, i, m in either case, address and size in hexadecimal. `0x` may stand before a
 * number, the rest of a line is a comment. Miscellaneous references are reads here. Deviations: blank lines are skipped;
 * copyback and invalidate (4 and 5, c and v) command a cache and reference no memory, and are refused.
 */
import { REF_FETCH, REF_READ, REF_WRITE } from '../workloads/trace.ts';
import {
  HEX_DIGIT,
  LineParser,
  NEWLINE,
  NO_KIND,
  RETURN,
  type RecordSink,
  SIZE_LIMIT,
  SPACE,
  TAB,
  runsOver,
} from './trace-lines.ts';

const DIN = 'a line of din such as "0 7fff0010" (0 read, 1 write or 2 fetch, hexadecimal address)';
const XDIN = 'a line of extended din such as "r 7fff0010 4" (r, w, i or m, hexadecimal address and size)';
const WORD_BYTES = 4;
const ZERO = 48;
const COMMAND = 254;

/** Kind by the label's code: one table for each form. */
function kindTable(kinds: Readonly<Record<string, number>>): Uint8Array {
  const table = new Uint8Array(256).fill(NO_KIND);
  for (const [label, kind] of Object.entries(kinds)) {
    table[label.charCodeAt(0)] = kind;
    table[label.toUpperCase().charCodeAt(0)] = kind;
  }
  return table;
}
const DIN_KIND = kindTable({ 0: REF_READ, 1: REF_WRITE, 2: REF_FETCH, 3: REF_READ, 4: COMMAND, 5: COMMAND });
const XDIN_KIND = kindTable({ r: REF_READ, w: REF_WRITE, i: REF_FETCH, m: REF_READ, c: COMMAND, v: COMMAND });

const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB || byte === RETURN;
/** x or X. */
const isX = (byte: number): boolean => byte === 120 || byte === 88;

export class DinParser extends LineParser {
  constructor(
    source: string,
    sink: RecordSink,
    private readonly extended: boolean,
  ) {
    super(source, sink, extended ? XDIN : DIN);
  }

  protected override parse(bytes: Uint8Array, from: number, to: number): void {
    const { sink, extended } = this;
    const kindOf = extended ? XDIN_KIND : DIN_KIND;
    const hex = HEX_DIGIT;
    let at = from;
    for (; at < to; this.line++) {
      const start = at;
      let byte = bytes[at];
      while (isBlank(byte)) byte = bytes[++at];
      if (byte === NEWLINE) {
        at++;
        continue;
      }
      const kind = kindOf[byte];
      byte = bytes[++at];
      if (kind >= COMMAND || !isBlank(byte)) throw this.badLabel(bytes, start, kind, byte);
      while (isBlank(byte)) byte = bytes[++at];

      if (byte === ZERO && isX(bytes[at + 1])) byte = bytes[(at += 2)];
      const address = at;
      let high = 0;
      let low = 0;
      let digit = hex[byte];
      while (digit < 16) {
        high = (high << 4) | (low >>> 28);
        low = (low << 4) | digit;
        byte = bytes[++at];
        digit = hex[byte];
      }
      if (at === address || at - address > 16 || !(isBlank(byte) || byte === NEWLINE)) throw this.bad(bytes, start);

      let size = WORD_BYTES;
      if (extended) {
        while (isBlank(byte)) byte = bytes[++at];
        if (byte === ZERO && isX(bytes[at + 1])) byte = bytes[(at += 2)];
        const digits = at;
        size = 0;
        digit = hex[byte];
        while (digit < 16) {
          size = size * 16 + digit;
          byte = bytes[++at];
          digit = hex[byte];
        }
        if (at === digits || !(isBlank(byte) || byte === NEWLINE)) throw this.bad(bytes, start);
        if (size < 1 || size > SIZE_LIMIT || runsOver(high, low, size)) {
          throw this.bad(bytes, start, `${XDIN}, of 1 to ${SIZE_LIMIT} bytes, below 2^64`);
        }
      } else {
        low &= -WORD_BYTES;
      }
      while (byte !== NEWLINE) byte = bytes[++at];
      at++;
      sink.record(kind, high, low, size);
    }
  }

  private badLabel(bytes: Uint8Array, start: number, kind: number, after: number): Error {
    if (kind !== COMMAND || !isBlank(after)) return this.bad(bytes, start);
    return this.bad(
      bytes,
      start,
      'a reference to memory (copyback and invalidate command a cache, which the lab does not simulate)',
    );
  }
}
