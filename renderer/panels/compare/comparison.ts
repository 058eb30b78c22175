/**
 * Figures of several runs side by side: each one's value, what it changed by against the baseline (the first run), and
 * whether that is better. A verdict is the metric's direction applied to the change; under 1 %, or 0.5 points of a
 * share, it is the same.
 */
import { formatNumber } from '../format.ts';
import type { Cell } from '../results/csv.ts';

export type Verdict = 'better' | 'worse' | 'same' | 'differs' | 'unknown';

/** What a figure is measured in: shares change by points, everything else by so many per cent. */
export type FigureUnit = '' | 'ns' | '%' | '/s' | 'MiB' | 'kB';

/** A figure of all runs, the baseline first; undefined where a run has none. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly unit: FigureUnit;
  /** Which way is better; 0 where neither is. */
  readonly better: -1 | 0 | 1;
  readonly values: readonly (number | undefined)[];
  readonly description: string;
}

/** What a run's figure is against the baseline's. */
export interface ComparedCell {
  readonly value: string;
  /** `+1.2`, in the unit of its row; empty where one of the two runs has no such figure. */
  readonly delta: string;
  /** `−12.5 %`, `2.8×` from a doubling on, `points` of a share. */
  readonly relative: string;
  readonly verdict: Verdict;
}

/** A figure as its row says it. */
export interface ComparedRow {
  readonly id: string;
  readonly label: string;
  /** Of all figures of the row: that of the largest one. */
  readonly unit: string;
  readonly description: string;
  readonly base: string;
  /** The other runs, in their order. */
  readonly others: readonly ComparedCell[];
  readonly figure: Figure;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}
export interface ComparedGroup {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

const SAME_SHARE = 0.01;
const SAME_POINTS = 0.5;
const UNKNOWN = '–';

/** Better, worse or the same; `differs` where neither direction is better, `unknown` where a run has no such figure. */
export function verdictOf(
  { unit, better }: Pick<Figure, 'unit' | 'better'>,
  base: number | undefined,
  value: number | undefined,
): Verdict {
  if (base === undefined || value === undefined) return 'unknown';
  const delta = value - base;
  const same = unit === '%' ? Math.abs(delta) < SAME_POINTS : Math.abs(delta) < SAME_SHARE * Math.abs(base);
  if (same || delta === 0) return 'same';
  if (better === 0) return 'differs';
  return Math.sign(delta) === better ? 'better' : 'worse';
}

/** What a value is against the baseline's: per cent with its sign, a factor from a doubling on; `points` of a share; empty from zero on. */
export function relativeText(unit: FigureUnit, base: number, value: number): string {
  if (unit === '%') return 'points';
  if (base === value) return '0 %';
  if (base === 0) return '';
  const ratio = value / base;
  if (ratio >= 2) return `${formatNumber(ratio, ratio >= 10 ? 0 : 1)}×`;
  return signed(100 * (ratio - 1), (share) => `${formatNumber(share, 1)} %`);
}

function signed(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value));
  if (value === 0 || !/[1-9]/.test(text)) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

/** How all values of a row and their changes are written: one unit, the same decimals. */
interface RowFormat {
  readonly unit: string;
  readonly text: (value: number) => string;
}

function rowFormat(unit: FigureUnit, values: readonly number[]): RowFormat {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (unit === 'ns') return timeFormat(largest, values);
  if (unit === '%') return { unit, text: (value) => formatNumber(value, 2) };
  const decimals = unit === 'MiB' ? Math.min(2, decimalsOf(largest)) : decimalsOf(largest);
  const digits = values.every(Number.isInteger) ? 0 : decimals;
  return { unit, text: (value) => formatNumber(value, digits) };
}

/** Three or four figures that matter. */
const decimalsOf = (largest: number): number => (largest >= 1000 ? 0 : largest >= 100 ? 1 : largest >= 10 ? 2 : 3);

function timeFormat(largest: number, values: readonly number[]): RowFormat {
  const [unit, ns, decimals] =
    largest < 1e4
      ? (['ns', 1, values.every(Number.isInteger) ? 0 : 1] as const)
      : largest < 1e7
        ? (['µs', 1e3, 1] as const)
        : largest < 1e10
          ? (['ms', 1e6, 1] as const)
          : (['s', 1e9, 2] as const);
  return { unit, text: (value) => formatNumber(value / ns, decimals) };
}

/** A figure written out. */
export function rowOf(figure: Figure): ComparedRow {
  const { id, label, unit, values, description } = figure;
  const { unit: shown, text } = rowFormat(
    unit,
    values.filter((value) => value !== undefined),
  );
  const [base, ...others] = values;
  const say = (value: number | undefined): string => (value === undefined ? UNKNOWN : text(value));
  return {
    id,
    label,
    unit: shown,
    description,
    base: say(base),
    others: others.map((value): ComparedCell => {
      const known = base !== undefined && value !== undefined;
      return {
        value: say(value),
        delta: known ? signed(value - base, text) : '',
        relative: known ? relativeText(unit, base, value) : '',
        verdict: verdictOf(figure, base, value),
      };
    }),
    figure,
  };
}

/** Groups written out; figures that no run has are left out, and groups of none. */
export function rowsOf(groups: readonly FigureGroup[]): ComparedGroup[] {
  return groups
    .map(({ title, figures }) => ({
      title,
      rows: figures.filter(({ values }) => values.some((value) => value !== undefined)).map(rowOf),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** The comparison as CSV takes it, with all digits and in the figures' own units: three columns for each run but the baseline. */
export function comparisonCsv(
  groups: readonly ComparedGroup[],
  letters: readonly string[],
): { readonly columns: string[]; readonly rows: Cell[][] } {
  const [base = 'A', ...others] = letters;
  const columns = ['group', 'metric', 'unit', base].concat(
    others.flatMap((letter) => [letter, `${letter} - ${base}`, `${letter} verdict`]),
  );
  const rows = groups.flatMap(({ title, rows: each }) =>
    each.map(({ label, others: cells, figure: { unit, values } }): Cell[] => [
      title,
      label,
      unit,
      values[0] ?? '',
      ...cells.flatMap(({ verdict }, at): Cell[] => [
        values[at + 1] ?? '',
        changeOf(values[0], values[at + 1]) ?? '',
        verdict,
      ]),
    ]),
  );
  return { columns, rows };
}

/** What a value changed by; undefined where one of the two is unknown. */
export function changeOf(base: number | undefined, value: number | undefined): number | undefined {
  return base === undefined || value === undefined ? undefined : value - base;
}
