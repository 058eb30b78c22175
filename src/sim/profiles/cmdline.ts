/**
 * The kernel's command line as text: words apart by blanks; `mem=` and its like as memparse() reads a size (lib/cmdline.c: a
 * number in C's notation, then k, M or G of either case), the last of a kind in force. Words that the lab does not know
 * are kept and noted, as a kernel leaves them to init. What a kernel would misread (it takes `mem=lots` for 0) is a fault.
 */

/** A word and the column at which it begins, from 1. */
export interface CommandWord {
  readonly text: string;
  readonly column: number;
}

export interface CommandFault extends CommandWord {
  readonly expected: string;
}

export interface CommandLine {
  /** Bytes. */
  readonly mem?: number;
  readonly highmem?: number;
  readonly vmalloc?: number;
  /** zone_balance_ratio of DMA, Normal and HighMem, as many as are given. */
  readonly memfrac?: readonly number[];
  /** Large pages on the whole machine. */
  readonly hugepages?: number;
  /** Understood, but not modelled; and not known. */
  readonly unmodelled: readonly CommandWord[];
  readonly unknown: readonly CommandWord[];
  readonly faults: readonly CommandFault[];
}

const SIZES = ['mem', 'highmem', 'vmalloc'] as const;
type SizeName = (typeof SIZES)[number];
const SHIFTS: Readonly<Record<string, number>> = { '': 0, k: 10, m: 20, g: 30 };
/** Forms of `mem=` that shape the e820 map piece by piece, or turn large pages off. */
const OTHER_MEM = /^mem=(nopentium|exactmap|.*@.*)$/;
const MOST_HUGE_PAGES = 2 ** 20;
const LARGEST = 2 ** 44;

/** Bytes of `512M`, `0x20000000` or `1g`; undefined for anything else. */
export function memparse(text: string): number | undefined {
  const found = /^(0x[0-9a-f]+|[0-9]+)([kmg]?)$/i.exec(text);
  if (found === null) return undefined;
  const [, digits, suffix] = found;
  const octal = /^0[0-9]/.test(digits);
  if (octal && /[89]/.test(digits)) return undefined;
  const number = octal ? Number.parseInt(digits, 8) : Number(digits);
  const bytes = number * 2 ** SHIFTS[suffix.toLowerCase()];
  return bytes <= LARGEST ? bytes : undefined;
}

function memfrac(text: string): readonly number[] | undefined {
  const parts = text.split(',');
  if (parts.length > 3 || !parts.every((part) => /^[0-9]{1,9}$/.test(part) && Number(part) > 0)) return undefined;
  return parts.map(Number);
}

function isSizeName(name: string): name is SizeName {
  return SIZES.some((known) => known === name);
}

/** Reads a command line; never throws. */
export function parseCommandLine(text: string): CommandLine {
  const unmodelled: CommandWord[] = [];
  const unknown: CommandWord[] = [];
  const faults: CommandFault[] = [];
  const sizes: { mem?: number; highmem?: number; vmalloc?: number } = {};
  const others: { memfrac?: readonly number[]; hugepages?: number } = {};
  for (const match of text.matchAll(/\S+/g)) {
    const word: CommandWord = { text: match[0], column: match.index + 1 };
    const [name, value] = split(word.text);
    if (OTHER_MEM.test(word.text)) unmodelled.push(word);
    else if (isSizeName(name) && value !== undefined) {
      const bytes = memparse(value);
      if (bytes === undefined || bytes === 0) faults.push({ ...word, expected: `${name}=nn[KMG], more than 0` });
      else sizes[name] = bytes;
    } else if (name === 'memfrac' && value !== undefined) {
      const ratios = memfrac(value);
      if (ratios === undefined) faults.push({ ...word, expected: 'memfrac=dma,normal,highmem, each from 1' });
      else others.memfrac = ratios;
    } else if (name === 'hugepages' && value !== undefined) {
      const count = /^[0-9]{1,7}$/.test(value) ? Number(value) : Infinity;
      if (count > MOST_HUGE_PAGES) faults.push({ ...word, expected: `hugepages=nn, at most ${MOST_HUGE_PAGES}` });
      else others.hugepages = count;
    } else unknown.push(word);
  }
  return { ...sizes, ...others, unmodelled, unknown, faults };
}

function split(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
