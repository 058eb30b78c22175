/** What an edit is called in the history: the field as the inspector names it, and the value that it was given. */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { formatExact } from '../panels/format.ts';
import { placeName } from '../panels/inspector/hints.ts';
import { schemaAt, type SchemaNode } from '../panels/inspector/schema.ts';

/** Names an edit of the value at a path of `profile`: `Node 2: memory 4 GiB`; undefined gave it back to its rule. */
export type EditName = (path: string, value: unknown, profile: MachineProfile) => string;

const LONGEST = 48;

/** Edits named after the profile's schema; kernels by their titles. */
export function editNames(
  schema: SchemaNode,
  flavours: readonly { readonly id: string; readonly title: string }[],
): EditName {
  return (path, value, profile) => {
    const title = path === 'kernel.flavour' ? flavours.find(({ id }) => id === value)?.title : undefined;
    const said = title ?? valueText(value, schemaAt(schema, path, profile));
    const [group = '', ...fields] = placeName(path, schema, profile).split(', ');
    return fields.length === 0 ? `${group}: ${said}` : `${group}: ${inside(fields.join(', '))} ${said}`;
  };
}

/** A title as it stands within a sentence: `Local latency` is `local latency`, `CPUs` stays. */
function inside(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function valueText(value: unknown, node: SchemaNode | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'back to its rule';
    case 'number':
      if (node?.unit === 'MiB' && value !== 0 && value % 1024 === 0) return `${formatExact(value / 1024)} GiB`;
      return node?.unit === undefined ? formatExact(value) : `${formatExact(value)} ${node.unit}`;
    case 'boolean':
      return value ? 'on' : 'off';
    case 'string':
      return value === '' ? 'empty' : value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
    default:
      return 'changed';
  }
}
