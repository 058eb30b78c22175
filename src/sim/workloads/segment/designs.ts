/** Designs to begin with, and presets of ranges: sizes of a database of 2002, as numbers that a person changes. All assumed but where said. */
import { parseSegmentDesign, type SegmentDesign, type SegmentDesignInput } from './design.ts';

export interface BuiltInSegment {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly design: SegmentDesign;
}

type RangeDraft = SegmentDesignInput['ranges'][number];

export interface RangePreset {
  readonly id: string;
  readonly title: string;
  readonly range: RangeDraft;
  /** Share of all references where a segment has all four of them, %. */
  readonly referencesPercent: number;
}

const MIB = 1024;
const GIB = 1024 * MIB;
const QUADS = [0, 1, 2, 3];

/** What a database keeps in its segment. */
export const rangePresets: readonly RangePreset[] = [
  {
    id: 'buffer-pool',
    title: 'Buffer pool',
    range: { name: 'pool', kib: 2 * GIB, pattern: 'skewed', writePercent: 20 },
    referencesPercent: 70,
  },
  {
    id: 'log',
    title: 'Log buffer',
    range: { name: 'log', kib: 8 * MIB, pattern: 'linear', writePercent: 100 },
    referencesPercent: 10,
  },
  {
    id: 'locks',
    title: 'Lock table',
    range: { name: 'locks', kib: 32 * MIB, pattern: 'skewed', writePercent: 50 },
    referencesPercent: 18,
  },
  {
    id: 'processes',
    title: 'Process array',
    range: { name: 'processes', kib: MIB, pattern: 'uniform', writePercent: 10 },
    referencesPercent: 2,
  },
];

const start = { format: 'numaq-lab/segment', version: 1 } as const;

/** A group on each node, named by it. */
const onQuads = (processes: number, references: number, own?: (node: number) => string): SegmentDesignInput['users'] =>
  QUADS.map((node) => ({
    name: `quad${node}`,
    nodes: [node],
    processes,
    references,
    ...(own === undefined ? {} : { own: { range: own(node), percent: 98 } }),
  }));

const uniform: SegmentDesignInput = {
  ...start,
  title: 'One segment, used by all alike',
  ranges: [{ name: 'pool', kib: 2 * GIB, policy: { mode: 'interleave', nodes: QUADS } }],
  users: onQuads(4, 1_000_000),
};

const quarters: RangeDraft[] = QUADS.map((node) => ({
  name: `part${node}`,
  kib: 512 * MIB,
  policy: { mode: 'bind', nodes: [node] },
}));

const designs: readonly (Omit<BuiltInSegment, 'title' | 'design'> & { readonly design: SegmentDesignInput })[] = [
  {
    id: 'uniform',
    description:
      '2 GiB initialised by one process on node 0, 4 processes a node that refer to all of it; no call is made.',
    design: { ...uniform, title: 'First touch by one process', ranges: [{ name: 'pool', kib: 2 * GIB }] },
  },
  {
    id: 'interleaved',
    description: 'The same 2 GiB, interleaved over four nodes with mbind().',
    design: { ...uniform, binding: { call: 'mbind' } },
  },
  {
    id: 'partitioned',
    description:
      'Each node’s processes make 98 % of their references to their own quarter, bound to their node with mbind().',
    design: {
      ...start,
      title: 'A quarter for each node',
      ranges: quarters,
      binding: { call: 'mbind' },
      users: onQuads(4, 1_000_000, (node) => `part${node}`),
    },
  },
  {
    id: 'partitioned-shmbind',
    description:
      'The same four quarters as four segments, bound with shmbind() between shmget() and the first shmat().',
    design: {
      ...start,
      title: 'A segment for each node, by shmbind',
      ranges: quarters,
      separate: true,
      binding: { call: 'shmbind', strict: true },
      users: onQuads(4, 1_000_000, (node) => `part${node}`),
    },
  },
  {
    id: 'log-and-locks',
    description: 'A buffer pool interleaved over all nodes; log and lock table, hot and written by all, on node 0.',
    design: {
      ...start,
      title: 'Buffer pool, log, locks and process array',
      ranges: [
        {
          name: 'pool',
          kib: 1920 * MIB,
          policy: { mode: 'interleave', nodes: QUADS },
          pattern: 'skewed',
          weight: 70,
          writePercent: 10,
        },
        {
          name: 'log',
          kib: 64 * MIB,
          policy: { mode: 'bind', nodes: [0] },
          pattern: 'linear',
          weight: 10,
          writePercent: 100,
        },
        {
          name: 'locks',
          kib: 56 * MIB,
          policy: { mode: 'bind', nodes: [0] },
          pattern: 'hot',
          weight: 18,
          writePercent: 50,
        },
        { name: 'processes', kib: 8 * MIB, policy: { mode: 'interleave', nodes: QUADS }, weight: 2, writePercent: 10 },
      ],
      binding: { call: 'mbind' },
      users: onQuads(4, 1_000_000).map((group) => ({ ...group, perTransaction: 100, instructions: 20_000 })),
    },
  },
  {
    id: 'windows',
    description:
      'A buffer pool of 6 GiB behind windows of 64 KiB, moved with remap_file_pages(); log and locks are mapped whole.',
    design: {
      ...start,
      title: 'A segment larger than the address space',
      kind: 'tmpfs',
      ranges: [
        { name: 'pool', kib: 6 * GIB, policy: { mode: 'interleave', nodes: QUADS }, weight: 80, writePercent: 20 },
        { name: 'log', kib: 8 * MIB, pattern: 'linear', weight: 10, writePercent: 100 },
        { name: 'locks', kib: 32 * MIB, pattern: 'skewed', weight: 10, writePercent: 50 },
      ],
      binding: { call: 'mbind' },
      windows: { kind: 'remap', windowKiB: 64, areaKiB: 512 * MIB, perWindow: 8 },
      users: onQuads(4, 100_000),
    },
  },
];

let made: readonly BuiltInSegment[] | undefined;

export function builtInSegments(): readonly BuiltInSegment[] {
  made ??= designs.map(({ id, description, design }) => {
    const parsed = parseSegmentDesign(design, id);
    return { id, title: parsed.title, description, design: parsed };
  });
  return made;
}
