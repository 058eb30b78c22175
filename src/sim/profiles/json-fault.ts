/**
 * Where a text stops being JSON (RFC 8259), in words that do not depend on the engine: JSON.parse's own message names
 * no place in some engines. Two things that RFC 8259 leaves open are faults here: a key that occurs twice in an object
 * (JSON.parse would drop the first silently) and more than 100 levels of nesting. One pass, no recursion.
 */
import { describeValue } from './describe.ts';

interface JsonFault {
  /** Characters from the start. */
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

const MAX_DEPTH = 100;
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /[\w.+-]{1,40}/y;

/** An object (with its keys so far) or a list, not yet closed. */
type Open = Set<string> | null;

class Fault extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault.expected);
  }
}

class Scanner {
  private at = 0;
  private readonly open: Open[] = [];

  constructor(private readonly text: string) {}

  /** Throws Fault at the first place that is not JSON. */
  scan(): void {
    this.value('a value');
    while (this.open.length > 0) this.next(this.open[this.open.length - 1]);
    this.space();
    if (this.at < this.text.length) throw this.fault('the end of the file');
  }

  /** After a value inside `container`: a comma and the next one, or the end of the container. */
  private next(container: Open): void {
    const close = container === null ? ']' : '}';
    this.space();
    if (this.eat(close)) {
      this.open.pop();
      return;
    }
    if (!this.eat(',')) throw this.fault(`"," or "${close}"`);
    if (container === null) this.value('a value');
    else this.member(container, 'a key in double quotes');
  }

  /** A scalar, or the opening of a container with its first element. */
  private value(expected: string): void {
    this.space();
    const opensObject = this.eat('{');
    if (!opensObject && !this.eat('[')) {
      if (this.text[this.at] === '"') this.string();
      else if (this.match(SCALAR) === '') throw this.fault(expected);
      return;
    }
    const keys: Open = opensObject ? new Set<string>() : null;
    if (this.open.push(keys) > MAX_DEPTH) throw this.fault(`at most ${MAX_DEPTH} levels of nesting`);
    this.space();
    if (this.eat(opensObject ? '}' : ']')) {
      this.open.pop();
      return;
    }
    if (keys === null) this.value('a value or "]"');
    else this.member(keys, 'a key in double quotes or "}"');
  }

  private member(keys: Set<string>, expected: string): void {
    this.space();
    if (this.text[this.at] !== '"') throw this.fault(expected);
    const start = this.at;
    const key = this.string();
    if (keys.has(key)) {
      this.at = start;
      throw this.fault('each key once', `${describeValue(key)} a second time`);
    }
    keys.add(key);
    this.space();
    if (!this.eat(':')) throw this.fault('":"');
    this.value('a value');
  }

  /** A string's contents, escapes resolved (so that keys spelt differently are still the same key). */
  private string(): string {
    const start = this.at++;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) throw this.fault('the closing quote of a text', 'the end of the file');
      if (code < 0x20) throw this.fault('no line break or control character inside a text');
      if (code !== 0x5c) this.at++;
      else if (this.match(ESCAPE) === '') throw this.fault('an escape such as \\n, \\" or \\u0041');
    }
    this.at++;
    return String(JSON.parse(this.text.slice(start, this.at)));
  }

  private space(): void {
    this.match(SPACE);
  }

  private eat(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private fault(expected: string, found?: string): Fault {
    return new Fault({ offset: this.at, expected, found: found ?? this.here() });
  }

  /** What stands at the place, in a few characters. */
  private here(): string {
    if (this.at >= this.text.length) return 'the end of the file';
    const start = this.at;
    const word = this.match(WORD);
    this.at = start;
    return describeValue(word === '' ? String.fromCodePoint(this.text.codePointAt(start) ?? 0) : word);
  }
}

/** The first fault of a text as JSON, or undefined where it is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    new Scanner(text).scan();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

/** Line and column, both from 1, of a place in a text; a column counts UTF-16 characters. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}
