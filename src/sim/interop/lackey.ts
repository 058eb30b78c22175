/**
 * The memory trace of Valgrind's lackey (`valgrind --tool=lackey --trace-mem=yes`): lines `I  0401ab70,3`, ` S 1fff000688,8`,
 * ` L ...`, ` M ...`, address in hexadecimal, size in decimal bytes (lackey/lk_main.c, "Memory tracing"). Valgrind's own
 * lines (`==pid==`, `--pid--`, `**pid**`) and blank lines are skipped; indentation may differ, as it does in traces edited by hand.
 *
 * Sizes may be read as hexadecimal on demand: extended din has hexadecimal sizes, so counts taken with DineroIV from a trace
 * whose sizes were copied into din as they stand (16 bytes read as 0x16) come out only if they are misread here as well.
 */
import type { InputError } from '../base/errors.ts';
import { REF_FETCH, REF_MODIFY, REF_READ, REF_WRITE } from '../workloads/trace.ts';
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

const EXPECTED = 'a line of lackey such as " L 04025ff8,8" (I, L, S or M, address, size)';
const COMMA = 44;

const KIND_OF = new Uint8Array(256).fill(NO_KIND);
KIND_OF['I'.charCodeAt(0)] = REF_FETCH;
KIND_OF['L'.charCodeAt(0)] = REF_READ;
KIND_OF['S'.charCodeAt(0)] = REF_WRITE;
KIND_OF['M'.charCodeAt(0)] = REF_MODIFY;

export type SizeNotation = 'decimal' | 'hex';

export class LackeyParser extends LineParser {
  constructor(
    source: string,
    sink: RecordSink,
    private readonly sizes: SizeNotation = 'decimal',
  ) {
    super(source, sink, EXPECTED);
  }

  protected override parse(bytes: Uint8Array, from: number, to: number): void {
    const sink = this.sink;
    const hex = HEX_DIGIT;
    const radix = this.sizes === 'hex' ? 16 : 10;
    let at = from;
    while (at < to) {
      const start = at;
      let byte = bytes[at];
      while (byte === SPACE || byte === TAB) byte = bytes[++at];
      const kind = KIND_OF[byte];
      if (kind === NO_KIND) {
        at = this.skip(bytes, start, at);
        continue;
      }
      byte = bytes[++at];
      if (byte !== SPACE && byte !== TAB) throw this.bad(bytes, start);
      while (byte === SPACE || byte === TAB) byte = bytes[++at];

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
      if (byte !== COMMA || at === address || at - address > 16) throw this.bad(bytes, start);

      byte = bytes[++at];
      const digits = at;
      let size = 0;
      digit = hex[byte];
      while (digit < radix) {
        size = size * radix + digit;
        byte = bytes[++at];
        digit = hex[byte];
      }
      if (at === digits || size < 1 || size > SIZE_LIMIT) throw this.badSize(bytes, start);
      while (byte === SPACE || byte === TAB || byte === RETURN) byte = bytes[++at];
      if (byte !== NEWLINE) throw this.bad(bytes, start);
      if (high === -1 && runsOver(high, low, size)) throw this.badSize(bytes, start);
      at++;
      sink.record(kind, high, low, size);
      this.line++;
    }
  }

  /** Where the next line begins, if the one that begins at `start`, its first other than blank at `at`, may be skipped. */
  private skip(bytes: Uint8Array, start: number, at: number): number {
    const byte = bytes[at];
    const blank = byte === NEWLINE || (byte === RETURN && bytes[at + 1] === NEWLINE);
    if (!blank && !isValgrindLine(bytes, at)) throw this.bad(bytes, start);
    this.line++;
    return bytes.indexOf(NEWLINE, at) + 1;
  }

  private badSize(bytes: Uint8Array, start: number): InputError {
    return this.bad(bytes, start, `${EXPECTED}, of 1 to ${SIZE_LIMIT} bytes, below 2^64`);
  }
}

/** `==14687==`, `--14687--` or `**14687**` at `at`. */
function isValgrindLine(bytes: Uint8Array, at: number): boolean {
  const mark = bytes[at];
  if (mark !== 61 && mark !== 45 && mark !== 42) return false;
  if (bytes[at + 1] !== mark) return false;
  let i = at + 2;
  while (bytes[i] >= 48 && bytes[i] <= 57) i++;
  return i > at + 2 && bytes[i] === mark && bytes[i + 1] === mark;
}
