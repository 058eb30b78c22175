/** What a field is called. */
import { parsePath } from '../../state/path.ts';

/** The schema's title, or the key in words: `dataKiB` is "Data KiB". */
export function fieldTitle(path: string, node: { readonly title?: string }): string {
  if (node.title !== undefined) return node.title;
  const key = String(parsePath(path).at(-1) ?? '');
  const words = key.replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
