/**
 * Run files (`*.numaq-run.json`): the resolved configuration and the results of a run as canonical JSON, the same
 * bytes for the same run, with a last line by which later changes are found (integrity.ts).
 */
import { z } from 'zod';
import {
  bindings,
  describeValue,
  InputError,
  jsonFault,
  type KernelTraits,
  makeIssue,
  parsePath,
  placeOf,
  PROFILE_FORMAT,
  profileSchema,
  RUN_FORMAT,
  RUN_VERSION,
  type RunReport,
  type Segment,
  turnSchema,
  validateProfile,
  workloadSchema,
} from '../sim/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Integrity, integrityOf } from './integrity.ts';
import { jsonTree, nodeAt } from './json-tree.ts';
import { localitySchema } from './locality-schema.ts';
import { historySchema, schedulingSchema } from './scheduling-schema.ts';
import { schemaIssues } from './schema-issues.ts';
import { tableSchema } from './table-schema.ts';

const integritySchema = z.strictObject({
  bytes: z.number(),
  sum: z.number(),
  weightedSum: z.number(),
  sha256: z.string(),
});
const kernelSchema = z.strictObject({
  flavour: z.string(),
  watermarks: z.enum(['2.4.22', 'rhel3', '2.6.0', '2.6.11']),
  zonelistOrder: z.enum(['2.4.22', '2.6.0', '2.6.11']),
  splitGives: z.enum(['upper', 'lower']),
  maxOrder: z.union([z.literal(10), z.literal(11)]),
  // Files of before these were modelled have none of them, nor what they would do.
  localAllocation: z.boolean().default(true),
  binding: z.enum(bindings).default('none'),
  scheduler: z.enum(['2.4', 'o1']).default('2.4'),
  nodeBalance: z.enum(['none', '2.5.59', '2.6.0']).default('none'),
  taskInStack: z.boolean().default(false),
  taskPlacement: z.enum(['none', 'exec', 'fork', 'predicted', 'told']).default('none'),
  kernelText: z.enum(['one', 'per-node', 'per-node-as-posted']).default('one'),
  perCpuSets: z.boolean(),
  kvaRemap: z.boolean(),
  highpte: z.boolean(),
  structPage: z.strictObject({ bytes: z.number(), why: z.string(), assumed: z.boolean() }),
  mmuShift: z.number(),
  pkmapBase: z.number(),
  lastPkmap: z.number(),
  fixmapBase: z.number(),
  rmap: z.enum(['none', 'pte_chain', 'objrmap', 'prio_tree']),
  anonRmap: z.enum(['none', 'pte_chain', 'anonmm', 'anon_vma']),
  chainSlots: z.number(),
  reclaim: z.enum(['2.4.22', 'rmap15', '2.6.0']),
  lruLock: z.enum(['global', 'zone']),
  pagevecs: z.boolean(),
  kswapd: z.enum(['global', 'node']),
  sharedPageTables: z.enum(['off', 'rule', 'always']),
  pageCache: z.enum(['hash', 'radix']),
  split4g: z.boolean(),
  ukva: z.enum(['off', 'mm', 'task']),
  kmap: z.enum(['pool', 'per-cpu']),
  kswapdWindow: z.boolean(),
  packPtePages: z.boolean(),
  pageAddress: z.enum(['virtual', 'hash']),
  ptesByKmap: z.boolean(),
  copiesByKmap: z.boolean(),
  requests: z.enum(['buffer_head', 'bio']),
  bouncePages: z.number(),
  bufferHeadBytes: z.number(),
  memLimit: z.enum(['address', 'size']),
  readsVmalloc: z.boolean(),
  readsMemfrac: z.boolean(),
  patches: z.array(z.string()),
}) satisfies z.ZodType<KernelTraits>;
const named = z.tuple([z.string(), z.number()]);
const pagesByName = z.record(z.string(), z.number());
const transactionSchema = z.strictObject({
  name: z.string(),
  count: z.number(),
  // Older files have none of these two.
  fromNs: z.number().default(0),
  toNs: z.number().default(0),
  meanNs: z.number(),
  p50Ns: z.number(),
  p95Ns: z.number(),
  p99Ns: z.number(),
  maxNs: z.number(),
}) satisfies z.ZodType<RunReport['result']['transactions'][number]>;
const failedCallSchema = z.strictObject({
  task: z.number(),
  program: z.string(),
  place: z.string(),
  call: z.string(),
  result: z.string(),
  count: z.number(),
}) satisfies z.ZodType<RunReport['result']['calls'][number]>;
const vmaSchema = z.strictObject({
  start: z.number(),
  end: z.number(),
  flags: z.string(),
  offset: z.number(),
  name: z.string(),
  onNodes: pagesByName,
  // Files of before numa_maps have none of these.
  policy: z.string().optional(),
  file: z.string().optional(),
  huge: z.boolean().optional(),
  anon: z.number().optional(),
  dirty: z.number().optional(),
  mapmax: z.number().optional(),
});
const procSchema = z.strictObject({
  meminfo: z.array(named),
  zones: z.array(
    z.strictObject({
      node: z.number(),
      zone: z.string(),
      index: z.number(),
      free: z.number(),
      min: z.number(),
      low: z.number(),
      high: z.number(),
      lists: pagesByName,
      spanned: z.number(),
      present: z.number(),
      protection: z.array(z.number()),
      census: z.array(z.number()),
      perCpu: z.number(),
      owners: pagesByName,
      lockTakes: z.number(),
      visits: z.number(),
      refusals: z.number(),
    }),
  ),
  requests: z.strictObject({
    requests: z.number(),
    visits: z.number(),
    fallbackEntries: z.number(),
    failures: z.number(),
    refusedThoughFree: z.number(),
    pressureToFailureNs: z.number(),
  }),
  // Files of before it was asked, and machines without highmem, have none.
  kmaps: z
    .strictObject({
      slots: z.number(),
      mappings: z.number(),
      flushes: z.number(),
      clearedPerFlush: z.number(),
      probesPerMapping: z.number(),
      breakEven: z.number().optional(),
      pinnedDepths: z.array(z.number()),
      pinnedBlocked: z.number(),
      refusedMoves: z.number(),
      ukvaWindows: z.number(),
    })
    .optional(),
  slabs: z.array(
    z.strictObject({
      name: z.string(),
      active: z.number(),
      total: z.number(),
      objectBytes: z.number(),
      objectsPerSlab: z.number(),
      pagesPerSlab: z.number(),
      slabs: z.number(),
    }),
  ),
  vmstat: z.array(named),
  tasks: z.array(
    z.strictObject({
      pid: z.number(),
      name: z.string(),
      state: z.string(),
      userNs: z.number(),
      systemNs: z.number(),
      ioNs: z.number(),
      elapsedNs: z.number(),
      minorFaults: z.number(),
      majorFaults: z.number(),
      rss: z.number(),
      maps: z.array(vmaSchema),
    }),
  ),
  moreTasks: z.number(),
  segments: z
    .array(z.strictObject({ name: z.string(), huge: z.boolean(), policy: z.string(), onNodes: pagesByName }))
    .default([]),
  profile: z.array(named),
  locks: z.array(
    z.strictObject({
      name: z.string(),
      acquisitions: z.number(),
      heldNs: z.number(),
      contended: z.number().optional(),
      waitNs: z.number().optional(),
    }),
  ),
  lowmem: z.array(z.strictObject({ item: z.string(), bytes: z.number() })),
  unused: z.strictObject({ anonymous: z.number(), pageCache: z.number(), pageTables: z.number() }),
  sysctls: z.array(z.strictObject({ timeNs: z.number(), name: z.string(), value: z.number() })),
}) satisfies z.ZodType<RunReport['result']['proc']>;
const runFileSchema = z.strictObject({
  format: z.literal(RUN_FORMAT),
  version: z.literal(RUN_VERSION),
  engine: z.string(),
  config: z.strictObject({
    // Checked by validateProfile: it knows older versions and makes better sentences.
    profile: z.unknown(),
    workloads: z.array(workloadSchema).min(1).max(64),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    sampleNs: z.number().gt(0),
    turns: z.array(turnSchema).max(1000).optional(),
    history: historySchema.optional(),
  }),
  kernel: kernelSchema,
  assumed: z.array(z.string()),
  result: z.strictObject({
    elapsedNs: z.number(),
    totals: z.record(z.string(), z.number()),
    cpus: tableSchema,
    nodes: tableSchema,
    zones: tableSchema,
    links: tableSchema,
    samples: tableSchema,
    // Older files have none of these.
    transactions: z.array(transactionSchema).default([]),
    calls: z.array(failedCallSchema).default([]),
    proc: procSchema.nullable().default(null),
    locality: localitySchema.nullable().default(null),
    scheduling: schedulingSchema.nullable().default(null),
  }),
  integrity: integritySchema,
});

const TRAILER =
  /,\n {2}"integrity": \{ "bytes": (\d+), "sum": (\d+), "weightedSum": (\d+), "sha256": "([0-9a-f]{64})" \}\n\}\n$/;

/** The bytes of a run file. Keys come in the order of the schemas, whatever order the report has. */
export function formatRun(report: RunReport): string {
  const { config, result } = report;
  const ordered: RunReport = {
    format: report.format,
    version: report.version,
    engine: report.engine,
    config: {
      profile: profileSchema.parse(config.profile),
      workloads: config.workloads.map((workload) => workloadSchema.parse(workload)),
      seed: config.seed,
      sampleNs: config.sampleNs,
      ...(config.turns === undefined ? {} : { turns: config.turns.map((turn) => turnSchema.parse(turn)) }),
      ...(config.history === undefined ? {} : { history: historySchema.parse(config.history) }),
    },
    kernel: kernelSchema.parse(report.kernel),
    assumed: report.assumed,
    result: {
      elapsedNs: result.elapsedNs,
      totals: result.totals,
      cpus: tableSchema.parse(result.cpus),
      nodes: tableSchema.parse(result.nodes),
      zones: tableSchema.parse(result.zones),
      links: tableSchema.parse(result.links),
      samples: tableSchema.parse(result.samples),
      transactions: z.array(transactionSchema).parse(result.transactions),
      calls: z.array(failedCallSchema).parse(result.calls),
      proc: procSchema.nullable().parse(result.proc),
      locality: localitySchema.nullable().parse(result.locality),
      scheduling: schedulingSchema.nullable().parse(result.scheduling),
    },
  };
  const body = canonicalJson(ordered).slice(0, -'\n}'.length);
  return body + trailer(integrityOf(Buffer.from(body, 'utf8')));
}

function trailer({ bytes, sum, weightedSum, sha256 }: Integrity): string {
  const fields = `"bytes": ${bytes}, "sum": ${sum}, "weightedSum": ${weightedSum}, "sha256": "${sha256}"`;
  return `,\n  "integrity": { ${fields} }\n}\n`;
}

/** The bytes of a run file in two: what the last line was made of, and what it says; undefined where there is none. */
export function splitRunFile(file: Uint8Array): { readonly body: Uint8Array; readonly written: Integrity } | undefined {
  const tailStart = Math.max(0, file.length - 400);
  const match = TRAILER.exec(Buffer.from(file.subarray(tailStart)).toString('latin1'));
  if (match === null) return undefined;
  const [, bytes, sum, weightedSum, sha256] = match;
  return {
    body: file.subarray(0, tailStart + match.index),
    written: { bytes: Number(bytes), sum: Number(sum), weightedSum: Number(weightedSum), sha256: String(sha256) },
  };
}

/** The report in the text of a run file. Throws an InputError whose issues say line, column and path. */
export function parseRun(text: string, source: string): RunReport {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const issue = makeIssue('json', placeText(text, fault.offset), fault.expected, fault.found);
    throw new InputError(source, [issue]);
  }
  const value: unknown = JSON.parse(text);
  checkVersion(value, source);
  const parsed = runFileSchema.safeParse(value);
  if (!parsed.success) {
    const issues = schemaIssues(parsed.error, value);
    throw new InputError(
      source,
      issues.map(({ issue, segments }) => ({ ...issue, path: placeOfPath(text, segments, issue.path) })),
    );
  }
  const { format, version, engine, config, kernel, assumed, result } = parsed.data;
  const { turns, history, ...rest } = config;
  const profile = within(text, source, () => validateProfile(config.profile, source));
  return {
    format,
    version,
    engine,
    config: {
      ...rest,
      profile,
      ...(turns === undefined ? {} : { turns }),
      ...(history === undefined ? {} : { history }),
    },
    kernel,
    assumed,
    result,
  };
}

/** A refused profile inside of a run file: its issues with their place in that file. */
function within<T>(text: string, source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      source,
      error.issues.map((issue) => {
        const path = ['config.profile', issue.path].filter((part) => part !== '').join('.');
        return { ...issue, path: placeOfPath(text, parsePath(path) ?? ['config', 'profile'], path) };
      }),
    );
  }
}

function checkVersion(value: unknown, source: string): void {
  const head = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (head['format'] !== RUN_FORMAT) {
    const issue = makeIssue('format', 'format', JSON.stringify(RUN_FORMAT), describeValue(head['format']));
    const message =
      head['format'] === PROFILE_FORMAT
        ? 'this is a machine (numaq boot and numaq run read it), not a run file'
        : `${issue.message}: this is no run file of NUMA-Q Lab`;
    throw new InputError(source, [{ ...issue, message }]);
  }
  const version = head['version'];
  if (typeof version !== 'number' || version <= RUN_VERSION) return;
  const issue = makeIssue('newer', 'version', `a version up to ${RUN_VERSION}`, String(version));
  const message = `made by a newer NUMA-Q Lab (version ${version}; this one reads up to ${RUN_VERSION})`;
  throw new InputError(source, [{ ...issue, message }]);
}

/** `line 12, column 5` of a character. */
export function placeText(text: string, offset: number): string {
  const { line, column } = placeOf(text, offset);
  return `line ${line}, column ${column}`;
}

/** `line 12, column 5: config.seed` of a path in a valid JSON text, or of what is nearest around it. */
function placeOfPath(text: string, segments: readonly Segment[], shown: string): string {
  return `${placeText(text, nodeAt(jsonTree(text), segments).start)}${shown === '' ? '' : `: ${shown}`}`;
}
