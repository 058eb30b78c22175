/**
 * Reads the profile's JSON Schema (catalogue.profileSchema) as what an inspector needs: which control a value takes,
 * its title, unit, limits and default. The schema is data from the lab, so each reader tolerates what it does not know.
 */

import { parsePath } from '../../state/path.ts';
import { fieldTitle } from './titles.ts';

export interface SchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** What a value is edited with. */
export type Control =
  'number' | 'text' | 'select' | 'switch' | 'group' | 'numbers' | 'list' | 'matrix' | 'union' | 'other';

/** One choice of a select. */
interface Choice {
  readonly value: string | number;
  readonly label: string;
}

const isNode = (value: unknown): value is SchemaNode => typeof value === 'object' && value !== null;

/** The catalogue's schema as a node; an empty one where it is none. */
export function asSchema(value: unknown): SchemaNode {
  return isNode(value) ? value : {};
}

function choiceValues(node: SchemaNode): readonly unknown[] | undefined {
  if (node.enum) return node.enum;
  const variants = node.anyOf ?? node.oneOf;
  if (variants && variants.length > 0 && variants.every((variant) => variant.const !== undefined)) {
    return variants.map((variant) => variant.const);
  }
  return undefined;
}

/** Which control edits a value of this schema. */
export function controlOf(node: SchemaNode): Control {
  if (choiceValues(node)) return 'select';
  if (node.oneOf ?? node.anyOf) return 'union';
  if (node.type === 'number' || node.type === 'integer') return 'number';
  if (node.type === 'string') return 'text';
  if (node.type === 'boolean') return 'switch';
  if (node.type === 'object' && node.properties) return 'group';
  if (node.type === 'array' && node.items) {
    const item = controlOf(node.items);
    if (item === 'number') return 'numbers';
    if (item === 'numbers') return 'matrix';
    if (item === 'group') return 'list';
  }
  return 'other';
}

/** The choices of a select, in the schema's order. */
export function choicesOf(node: SchemaNode): Choice[] {
  const values = choiceValues(node) ?? [];
  return values
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => ({ value, label: String(value) }));
}

/** The node that a path leads to; `[]` steps into a list's items, a union's variant is chosen by `value`'s tag. */
export function schemaAt(root: SchemaNode, path: string, profile: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  let value: unknown = profile;
  for (const step of parsePath(path)) {
    if (!node) return undefined;
    if (controlOf(node) === 'union') node = variantOf(node, value) ?? node;
    node = typeof step === 'number' ? node.items : node.properties?.[step];
    value = isNode(value) ? (value as Readonly<Record<string | number, unknown>>)[step] : undefined;
  }
  return node;
}

/** The key that tells a union's variants apart: the one whose value is a constant in each. */
export function tagOf(node: SchemaNode): string | undefined {
  const variants = node.oneOf ?? node.anyOf ?? [];
  const first = variants[0]?.properties ?? {};
  return Object.keys(first).find((key) => variants.every((variant) => variant.properties?.[key]?.const !== undefined));
}

/** A union's variant that `value` is of. */
export function variantOf(node: SchemaNode, value: unknown): SchemaNode | undefined {
  const tag = tagOf(node);
  if (tag === undefined || !isNode(value)) return undefined;
  const kind = (value as Readonly<Record<string, unknown>>)[tag];
  return (node.oneOf ?? node.anyOf)?.find((variant) => variant.properties?.[tag]?.const === kind);
}

/** The variants of a union as choices: the tag's value and the variant's title. */
export function variantChoices(node: SchemaNode): Choice[] {
  const tag = tagOf(node);
  if (tag === undefined) return [];
  return (node.oneOf ?? node.anyOf ?? []).flatMap((variant) => {
    const value = variant.properties?.[tag]?.const;
    return typeof value === 'string' || typeof value === 'number'
      ? [{ value, label: variant.title ?? String(value) }]
      : [];
  });
}

/** A path with one more step. */
export function join(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** A group's field: its key and path, its title, and whether it may be left out so that a rule holds. */
interface Child {
  readonly key: string;
  readonly path: string;
  readonly node: SchemaNode;
  readonly title: string;
  readonly optional: boolean;
}

/** The fields of a group in the schema's order, constants left out. */
export function childrenOf(path: string, node: SchemaNode): Child[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    if (child.const !== undefined) return [];
    const at = join(path, key);
    const optional = child.default === undefined && node.required?.includes(key) !== true;
    return [{ key, path: at, node: child, title: fieldTitle(at, child), optional }];
  });
}

/** True where what stands at `path` may be left out so that a rule holds. */
export function optionalAt(root: SchemaNode, path: string, profile: unknown): boolean {
  const steps = parsePath(path);
  const key = steps.at(-1);
  if (typeof key !== 'string') return false;
  const parent = schemaAt(root, path.slice(0, Math.max(0, path.length - key.length - 1)), profile);
  const node = parent?.properties?.[key];
  return node !== undefined && node.default === undefined && parent?.required?.includes(key) !== true;
}

/** The least complete value that the schema takes: defaults, or the smallest allowed. Used for what a person adds. */
export function blankOf(node: SchemaNode): unknown {
  if (node.default !== undefined) return structuredClone(node.default);
  switch (controlOf(node)) {
    case 'number':
      return node.minimum ?? (node.exclusiveMinimum === undefined ? 0 : node.exclusiveMinimum + 1);
    case 'text':
      return '';
    case 'switch':
      return false;
    case 'select':
      return choicesOf(node)[0]?.value;
    case 'union':
      return blankOf((node.oneOf ?? node.anyOf ?? [])[0] ?? {});
    case 'group': {
      const blank: Record<string, unknown> = {};
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        if (child.const !== undefined) blank[key] = child.const;
        else if (node.required?.includes(key)) blank[key] = blankOf(child);
      }
      return blank;
    }
    case 'numbers':
    case 'list':
    case 'matrix':
      return [];
    case 'other':
      return node.const;
  }
}
