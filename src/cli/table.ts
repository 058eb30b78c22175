/** Text tables and figures as the command line prints them. */

/** Numbers to the right, words to the left. */
type Cell = string | number;

/** A table with a header line, two spaces between columns, and a line break at the end of each row. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)));
  const widths = header.map((title, column) => Math.max(title.length, ...text.map((row) => row[column].length)));
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  return [header, ...text].map((cells) => `${line(cells)}\n`).join('');
}

/** A number with thousands separated by commas; up to three digits behind the point where it is no whole one. */
export function figure(value: number): string {
  const [whole, fraction] = (Number.isInteger(value) ? String(value) : value.toFixed(3)).split('.') as [
    string,
    string?,
  ];
  const grouped = /e/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = (fraction ?? '').replace(/0+$/, '');
  return rest === '' ? grouped : `${grouped}.${rest}`;
}

/** A duration in the largest unit in which it is at least 1. */
export function time(ns: number): string {
  const units: readonly [string, number][] = [
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ];
  const [unit, scale] = units.find(([, size]) => ns >= size) ?? ['ns', 1];
  return `${figure(Number((ns / scale).toPrecision(6)))} ${unit}`;
}

/** MiB as a person says it: `64 GiB`, `512 MiB`. */
export function memory(mib: number): string {
  if (mib >= 1024 * 1024 && mib % (1024 * 1024) === 0) return `${figure(mib / 1024 / 1024)} TiB`;
  return mib >= 1024 ? `${figure(Math.round((mib / 1024) * 100) / 100)} GiB` : `${figure(mib)} MiB`;
}

/** What a line of text has room for. */
export const WIDTH = 100;

/** Text in lines of at most WIDTH characters. */
export function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${each}\n`).join('');
}
