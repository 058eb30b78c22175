/**
 * A script: a workload as a file that a person can edit. It has programs (lists of operations), says which are started
 * and how often, and declares the files, segments and program images that they name. The library's workloads are made
 * as scripts too, so that `numaq workloads ID --script` prints one to begin with.
 */
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import { bytesSchema, fileNameSchema, nameSchema, nsSchema, operationsSchema } from './operations.ts';
import { checkScript } from './script-checks.ts';
import { scriptIssues } from './script-issues.ts';

export const SCRIPT_FORMAT = 'numaq-lab/script';
export const SCRIPT_VERSION = 1;

/** JSON nested deeper than this is no script: a repeat within a repeat takes three levels. */
const MOST_NESTED = 100;
const MOST_PROGRAMS = 1000;

const librarySchema = z.strictObject({ file: fileNameSchema, textBytes: bytesSchema, dataBytes: bytesSchema });

const imageSchema = z.strictObject({
  /** Path of the program's file: processes of one image share its text. */
  file: fileNameSchema,
  textBytes: bytesSchema,
  dataBytes: bytesSchema,
  bssBytes: bytesSchema.default(0),
  libraries: z.array(librarySchema).max(100).default([]),
  /** Stack that exec itself writes: arguments and environment. */
  stackBytes: bytesSchema.default(8192),
});

/** A segment of shared memory; its ranges lie one after the other from its start, and reports tell them apart. */
const segmentSchema = z.strictObject({
  bytes: bytesSchema,
  huge: z.boolean().default(false),
  kind: z.enum(['sysv', 'tmpfs']).default('sysv'),
  /** Its mode lets nobody write: shmbind() is refused. Mappings are not checked against it. */
  readOnly: z.boolean().default(false),
  ranges: z
    .array(z.strictObject({ name: nameSchema, bytes: z.number().int().min(4096) }))
    .max(64)
    .default([]),
});

/** What a figure of a workload rests on: a place in the literature, or `assumed`. */
const parameterSchema = z.strictObject({
  name: z.string().min(1).max(60),
  value: z.union([z.number(), z.string().max(200)]),
  source: z.string().min(1).max(500),
});
export type ScriptParameter = z.output<typeof parameterSchema>;

const startSchema = z.strictObject({
  program: nameSchema,
  copies: z.number().int().min(1).max(100_000).default(1),
  /** Places in the workload's list of CPUs; left out: any of them. */
  cpus: z.array(z.number().int().min(0).max(16383)).min(1).max(16384).optional(),
  /** Nodes by id, as numactl --cpunodebind has them: those of the workload's CPUs that lie there. Not with cpus. */
  nodes: z.array(z.number().int().min(0).max(4095)).min(1).max(4096).optional(),
  atNs: nsSchema.default(0),
});

const bodySchema = z.strictObject({
  format: z.literal(SCRIPT_FORMAT),
  version: z.literal(SCRIPT_VERSION),
  title: z.string().min(1).max(200),
  /** What it imitates, and what it leaves out. */
  imitates: z.string().max(4000).default(''),
  parameters: z.array(parameterSchema).max(200).default([]),
  /** Sizes and counts against the full size, which is 1. */
  scale: z.number().gt(0).max(1).default(1),
  /** Files on disk by name, and their size. */
  files: z.record(fileNameSchema, z.strictObject({ bytes: bytesSchema })).default({}),
  /** Segments of shared memory by name. */
  segments: z.record(nameSchema, segmentSchema).default({}),
  images: z.record(nameSchema, imageSchema).default({}),
  programs: z
    .record(nameSchema, operationsSchema)
    .refine((programs) => Object.keys(programs).length <= MOST_PROGRAMS, `at most ${MOST_PROGRAMS} programs`),
  start: z.array(startSchema).min(1).max(10_000),
});

export type Script = z.output<typeof bodySchema>;
export type ScriptImage = z.output<typeof imageSchema>;

/** The schema of a script, names and references between its parts included. */
export const scriptSchema = z
  .unknown()
  .refine(isShallow, { message: `JSON nested at most ${MOST_NESTED} deep`, abort: true })
  .pipe(
    bodySchema.superRefine((script, context) => {
      for (const { path, expected } of checkScript(script)) {
        context.addIssue({ code: 'custom', path: [...path], message: expected });
      }
    }),
  );

/** The script in `input` (parsed JSON). Throws an InputError that names `source` and the place of each mistake. */
export function parseScript(input: unknown, source = ''): Script {
  const result = scriptSchema.safeParse(input);
  if (result.success) return result.data;
  throw new InputError(source, scriptIssues(result.error, input));
}

/** True where nothing lies deeper than MOST_NESTED: looked at level by level, since a schema would overflow the stack. */
function isShallow(input: unknown): boolean {
  let level: object[] = typeof input === 'object' && input !== null ? [input] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_NESTED) return false;
    const below: object[] = [];
    for (const value of level) {
      for (const each of Object.values(value) as readonly unknown[]) {
        if (typeof each === 'object' && each !== null) below.push(each);
      }
    }
    level = below;
  }
  return true;
}
