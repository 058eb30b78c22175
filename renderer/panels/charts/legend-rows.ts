/** How the entries of a legend of few series lie in rows, so that all of them are seen where there is room. */

/** px before a name (dash or pattern, and air), and between two entries. */
interface Spacing {
  readonly sample: number;
  readonly gap: number;
}
const LOOSE: Spacing = { sample: 24, gap: 10 };
const TIGHT: Spacing = { sample: 18, gap: 5 };
/** More rows than this are taken only when closer entries do not save them. */
const MOST_ROWS = 2;

export interface LegendRows {
  /** Entries stand closer, with shorter dashes. */
  readonly tight: boolean;
  /** How many entries each row holds. */
  readonly rows: readonly number[];
}

/** Rows of entries whose words take `words` px each, in their order, in a legend of `width` px. */
export function legendRows(words: readonly number[], width: number): LegendRows {
  const loose = fill(words, width, LOOSE);
  if (loose.length <= MOST_ROWS) return { tight: false, rows: loose };
  const tight = fill(words, width, TIGHT);
  return tight.length < loose.length ? { tight: true, rows: tight } : { tight: false, rows: loose };
}

/** How many entries lie below the first `seen` rows. */
export function belowRow({ rows }: LegendRows, seen: number): number {
  return rows.slice(Math.max(0, seen)).reduce((sum, count) => sum + count, 0);
}

function fill(words: readonly number[], width: number, { sample, gap }: Spacing): number[] {
  const rows: number[] = [];
  let used = Infinity;
  for (const wide of words) {
    if (used + gap + sample + wide <= width) {
      rows[rows.length - 1] += 1;
      used += gap + sample + wide;
    } else {
      rows.push(1);
      used = sample + wide;
    }
  }
  return rows;
}
