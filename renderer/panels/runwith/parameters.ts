/** Every value of a profile by its place and name, to be found by words. Pure. */
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { getAt } from '../../state/path.ts';
import { childrenOf, controlOf, join, type SchemaNode, variantOf } from '../inspector/schema.ts';

export interface ProfileField {
  readonly path: string;
  readonly node: SchemaNode;
  /** `Node 2, Memory`: as placeName() has it. */
  readonly name: string;
  readonly optional: boolean;
}

/** What stands in a profile beside the machine and its kernel: it changes nothing of a run. */
const NAMES = ['title', 'notes', 'sources'];

/** Every field that takes a value, in the order of the schema; each node's, each device's. */
export function profileFields(profile: MachineProfile, schema: SchemaNode): ProfileField[] {
  const found: ProfileField[] = [];
  const walk = (path: string, node: SchemaNode, names: readonly string[], optional: boolean): void => {
    const control = controlOf(node);
    const value = path === '' ? profile : getAt(profile, path);
    if (control === 'group') {
      // Left out whole: its parts are there once it is.
      if (value === undefined) return;
      for (const child of childrenOf(path, node)) {
        if (path === '' && NAMES.includes(child.key)) continue;
        const own = child.path === 'machine' ? [] : [...names, child.title];
        walk(child.path, child.node, own, child.optional);
      }
      return;
    }
    if (control === 'union') {
      const variant = variantOf(node, value);
      if (variant !== undefined) walk(path, variant, names, false);
      return;
    }
    if (control === 'list') {
      walkList(path, node, names, Array.isArray(value) ? value : []);
      return;
    }
    if (control !== 'other') found.push({ path, node, name: names.join(', '), optional });
  };
  const walkList = (path: string, node: SchemaNode, names: readonly string[], items: readonly unknown[]): void => {
    const item = node.items;
    if (item === undefined) return;
    const isNodes = path === 'machine.nodes';
    items.forEach((value, at) => {
      const id = isNodes ? (value as { readonly id: number }).id : at;
      walk(join(path, at), item, [...(isNodes ? [] : names), `${item.title ?? ''} ${id}`.trim()], false);
    });
  };
  walk('', schema, [], false);
  // A node's number is its name; another one would be another machine.
  return found.filter(({ path }) => !/^machine\.nodes\[\d+\]\.id$/.test(path));
}

/** The fields that have all these words in their name, path or description: those that begin with the first word before the others. */
export function findFields(fields: readonly ProfileField[], words: string): readonly ProfileField[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const hit = fields.filter(({ name, path, node }) => {
    const text = `${name} ${path} ${node.description ?? ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const rank = ({ name }: ProfileField): number => {
    const last = (name.split(', ').at(-1) ?? '').toLowerCase();
    return last.startsWith(wanted[0]) ? 0 : name.toLowerCase().includes(wanted[0]) ? 1 : 2;
  };
  return hit
    .map((field) => ({ field, at: rank(field) }))
    .sort((a, b) => a.at - b.at)
    .map(({ field }) => field);
}
