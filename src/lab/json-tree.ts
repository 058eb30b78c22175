/**
 * Where the values of a JSON text stand in it: from a path to characters, and from a character to a path. The text is
 * valid JSON already (profiles/json-fault.ts says where it is not). One pass, no recursion.
 */
import type { Segment } from '../sim/index.ts';

/** A value: characters from `start` to `end`; `from` is where it begins together with its key. */
interface JsonNode {
  readonly segment: Segment | null;
  readonly from: number;
  readonly start: number;
  end: number;
  readonly children: JsonNode[];
}

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const SCALAR = /[^\s,:\][{}]+/y;
const SKIP = /[\s,:]*/y;

/** The tree of a valid JSON text. */
export function jsonTree(text: string): JsonNode {
  const root: JsonNode = { segment: null, from: 0, start: 0, end: text.length, children: [] };
  const open: JsonNode[] = [];
  let key: { readonly name: string; readonly at: number } | undefined;
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  for (at += match(SKIP).length; at < text.length; at += match(SKIP).length) {
    const parent = open.at(-1);
    const char = text[at];
    if (char === '}' || char === ']') {
      open.pop();
      at++;
      if (parent !== undefined) parent.end = at;
      continue;
    }
    const inObject = parent !== undefined && text[parent.start] === '{';
    const token = char === '{' || char === '[' ? char : match(char === '"' ? STRING : SCALAR);
    if (token === '') break; // not JSON after all
    if (inObject && key === undefined) {
      key = { name: JSON.parse(token) as string, at };
      at += token.length;
      continue;
    }
    const segment = parent === undefined ? null : (key?.name ?? parent.children.length);
    const node: JsonNode = { segment, from: key?.at ?? at, start: at, end: at + token.length, children: [] };
    key = undefined;
    if (parent === undefined) root.children[0] = node;
    else parent.children.push(node);
    if (token === '{' || token === '[') open.push(node);
    at += token.length;
  }
  return root.children[0] ?? root;
}

/** The value at `path`, or the nearest one around it that is there. */
export function nodeAt(tree: JsonNode, path: readonly Segment[]): JsonNode {
  let node = tree;
  for (const segment of path) {
    const child = node.children.find((candidate) => candidate.segment === segment);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

/** The path of the innermost value (or its key) that holds the character at `offset`. */
export function pathAt(tree: JsonNode, offset: number): readonly Segment[] {
  const path: Segment[] = [];
  let node: JsonNode | undefined = tree;
  for (;;) {
    node = node.children.find((child) => child.from <= offset && offset < child.end);
    if (node?.segment === undefined || node.segment === null) return path;
    path.push(node.segment);
  }
}
