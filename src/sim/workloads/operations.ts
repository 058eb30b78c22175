/**
 * The operations of a script: what a task does, one after the other. Each is a system call of the era, or references
 * to memory. Sizes are bytes, times ns; a region is memory that the task has named (by mmap and brk, or by exec).
 */
import { z } from 'zod';

const MOST_BYTES = 2 ** 43;
const MOST_TIMES = 1e12;

/** A word of a person's choosing: regions, programs, barriers, transactions. */
export const nameSchema = z.string().regex(/^[\w.-]{1,60}$/, 'a name of up to 60 letters, digits, ".", "_" and "-"');
/**
 * Name of a file. `{task}` stands for the number of the process within the workload, `{copy}` for the number of the copy
 * that the process or its forefather was started as, `{round}` for the round of the innermost repeat; a child begins
 * with the round in which it was forked.
 */
export const fileNameSchema = z
  .string()
  .regex(/^(?:[\w./-]|\{(?:task|copy|round)\}){1,120}$/, 'a path; placeholders are {task}, {copy} and {round}');
export const bytesSchema = z.number().int().min(0).max(MOST_BYTES);
const someBytes = z.number().int().min(1).max(MOST_BYTES);
const countSchema = z.number().int().min(1).max(MOST_TIMES);
export const nsSchema = z.number().min(0).max(1e15);

/** Part of a region; to its end where no bytes are given. */
const part = { region: nameSchema, from: bytesSchema.default(0), bytes: someBytes.optional() };

/** An offset in a file: bytes, or drawn anew each time, from the whole file in steps of the operation's bytes. */
const drawnOffset = [bytesSchema, z.enum(['random', 'skewed'])] as const;
/** The part of the file in which an offset is drawn; left out: all of it. */
const among = z.strictObject({ from: bytesSchema, bytes: someBytes }).optional();

/** In which order the cells of a part are visited. */
const orderSchema = z.enum(['linear', 'random', 'skewed']);
export type Order = z.output<typeof orderSchema>;

/** Knobs of /proc/sys/vm that a script may turn; as the kernel has them. */
export const knobs = [
  'swappiness',
  'lower_zone_protection',
  'min_free_kbytes',
  'dirty_ratio',
  'dirty_background_ratio',
] as const;

const MOST: Readonly<Record<(typeof knobs)[number], number>> = {
  swappiness: 100,
  lower_zone_protection: 1000,
  min_free_kbytes: 2 ** 24,
  dirty_ratio: 100,
  dirty_background_ratio: 100,
};
const inRange = ({ name, value }: { readonly name: (typeof knobs)[number]; readonly value: number }): boolean =>
  value <= MOST[name];
const rangeIssue = { path: ['value'], message: 'a value that the knob can have' };

export const sysctlSchema = z
  .strictObject({ op: z.literal('sysctl'), name: z.enum(knobs), value: z.number().int().min(0).max(1e9) })
  .refine(inRange, rangeIssue);

/** A knob turned by a person while a run goes on, or before it for a time of it. */
export const turnSchema = z
  .strictObject({
    timeNs: z.number().min(0).max(1e15),
    name: z.enum(knobs),
    value: z.number().int().min(0).max(1e9),
  })
  .refine(inRange, rangeIssue);
export type Turn = z.output<typeof turnSchema>;

const nodesSchema = z.array(z.number().int().min(0).max(4095)).max(4096);
const cpusSchema = z.array(z.number().int().min(0).max(16383)).max(16384);
/** Modes of set_mempolicy and mbind. */
const bindModeSchema = z.enum(['default', 'preferred', 'bind', 'interleave', 'preferred-many', 'weighted-interleave']);

/** Every operation but repeat. */
export const plainOperations = [
  z.strictObject({
    op: z.literal('compute'),
    instructions: countSchema,
    /** References made meanwhile: one in every `every` instructions, each `writeEvery`-th of them a write (0: none). */
    workingSet: z
      .strictObject({
        region: nameSchema,
        from: bytesSchema.default(0),
        bytes: someBytes.optional(),
        every: z.number().int().min(1).max(1e9).default(64),
        writeEvery: z.number().int().min(0).max(1e9).default(4),
        order: orderSchema.default('skewed'),
      })
      .optional(),
  }),
  z.strictObject({
    op: z.literal('mmap'),
    as: nameSchema,
    bytes: someBytes,
    /** One of file, segment (of the script) and anonymous: true. */
    file: fileNameSchema.optional(),
    segment: nameSchema.optional(),
    anonymous: z.literal(true).optional(),
    offset: z.union(drawnOffset).default(0),
    among,
    /** So many mappings of `bytes` side by side, of pieces of the file that lie `gap` bytes apart; the region is all of them. */
    pieces: z.strictObject({ count: z.number().int().min(1).max(100_000), gap: bytesSchema.default(0) }).optional(),
    shared: z.boolean().default(false),
    write: z.boolean().default(true),
    locked: z.boolean().default(false),
  }),
  z.strictObject({ op: z.literal('munmap'), ...part }),
  z.strictObject({ op: z.literal('mprotect'), ...part, write: z.boolean() }),
  /** The whole region gets this size; it moves where it has to. */
  z.strictObject({ op: z.literal('mremap'), region: nameSchema, bytes: someBytes }),
  /** The part shows the file from `offset` on. */
  z.strictObject({ op: z.literal('remapFilePages'), ...part, offset: z.union(drawnOffset), among }),
  /** Grows the heap by `bytes` and names what was added; negative bytes shrink it. */
  z.strictObject({
    op: z.literal('brk'),
    as: nameSchema.default('heap'),
    bytes: z.number().int().min(-MOST_BYTES).max(MOST_BYTES),
  }),
  z.strictObject({
    op: z.literal('touch'),
    ...part,
    /** Distance of two references: 4,096 once a page, less for references line by line. */
    step: z
      .number()
      .int()
      .min(4)
      .max(2 ** 30)
      .default(4096),
    write: z.boolean().default(false),
    order: orderSchema.default('linear'),
    /** References; once over the part where it is left out. */
    count: countSchema.optional(),
  }),
  z.strictObject({
    op: z.literal('references'),
    ...part,
    /** chase: one random cycle through all cells. */
    pattern: z.enum(['linear', 'random', 'skewed', 'chase']),
    /** linear: goes on where the task's last one over this part ended, from the part's start again at its end. */
    resume: z.boolean().optional(),
    count: countSchema,
    stride: z
      .number()
      .int()
      .min(4)
      .max(2 ** 30)
      .default(64),
    /** Each so-many-th reference writes; 0: none. */
    writeEvery: z.number().int().min(0).max(1e9).default(0),
  }),
  z.strictObject({
    op: z.enum(['read', 'write']),
    file: fileNameSchema,
    /** next: where this process's last read or write of the file ended; at the file's end reading begins anew. */
    offset: z.union([bytesSchema, z.enum(['next', 'random', 'skewed'])]).default('next'),
    bytes: someBytes,
  }),
  z.strictObject({ op: z.literal('create'), file: fileNameSchema }),
  z.strictObject({ op: z.literal('truncate'), file: fileNameSchema, bytes: bytesSchema }),
  z.strictObject({ op: z.literal('unlink'), file: fileNameSchema }),
  z.strictObject({ op: z.literal('fsync'), file: fileNameSchema }),
  /** The child runs that program of the script; fork copies the address space, vfork lends it, clone makes a thread. */
  z.strictObject({ op: z.enum(['fork', 'vfork', 'clone']), program: nameSchema }),
  /** A fresh address space; afterwards there are the regions text, data, bss, stack and lib0, lib0.data, lib1, ... */
  z.strictObject({ op: z.literal('exec'), image: nameSchema }),
  /** Until no more than so many of its children live. */
  z.strictObject({ op: z.literal('wait'), running: z.number().int().min(0).max(1e6).default(0) }),
  z.strictObject({ op: z.literal('exit') }),
  z.strictObject({ op: z.literal('mlock'), ...part }),
  z.strictObject({ op: z.literal('munlock'), ...part }),
  z.strictObject({ op: z.literal('sleep'), ns: nsSchema }),
  /** Sleeps until so many tasks have come to the barrier of this name. */
  z.strictObject({ op: z.literal('barrier'), name: nameSchema, parties: z.number().int().min(1).max(1e6) }),
  /** Binding calls: nodes and CPUs by their numbers on the machine. A call that fails is reported, and the program goes on. */
  z.strictObject({ op: z.literal('setMempolicy'), mode: bindModeSchema, nodes: nodesSchema.default([]) }),
  z.strictObject({
    op: z.literal('mbind'),
    ...part,
    mode: bindModeSchema,
    nodes: nodesSchema.default([]),
    strict: z.boolean().default(false),
  }),
  /** Before the first mmap of the segment. */
  z.strictObject({
    op: z.literal('shmbind'),
    segment: nameSchema,
    placement: z.enum(['firstref', 'stripe', 'mostfree']).default('firstref'),
    strength: z.enum(['hard', 'soft']).default('soft'),
    nodes: nodesSchema,
  }),
  z.strictObject({ op: z.literal('membind'), ...part, cpus: cpusSchema }),
  z.strictObject({ op: z.literal('memSetbinding'), nodes: nodesSchema, behaviour: z.enum(['strict', 'loose']) }),
  z.strictObject({ op: z.literal('setAffinity'), cpus: cpusSchema }),
  /** The program tells on which node it wants to run from here on (a proposal of 2003): with kernel.taskPlacement told. */
  z.strictObject({ op: z.literal('place'), node: z.number().int().min(0).max(4095) }),
  sysctlSchema,
  /** What was made ready is ready: who reaches whose memory, and what is busiest, is counted from here on (the last one counts). */
  z.strictObject({ op: z.literal('measure') }),
  /** What lies between begin and end is one transaction: its time goes into the list of that name. */
  z.strictObject({ op: z.literal('transaction'), name: nameSchema, mark: z.enum(['begin', 'end']) }),
] as const;

export type PlainOperation = z.output<(typeof plainOperations)[number]>;

export interface Repeat {
  readonly op: 'repeat';
  readonly times: number;
  readonly body: readonly Operation[];
}
export type Operation = PlainOperation | Repeat;
export type OperationOf<Op extends Operation['op']> = Extract<Operation, { readonly op: Op }>;

export const operationsSchema: z.ZodType<readonly Operation[]> = z.lazy(() =>
  z.array(
    z.discriminatedUnion('op', [
      ...plainOperations,
      z.strictObject({ op: z.literal('repeat'), times: countSchema, body: operationsSchema }),
    ]),
  ),
);
