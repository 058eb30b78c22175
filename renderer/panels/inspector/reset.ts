/** How a field is given back to what it was without anybody: to its rule where it may be left out, else to its default. Pure. */
import type { SchemaNode } from './schema.ts';

export interface Reset {
  /** What there is to go back to, in words. */
  readonly label: string;
  /** undefined leaves the field out. */
  readonly value: unknown;
}

/** Null where the value is that already, or there is none. `show` says a value as the field does. */
export function resetOf(
  node: SchemaNode,
  value: unknown,
  optional: boolean,
  show: (value: unknown) => string,
): Reset | null {
  if (optional) return value === undefined ? null : { label: 'back to the rule', value: undefined };
  const normal = node.default;
  if (normal === undefined || JSON.stringify(normal) === JSON.stringify(value)) return null;
  const said = show(normal);
  return {
    label: said === '' ? 'back to the default' : `back to the default, ${said}`,
    value: structuredClone(normal),
  };
}
