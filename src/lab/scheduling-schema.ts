/** The parts of a run file that say where tasks were put, and what is known of programs from earlier runs. */
import { z } from 'zod';
import type { HistoryRow, SchedulingReport } from '../sim/index.ts';

const MOST_PROGRAMS = 10_000;
const born = z.enum(['fork', 'exec']);
const count = z.number().int().min(0);

const rowSchema = z.strictObject({
  file: z.string().min(1).max(300),
  born,
  runs: z.number().int().min(1).max(1e12),
  meanNs: z.number().min(0).max(1e18),
  meanPages: z.number().min(0).max(1e12),
  execed: z.number().min(0).max(1),
}) satisfies z.ZodType<HistoryRow>;

/** What is known of programs, as a run's configuration has it. */
export const historySchema = z.array(rowSchema).max(MOST_PROGRAMS);

const placed = { placedAtFork: count, placedAtExec: count, placedTold: count };

export const schedulingSchema = z.strictObject({
  nodes: z.array(
    z.strictObject({
      node: z.number(),
      cpus: z.number(),
      ...placed,
      migrationsIn: count,
      migrationsOut: count,
      meanRunning: z.number(),
    }),
  ),
  programs: z.array(
    z.strictObject({
      file: z.string(),
      born,
      runs: count,
      ...placed,
      predicted: count,
      mispredicted: count,
      pages: count,
      pagesElsewhere: count,
    }),
  ),
  history: z.array(rowSchema),
}) satisfies z.ZodType<SchedulingReport>;
