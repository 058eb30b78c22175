/** Tables as comma-separated values (RFC 4180), with all digits, points for decimals and plain hyphens. */

export type Cell = string | number;

/** The text of a CSV file: a head and rows, lines ended by CR LF. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

function quote(cell: Cell): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
