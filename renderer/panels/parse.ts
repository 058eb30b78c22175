/**
 * How the panels read numbers that a person types: with or without thousands, with the field's unit or another of the
 * same family (`8 GiB` in a field of MiB), and lists such as `0-3, 5`.
 */
const FAMILIES: readonly Readonly<Record<string, number>>[] = [
  { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
  { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 },
  { MHz: 1, GHz: 1e3 },
  { 'MB/s': 1, 'GB/s': 1e3 },
];
/** A range longer than this is a slip of the finger, not a list. */
const LONGEST_RANGE = 16384;

/**
 * The number that `text` says, in `unit`; undefined where it says none. `9.5 GiB` in MiB is 9728; `1e3` is 1000;
 * a unit of another family is no number.
 */
export function parseQuantity(text: string, unit?: string): number | undefined {
  const plain = text.trim().replace(/[\u2212\u2013]/g, '-');
  const match = /^([+-]?(?:\d[\d,\s\u2009\u202f]*)?(?:\.\d[\d\s\u2009\u202f]*)?(?:e[+-]?\d+)?)\s*([a-zµ/%]*)$/i.exec(
    plain,
  );
  const figure = match?.[1]?.replace(/[\s\u2009\u202f]/g, '') ?? '';
  const digits = figure.replaceAll(',', '');
  if (match === null || !/\d/.test(digits)) return undefined;
  // Elsewhere `1,5` is one and a half: a comma parts thousands, or there is no telling.
  if (figure.includes(',') && !/^[+-]?\d{1,3}(?:,\d{3})+(?![\d,])/.test(figure)) return undefined;
  const value = Number(digits);
  if (!Number.isFinite(value)) return undefined;
  const typed = match[2] ?? '';
  if (typed === '' || typed.toLowerCase() === unit?.toLowerCase()) return value;
  const factor = conversion(typed, unit);
  return factor === undefined ? undefined : Number((value * factor).toPrecision(15));
}

function conversion(from: string, to: string | undefined): number | undefined {
  if (to === undefined) return undefined;
  for (const family of FAMILIES) {
    if (family[to] === undefined) continue;
    const name = Object.keys(family).find((unit) => unit.toLowerCase() === from.toLowerCase());
    const factor = name === undefined ? undefined : family[name];
    if (factor !== undefined) return factor / family[to];
  }
  return undefined;
}

/** The whole numbers that `0-3, 5` lists, in order and without repeats; undefined where it is no such list. */
export function parseRanges(text: string): number[] | undefined {
  const numbers = new Set<number>();
  const parts = text
    .replace(/\s*[-\u2013]\s*/g, '-')
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  for (const part of parts) {
    const match = /^(\d+)(?:[-\u2013](\d+))?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first >= LONGEST_RANGE) return undefined;
    for (let number = first; number <= last; number += 1) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}
