/**
 * The profile's schema as JSON Schema (draft 2020-12, with `title`, `unit`, `description`, ranges and defaults), for the
 * inspector, for paths and for sentences about what a field expects. Made from schema.ts; nothing is written twice.
 */
import { z } from 'zod';
import { profileSchema } from './schema.ts';

/** The part of JSON Schema that profileJsonSchema() uses. */
export interface FieldSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly title?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | FieldSchema;
  readonly items?: FieldSchema;
  readonly oneOf?: readonly FieldSchema[];
  readonly anyOf?: readonly FieldSchema[];
}

let made: FieldSchema | undefined;

/** The JSON Schema of a profile as a person may write it (fields with a default are not required). */
export function profileJsonSchema(): FieldSchema {
  made ??= z.toJSONSchema(profileSchema, { io: 'input' }) as FieldSchema;
  return made;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which key tells the variants of a union apart (`kind`, `policy`): the one that is a constant in all of them. */
export function discriminatorOf(variants: readonly FieldSchema[]): string | undefined {
  const first = variants[0]?.properties ?? {};
  return Object.keys(first).find((key) => variants.every((variant) => variant.properties?.[key]?.const !== undefined));
}

/** The variant of a union that `value` is, by its discriminator; the schema itself where it is no union, or none fits. */
export function variantOf(schema: FieldSchema, value: unknown): FieldSchema {
  const variants = schema.oneOf;
  if (variants === undefined) return schema;
  const key = discriminatorOf(variants);
  if (key === undefined || !isObject(value)) return schema;
  return variants.find((variant) => variant.properties?.[key]?.const === value[key]) ?? schema;
}

/** One step down: the schema of a key or of an element, or undefined where there is no such thing. */
export function childSchema(schema: FieldSchema, segment: string | number): FieldSchema | undefined {
  if (typeof segment === 'number') return schema.items;
  const properties = schema.properties;
  if (properties !== undefined && Object.hasOwn(properties, segment)) return properties[segment];
  if (schema.oneOf !== undefined && segment === discriminatorOf(schema.oneOf)) {
    const names = schema.oneOf.map((variant) => String(variant.properties?.[segment]?.const));
    return { type: 'string', title: 'Kind', enum: names };
  }
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The schema at a path of `root`, following unions by what `value` holds; undefined where the path leads nowhere. */
export function schemaAt(
  root: FieldSchema,
  value: unknown,
  path: readonly (string | number)[],
): FieldSchema | undefined {
  let schema: FieldSchema | undefined = root;
  let here: unknown = value;
  for (const segment of path) {
    schema = childSchema(variantOf(schema, here), segment);
    if (schema === undefined) return undefined;
    here = stepInto(here, segment);
  }
  return schema;
}

/** The value under a key or index; undefined where there is none. */
export function stepInto(value: unknown, segment: string | number): unknown {
  if (typeof segment === 'number') return Array.isArray(value) ? (value as readonly unknown[])[segment] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce(stepInto, root);
}
