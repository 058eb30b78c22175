/**
 * What runs on a machine. A workload is a stream of references per CPU; it knows nothing of nodes, zones or frames.
 */
import { z } from 'zod';
import { type Script, scriptSchema } from './script.ts';
import { segmentDesignSchema } from './segment/design.ts';

const cpusSchema = z.array(z.number().int().min(0)).min(1).max(16384).meta({ title: 'CPUs' });
const startSchema = z.number().min(0).max(1e15).default(0).meta({ title: 'Start', unit: 'ns' });
/** Sizes and counts against those of the full size. */
const scaleSchema = z.number().gt(0).max(1).default(1).meta({ title: 'Scale' });
/** Addresses of the original trace, end exclusive; up to 2^53. */
const sharedSchema = z
  .strictObject({ start: z.number().int().min(0), end: z.number().int().min(0) })
  .meta({ title: 'Shared segment', description: 'This part of the address space is one segment for all copies.' });

export const workloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('trace'),
    /** The trace's SHA-256 and the name it was opened under. */
    trace: z.strictObject({
      name: z.string(),
      sha256: z.string(),
      /** As given on a command line, so that its run file can be verified without naming the trace again. */
      path: z.string().max(4096).optional(),
    }),
    cpus: cpusSchema,
    startNs: startSchema,
    shared: sharedSchema.optional(),
    /** Stop after this many records of each copy. */
    limit: z.number().int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('pattern'),
    pattern: z.string(),
    cpus: cpusSchema,
    startNs: startSchema,
    /** Bytes of the array that the pattern works on, and references per CPU. */
    bytes: z
      .number()
      .int()
      .min(64)
      .max(2 ** 40),
    references: z.number().int().min(1).max(1e12),
  }),
  z.strictObject({
    kind: z.literal('program'),
    /** Of the library. */
    program: z.string().max(60),
    cpus: cpusSchema,
    startNs: startSchema,
    scale: scaleSchema,
    /** Those that differ from the library's. */
    parameters: z.record(z.string().max(60), z.union([z.number(), z.string().max(200)])).default({}),
  }),
  z.strictObject({ kind: z.literal('script'), script: scriptSchema, cpus: cpusSchema, startNs: startSchema }),
  /** A designed segment; its CPUs are those that its creator and users name (or more). */
  z.strictObject({
    kind: z.literal('segment'),
    design: segmentDesignSchema,
    cpus: cpusSchema,
    startNs: startSchema,
    scale: scaleSchema,
  }),
]);
export type WorkloadSpec = z.output<typeof workloadSchema>;
export type TraceWorkload = Extract<WorkloadSpec, { kind: 'trace' }>;
export type PatternWorkload = Extract<WorkloadSpec, { kind: 'pattern' }>;
export type ProgramWorkload = Extract<WorkloadSpec, { kind: 'program' }>;
export type ScriptWorkload = Extract<WorkloadSpec, { kind: 'script' }>;
export type SegmentWorkload = Extract<WorkloadSpec, { kind: 'segment' }>;

/** What one CPU executes: an address space, and records in it. */
export interface ReferenceStream {
  readonly cpu: number;
  /** Streams with the same number share an address space (threads); others are processes. */
  readonly addressSpace: number;
  readonly startNs: number;
  /** Records in all, for the progress bar. */
  readonly records: number;
  /** Instructions are records of their own; otherwise every data record stands for one. */
  readonly hasFetches: boolean;
  /** As TraceSource.read; addresses are virtual addresses of the address space, folded as in trace.ts. */
  read(position: number, into: Uint32Array): number;
  /** Starts only when the program's stream of this index has ended (first touch by one, then use by all). */
  readonly after?: number;
}

/** A mapping of an address space: where a fault may fill in neighbours. Folded virtual bytes, end exclusive. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Mappings with the same segment number are one shared segment; -1 is private anonymous memory. */
  readonly segment: number;
  /** Offset of `start` within the segment, bytes. */
  readonly segmentOffset: number;
}

export interface AddressSpaceSpec {
  readonly mappings: readonly Mapping[];
}

/** A script on its CPUs, to be run by tasks. */
export interface ScriptedTasks {
  readonly script: Script;
  readonly cpus: readonly number[];
  readonly startNs: number;
  /** Of this workload, 32 bits. */
  readonly seed: number;
}

/** A workload made ready: streams and the address spaces they run in, or (then there are no streams) a script. */
export interface Program {
  readonly title: string;
  readonly streams: readonly ReferenceStream[];
  readonly addressSpaces: readonly AddressSpaceSpec[];
  readonly scripted?: ScriptedTasks;
}
