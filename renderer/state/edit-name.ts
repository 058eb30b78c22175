/** What an edit is called in the history: the field as the inspector names it, and the value that it was given. */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { formatExact } from '../panels/format.ts';
import { placeName } from '../panels/inspector/hints.ts';
import { schemaAt, type SchemaNode } from '../panels/inspector/schema.ts';

/** Names an edit of the value at a path of `profile`: `Node 2, Memory: 4,096 MiB`; undefined gave it back to its rule. */
export type EditName = (path: string, value: unknown, profile: MachineProfile) => string;

const LONGEST = 48;

/** Edits named after the profile's schema; kernels by their titles. */
export function editNames(
  schema: SchemaNode,
  flavours: readonly { readonly id: string; readonly title: string }[],
): EditName {
  return (path, value, profile) => {
    const place = placeName(path, schema, profile);
    const title = path === 'kernel.flavour' ? flavours.find(({ id }) => id === value)?.title : undefined;
    return `${place}${title === undefined ? ending(value, schemaAt(schema, path, profile)) : `: ${title}`}`;
  };
}

function ending(value: unknown, node: SchemaNode | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return ': back to its rule';
    case 'number':
      return `: ${formatExact(value)}${node?.unit === undefined ? '' : ` ${node.unit}`}`;
    case 'boolean':
      return value ? ': on' : ': off';
    case 'string':
      return value === '' ? ': empty' : `: ${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}`;
    default:
      return ' changed';
  }
}
