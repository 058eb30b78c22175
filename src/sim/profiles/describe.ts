/** Words for what a field expects and for what was found there: every message about a profile is made of these. */
import { discriminatorOf, type FieldSchema } from './json-schema.ts';
import { shorten } from './path-text.ts';

const MAX_FOUND = 60;
const MAX_NAMES = 400;

function range(schema: FieldSchema): string {
  const { minimum, exclusiveMinimum, maximum } = schema;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and up to ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function count(what: string, min: number | undefined, max: number | undefined): string {
  if ((min ?? 0) > 0) return max === undefined ? ` of at least ${min} ${what}` : ` of ${min} to ${max} ${what}`;
  return max === undefined ? '' : ` of up to ${max} ${what}`;
}

/** Names in a row: `a`, `a or b`, `one of a, b, c`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 3) return names.join(' or ');
  return `one of ${shorten(names.join(', '), MAX_NAMES)}`;
}

/** Of a list of numbers or of lists, what each element is; a list of objects is described by its fields. */
function eachOf(items: FieldSchema | undefined): string {
  const plain = items !== undefined && items.type !== 'object' && items.oneOf === undefined;
  return plain ? `, each ${describeSchema(items)}` : '';
}

/** What the field takes, with its range and unit: `a whole number from 0 to 6`, `"disk" or "adapter"`. */
export function describeSchema(schema: FieldSchema): string {
  const unit = schema.unit === undefined ? '' : ` (${schema.unit})`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return oneOf(schema.enum.map((name) => JSON.stringify(name)));
  if (schema.anyOf !== undefined) return `${oneOf(schema.anyOf.map(describeSchema))}${unit}`;
  if (schema.oneOf !== undefined) {
    const key = discriminatorOf(schema.oneOf) ?? 'kind';
    return `an object whose "${key}" is ${oneOf(schema.oneOf.map((variant) => describeSchema(variant.properties?.[key] ?? {})))}`;
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}${unit}`;
    case 'number':
      return `a number${range(schema)}${unit}`;
    case 'string':
      return `text${count('characters', schema.minLength, schema.maxLength)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list${count('elements', schema.minItems, schema.maxItems)}${eachOf(schema.items)}`;
    case 'object':
      return 'an object';
    default:
      return 'a value';
  }
}

/** What was found, short however large it is. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') {
    return value.length <= MAX_FOUND
      ? JSON.stringify(value)
      : `${JSON.stringify(value.slice(0, MAX_FOUND - 20))}... (${value.length} characters)`;
  }
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1 element' : `a list of ${value.length} elements`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return shorten(String(value), MAX_FOUND);
}
