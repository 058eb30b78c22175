/**
 * JSON as run files hold it: two spaces, keys in the order given, a list of plain values on one line. A line of the
 * file is then a field or a row of a table.
 */

/** The text of plain data (as JSON.parse returns it), without a newline at the end. Fields that are undefined are left out. */
export function canonicalJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every(isPlain)) return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    return `[\n${value.map((item) => inner + canonicalJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return '{}';
  const lines = fields.map(([key, field]) => `${inner}${JSON.stringify(key)}: ${canonicalJson(field, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;
