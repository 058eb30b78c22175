/** Paths of a profile as text and as segments: `machine.nodes[3].memoryMiB` is `machine`, `nodes`, 3, `memoryMiB`. */

export type Segment = string | number;

const MAX_SEGMENT = 80;

/** The text of a path. A key that is no plain word (only in a broken file) is shortened to 80 characters. */
export function pathText(segments: readonly PropertyKey[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += (text === '' ? '' : '.') + shorten(String(segment), MAX_SEGMENT);
  }
  return text;
}

/** The segments of a path's text, or undefined where it is not one. */
export function parsePath(text: string): Segment[] | undefined {
  if (!/^[A-Za-z_]\w*(\[\d{1,9}\]|\.[A-Za-z_]\w*)*$/.test(text)) return undefined;
  return (text.match(/\w+|\[\d+\]/g) ?? []).map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part));
}

/** `text` in at most `length` characters, the end replaced by dots. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
