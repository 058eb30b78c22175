/** What a table is made of: columns that say how a row's value is sorted, shown, filtered and copied. Pure. */
import { type Cell, toCsv } from '../../results/csv.ts';

export interface TableColumn<Row> {
  readonly id: string;
  readonly label: string;
  readonly unit?: string;
  /** What the column counts: the tool tip of its head. */
  readonly description?: string;
  /** Words: left-aligned. Numbers stand right, and their heads with them. */
  readonly text?: boolean;
  /** What it is sorted by and what goes into CSV; undefined where the row has none, which sorts last. */
  readonly value: (row: Row) => Cell | undefined;
  /** As a person reads it; also what a filter finds and what is copied as text. */
  readonly shown: (row: Row) => string;
  /** The baseline's column, values that matter most, what is said beside, what takes the rest of the width. */
  readonly tone?: 'base' | 'strong' | 'faint' | 'wide';
  /** Drawn by the table's `cell` snippet instead of as text. */
  readonly drawn?: boolean;
}

/** A table as it is shown: sorted and filtered. */
export interface ShownTable {
  readonly columns: readonly { readonly id: string; readonly label: string; readonly unit: string }[];
  readonly cells: readonly (readonly Cell[])[];
  readonly texts: readonly (readonly string[])[];
}

/** Order of two cells; numbers by size, anything else as words. */
export function orderOf(a: Cell | undefined, b: Cell | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}

/** True where a cell of the row has all words of the filter, in any order and case. */
export function matches<Row>(row: Row, columns: readonly TableColumn<Row>[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = columns
    .map((column) => column.shown(row))
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The table as CSV: all digits, columns by their ids. */
export function tableCsv({ columns, cells }: ShownTable): string {
  return toCsv(
    columns.map(({ id }) => id),
    cells,
  );
}

/** The table as text: what is seen, columns apart by tabs, as a spreadsheet takes it. */
export function tableText({ columns, texts }: ShownTable): string {
  const head = columns.map(({ label, unit }) => (unit === '' ? label : `${label}, ${unit}`));
  return [head, ...texts].map((row) => `${row.map((text) => text.replace(/\s+/g, ' ')).join('\t')}\n`).join('');
}
