/** What the report says of scheduling: nodes, and programs by their files. */
import type { HistoryRow } from '../kernel/sched/history.ts';

export interface SchedulingNode {
  readonly node: number;
  /** CPUs that tasks may run on. */
  readonly cpus: number;
  /** Tasks that were put there when they were made, when they began a program, and because they said so. */
  readonly placedAtFork: number;
  readonly placedAtExec: number;
  readonly placedTold: number;
  /** Tasks that came from, and went to, CPUs of other nodes while they were on a runqueue or woke. */
  readonly migrationsIn: number;
  readonly migrationsOut: number;
  /** Runnable tasks (those that run among them), mean over the run. */
  readonly meanRunning: number;
}

/** Runs of one file: what tasks did between fork or exec and the next exec or their end. */
export interface SchedulingProgram {
  /** Path of the program's file; of a program that was never exec'ed, its name. */
  readonly file: string;
  readonly born: HistoryRow['born'];
  readonly runs: number;
  /** Of them, those that were put on another CPU than they were made on, at fork, at exec, as told. */
  readonly placedAtFork: number;
  readonly placedAtExec: number;
  readonly placedTold: number;
  /** Predictions that were made, and those that turned out wrong. */
  readonly predicted: number;
  readonly mispredicted: number;
  /** Anonymous pages (4 KiB) present at the end of the runs, and of them those on other nodes than the run was on most. */
  readonly pages: number;
  readonly pagesElsewhere: number;
}

export interface SchedulingReport {
  readonly nodes: readonly SchedulingNode[];
  readonly programs: readonly SchedulingProgram[];
  /** What is known of programs at the end: what a next run may begin with. */
  readonly history: readonly HistoryRow[];
}
