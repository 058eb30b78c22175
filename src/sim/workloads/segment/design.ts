/**
 * The design of a segment of shared memory as a person places it: its ranges, who creates, binds and initialises it, who
 * uses it and how. Nodes and CPUs are named by their numbers on a machine; script.ts makes a workload of it. Plain data,
 * with titles and units for forms.
 */
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { scriptIssues } from '../script-issues.ts';

export const SEGMENT_FORMAT = 'numaq-lab/segment';
export const SEGMENT_VERSION = 1;

const PAGE_KIB = 4;
const MOST_KIB = 2 ** 33;

const whole = (min: number, max: number): z.ZodInt => z.int().min(min).max(max);
const percent = (): z.ZodNumber => z.number().min(0).max(100);
const nodeSchema = whole(0, 4095);
/** Of ranges and groups: the script makes longer names of them. */
const nameSchema = z.string().regex(/^[\w.-]{1,40}$/, 'a name of up to 40 letters, digits, ".", "_" and "-"');
const kib = (most: number): z.ZodInt => whole(PAGE_KIB, most).multipleOf(PAGE_KIB);

/** Where a range is to lie. Which of these a program can ask for is a matter of the call (binding.ts). */
export const policyModes = [
  'none',
  'first-touch',
  'preferred',
  'bind',
  'interleave',
  'preferred-many',
  'weighted-interleave',
] as const;
export type PolicyMode = (typeof policyModes)[number];

const rangePolicySchema = z
  .strictObject({
    mode: z.enum(policyModes).default('none').meta({
      title: 'Policy',
      description: 'none: no call is made for it; first-touch: the node of whoever touches a page first.',
    }),
    nodes: z.array(nodeSchema).max(4096).default([]).meta({ title: 'Nodes' }),
  })
  .meta({ title: 'Policy' });
export type RangePolicy = z.output<typeof rangePolicySchema>;

const rangeSchema = z
  .strictObject({
    name: nameSchema.meta({ title: 'Name' }),
    kib: kib(MOST_KIB).meta({ title: 'Size', unit: 'KiB', description: 'Whole pages of 4 KiB.' }),
    policy: rangePolicySchema.default({ mode: 'none', nodes: [] }),
    /** Left out: its size in KiB, so that references fall evenly on all bytes. */
    weight: z.number().min(0).max(1e12).optional().meta({
      title: 'Weight',
      description: 'Its share of the references among all ranges. Rule: by size.',
    }),
    writePercent: percent().default(0).meta({ title: 'Writes', unit: '%' }),
    pattern: z.enum(['uniform', 'skewed', 'linear', 'hot']).default('uniform').meta({
      title: 'Pattern',
      description:
        'skewed: four fifths of the references to a fifth of the lines, scattered; linear: each process goes on where it was; hot: a part at the start of the range takes most.',
    }),
    hotPercent: z
      .number()
      .gt(0)
      .max(100)
      .default(10)
      .meta({ title: 'Hot part', unit: '%', description: 'Of the range, at its start; with pattern hot.' }),
    hotReferencesPercent: percent()
      .default(90)
      .meta({ title: 'References to the hot part', unit: '%', description: 'With pattern hot.' }),
  })
  .meta({ title: 'Range' });
export type SegmentRangeDesign = z.output<typeof rangeSchema>;

/** Calls by which a program binds its memory, as `binding` of a kernel has them; none: it does not. */
export const bindingCalls = ['none', 'mem_setbinding', 'shmbind', 'membind', 'set_mempolicy', 'mbind'] as const;
export type BindingCall = (typeof bindingCalls)[number];

const bindingSchema = z
  .strictObject({
    call: z.enum(bindingCalls).default('none').meta({
      title: 'Call',
      description:
        'mem_setbinding and set_mempolicy bind whoever calls, shmbind and membind a whole segment, mbind a range.',
    }),
    strict: z.boolean().default(false).meta({
      title: 'Strict',
      description: 'MPOL_STRICT of mem_setbinding, MEM_HARDBIND of shmbind, MPOL_MF_STRICT of mbind.',
    }),
    after: z.boolean().default(false).meta({
      title: 'Bind after warming',
      description: 'The calls come when the memory has been initialised: pages that are there stay where they are.',
    }),
  })
  .meta({ title: 'Binding' });

const groupSchema = z
  .strictObject({
    name: nameSchema.meta({ title: 'Name' }),
    nodes: z
      .array(nodeSchema)
      .max(4096)
      .default([])
      .meta({ title: 'Nodes', description: 'Processes are dealt to these nodes in turn, and stay on their CPUs.' }),
    cpus: z
      .array(whole(0, 16383))
      .max(16384)
      .default([])
      .meta({ title: 'CPUs', description: 'Instead of nodes: processes are dealt to these CPUs in turn.' }),
    processes: whole(1, 10_000).default(1).meta({ title: 'Processes' }),
    references: whole(1, 1e12).default(100_000).meta({
      title: 'References',
      description: 'Of each process to the segment, in whole transactions.',
    }),
    perTransaction: whole(1, 1e6).default(100).meta({ title: 'References of a transaction' }),
    instructions: whole(0, 1e9).default(0).meta({
      title: 'Instructions of a transaction',
      description: 'Computing beside the references.',
    }),
    own: z
      .strictObject({
        range: nameSchema.meta({ title: 'Own range' }),
        percent: percent().default(98).meta({ title: 'References to it', unit: '%' }),
      })
      .optional()
      .meta({ title: 'Own range', description: 'The other ranges share the rest by their weights.' }),
  })
  .meta({ title: 'Users' });
export type UserGroup = z.output<typeof groupSchema>;

const windowFields = {
  windowKiB: kib(2 ** 22)
    .default(64)
    .meta({ title: 'Window', unit: 'KiB' }),
  areaKiB: kib(2 ** 22)
    .default(512 * 1024)
    .meta({
      title: 'Window area',
      unit: 'KiB',
      description: 'Of each process; ranges that are larger are seen through it, the others are mapped whole.',
    }),
  perWindow: whole(1, 1e6).default(8).meta({ title: 'References a window' }),
};
const windowsSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }).meta({ title: 'None' }),
    z.strictObject({ kind: z.literal('remap'), ...windowFields }).meta({ title: 'remap_file_pages' }),
    z.strictObject({ kind: z.literal('mmap'), ...windowFields }).meta({ title: 'mmap and munmap' }),
  ])
  .meta({ title: 'Windows', description: 'How processes see a segment that is larger than their address space.' });

const designObject = z.strictObject({
  format: z.literal(SEGMENT_FORMAT),
  version: z.literal(SEGMENT_VERSION),
  title: z.string().min(1).max(200).meta({ title: 'Title' }),
  kind: z.enum(['sysv', 'tmpfs']).default('sysv').meta({ title: 'Kind' }),
  huge: z.boolean().default(false).meta({ title: 'Huge pages' }),
  separate: z.boolean().default(false).meta({
    title: 'A segment a range',
    description: 'Each range is a segment of its own, for calls that bind whole segments.',
  }),
  ranges: z.array(rangeSchema).min(1).max(64).meta({ title: 'Ranges' }),
  binding: bindingSchema.default({ call: 'none', strict: false, after: false }),
  creator: z
    .strictObject({ node: nodeSchema.default(0).meta({ title: 'Node' }) })
    .default({ node: 0 })
    .meta({ title: 'Creator', description: 'The process that creates the segment and makes the calls.' }),
  initialiser: z.enum(['creator', 'users', 'nobody']).default('creator').meta({
    title: 'Who initialises',
    description:
      'users: each its own range or, without one, its part of the segment; nobody: pages come as they are used.',
  }),
  warming: z.enum(['linear', 'random', 'turns']).default('linear').meta({
    title: 'Order of warming',
    description: 'turns: users initialise page by page in turn (with the creator: linear).',
  }),
  users: z.array(groupSchema).min(1).max(64).meta({ title: 'Users' }),
  windows: windowsSchema.default({ kind: 'none' }),
});

export type SegmentDesign = z.output<typeof designObject>;
export type SegmentDesignInput = z.input<typeof designObject>;

/** The schema of a design, the names that its parts use for each other included. */
export const segmentDesignSchema = designObject.superRefine((design, context) => {
  const at = (path: readonly PropertyKey[], message: string): void => {
    context.addIssue({ code: 'custom', path: [...path], message });
  };
  const names = design.ranges.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) at(['ranges', index, 'name'], 'a name that no other range has');
  }
  for (const [index, { nodes, policy }] of design.ranges
    .map((range) => ({ ...range.policy, policy: range.policy }))
    .entries()) {
    if (needsNodes(policy.mode) && nodes.length === 0) at(['ranges', index, 'policy', 'nodes'], 'a node');
  }
  for (const [index, group] of design.users.entries()) {
    const others = design.users.slice(0, index).map(({ name }) => name);
    if (others.includes(group.name)) at(['users', index, 'name'], 'a name that no other group has');
    if ((group.nodes.length === 0) === (group.cpus.length === 0)) at(['users', index, 'nodes'], 'either nodes or CPUs');
    if (group.own !== undefined && !names.includes(group.own.range)) {
      at(['users', index, 'own', 'range'], `one of the ranges (${names.join(', ')})`);
    }
    if (group.perTransaction > group.references) {
      at(['users', index, 'perTransaction'], `at most the group's references (${group.references})`);
    }
  }
  if (design.ranges.every(({ weight }) => weight === 0))
    at(['ranges', 0, 'weight'], 'some range with a weight above 0');
});

/** Modes that mean something only with nodes. */
export function needsNodes(mode: PolicyMode): boolean {
  return mode !== 'none' && mode !== 'first-touch' && mode !== 'preferred';
}

/** The design in `input` (parsed JSON). Throws an InputError that names `source` and the place of each mistake. */
export function parseSegmentDesign(input: unknown, source = ''): SegmentDesign {
  const result = segmentDesignSchema.safeParse(input);
  if (result.success) return result.data;
  throw new InputError(source, scriptIssues(result.error, input));
}

/** The design's JSON Schema, for forms. */
export function segmentJsonSchema(): unknown {
  return z.toJSONSchema(designObject, { io: 'input' });
}

/** Bytes of the whole segment. */
export function segmentBytes(design: Pick<SegmentDesign, 'ranges'>): number {
  return design.ranges.reduce((sum, range) => sum + range.kib * 1024, 0);
}
