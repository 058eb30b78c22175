/** Every field that a machine's profile has in the inspector, wherever it stands: what the search looks through. Pure. */
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { isWithin } from '../../state/path.ts';
import { childrenOf, controlOf, join, tagOf, variantOf, type SchemaNode } from './schema.ts';
import { fieldTitle } from './titles.ts';

export interface IndexedField {
  readonly path: string;
  /** Its place and title: `Node 3, Memory`. */
  readonly name: string;
  readonly node: SchemaNode;
  /** What stands there; undefined where an optional part is left out. */
  readonly value: unknown;
}

/** Nodes are pages of their own, and the machine's own group has no frame. */
const UNNAMED = ['', 'machine', 'machine.nodes'];

/** All fields of a profile: values, lists, and optional parts that are left out and can be added. */
export function fieldsOf(schema: SchemaNode, profile: MachineProfile): IndexedField[] {
  const fields: IndexedField[] = [];

  function walk(path: string, node: SchemaNode, value: unknown, names: readonly string[]): void {
    const own = UNNAMED.includes(path) ? names : [...names, titleOf(path, node, profile)];
    const add = (at: string): void => {
      fields.push({ path: at, name: own.join(', '), node, value });
    };
    switch (controlOf(node)) {
      case 'group':
        if (value === undefined) add(path);
        else for (const child of childrenOf(path, node)) walk(child.path, child.node, partOf(value, child.key), own);
        return;
      case 'union': {
        const tag = tagOf(node) ?? '';
        add(join(path, tag));
        const variant = variantOf(node, value);
        for (const child of variant === undefined ? [] : childrenOf(path, variant))
          if (child.key !== tag) walk(child.path, child.node, partOf(value, child.key), own);
        return;
      }
      case 'list':
        if (path !== 'machine.nodes') add(path);
        for (const [index, item] of (Array.isArray(value) ? value : []).entries())
          walk(join(path, index), node.items ?? {}, item, own);
        return;
      case 'other':
        return;
      default:
        add(path);
    }
  }
  walk('', schema, profile, []);
  return fields;
}

function titleOf(path: string, node: SchemaNode, profile: MachineProfile): string {
  const index = /\[(\d+)\]$/.exec(path)?.[1];
  if (index === undefined) return fieldTitle(path, node);
  const isNode = path === `machine.nodes[${index}]`;
  const id = isNode ? profile.machine.nodes[Number(index)]?.id : Number(index);
  return `${node.title ?? 'Item'} ${id ?? index}`;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/**
 * The fields in whose name, path or description every word of `wanted` is found; those with it in the title first, and
 * among equals those at `within`, the path of what is selected.
 */
export function findFields(fields: readonly IndexedField[], wanted: string, within = ''): IndexedField[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: { readonly field: IndexedField; readonly rank: number }[] = [];
  for (const field of fields) {
    const title = (field.name.split(', ').at(-1) ?? '').toLowerCase();
    const name = `${field.name} ${field.path}`.toLowerCase();
    const all = `${name} ${field.node.description ?? ''}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) continue;
    const rank = words.every((word) => title.includes(word)) ? 0 : words.every((word) => name.includes(word)) ? 1 : 2;
    found.push({ field, rank });
  }
  const apart = ({ path }: IndexedField): number => (within === '' || isWithin(path, within) ? 0 : 1);
  return found.sort((a, b) => a.rank - b.rank || apart(a.field) - apart(b.field)).map(({ field }) => field);
}
