/** Tables and wrapped lines of plain text. */

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly right?: boolean;
}

/** A heading with an empty line before it. */
export function heading(text: string): string {
  return `\n${text}`;
}

/** Words of `text` after `prefix`, broken before `width`; later lines are indented as far as the prefix goes. */
export function wrap(prefix: string, text: string, width: number): string[] {
  const indent = ' '.repeat(prefix.length);
  const lines: string[] = [];
  let line = prefix;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/**
 * The rows under their titles, two spaces in and two between columns. With `width` the last column is wrapped to it;
 * it is then the only one that may be long.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Infinity): string[] {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.of(row)))];
  const widths = columns.map((_, column) => cells.reduce((most, row) => Math.max(most, row[column].length), 0));
  return cells.flatMap((row) => {
    const parts = row.map((cell, column) => {
      if (columns[column].right === true) return cell.padStart(widths[column]);
      return column === columns.length - 1 ? cell : cell.padEnd(widths[column]);
    });
    const last = parts[parts.length - 1];
    const start = `  ${parts.slice(0, -1).join('  ')}  `;
    if (start.length + last.length <= width) return [(start + last).trimEnd()];
    return wrap(start, last, width);
  });
}
