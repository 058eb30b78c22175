/** The part of a run file that says who reached whose memory. */
import { z } from 'zod';
import type { RunReport } from '../sim/index.ts';
import { tableSchema } from './table-schema.ts';

const summary = { misses: z.number(), remoteMisses: z.number(), remoteShare: z.number(), meanNs: z.number() };
const byNode = z.record(z.string(), z.number());
const placed = { pages: z.number(), ...summary, onNodes: byNode, from: byNode, kernelMisses: z.number() };
const resourceSchema = z.strictObject({
  kind: z.enum(['memory bus', 'link']),
  name: z.string(),
  from: z.number(),
  to: z.number(),
  utilisation: z.number(),
});

export const localitySchema = z.strictObject({
  sinceNs: z.number(),
  matrix: tableSchema,
  nodes: tableSchema,
  segments: z.array(z.strictObject({ name: z.string(), ...placed })),
  ranges: z.array(z.strictObject({ segment: z.string(), name: z.string(), ...placed })),
  processes: z.array(
    z.strictObject({
      pid: z.number(),
      name: z.string(),
      node: z.number(),
      ...summary,
      kernelMisses: z.number(),
      kernelRemoteShare: z.number(),
      segmentMisses: z.number(),
      segmentRemoteShare: z.number(),
    }),
  ),
  moreProcesses: z.number(),
  busiest: resourceSchema.nullable(),
  busiestLink: resourceSchema.nullable(),
  advice: z.array(
    z.strictObject({
      segment: z.string(),
      actual: z.number(),
      least: z.number(),
      nodes: z.array(z.strictObject({ range: z.string(), node: z.number() })),
      cannotHelp: z.boolean(),
      slowestNs: z.number(),
      quickestNs: z.number(),
      meanNs: z.number(),
      text: z.string(),
    }),
  ),
}) satisfies z.ZodType<RunReport['result']['locality'] & object>;
