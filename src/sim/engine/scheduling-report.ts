/** What the report says of scheduling: nodes, and programs by their files. */
import type { Kernel } from '../kernel/kernel.ts';
import type { HistoryRow } from '../kernel/sched/history.ts';
import type { Placed } from '../kernel/sched/lives.ts';
import type { Scheduler } from '../kernel/sched/scheduler.ts';

/** Tasks that were put on a CPU when they were made, when they began a program, and because they said so. */
interface Placements {
  readonly placedAtFork: number;
  readonly placedAtExec: number;
  readonly placedTold: number;
}

export interface SchedulingNode extends Placements {
  readonly node: number;
  /** CPUs that tasks may run on. */
  readonly cpus: number;
  /** Tasks that went on there after they had run on another node, and the other way round, whatever moved them. */
  readonly migrationsIn: number;
  readonly migrationsOut: number;
  /** Runnable tasks (those that run among them), mean over the run. */
  readonly meanRunning: number;
}

/** Runs of one file: what tasks did between fork or exec and the next exec or their end. */
export interface SchedulingProgram extends Placements {
  /** Path of the program's file; of a program that was never exec'ed, its name. */
  readonly file: string;
  readonly born: HistoryRow['born'];
  /** That have ended. */
  readonly runs: number;
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

/** How often runqueues are looked at for their means, ns. */
const LOOK_NS = 4096;

/** node_nr_running of every node, mean over virtual time: as it was at the end of each interval. */
export class MeanRunning {
  private readonly sums: Float64Array;
  private since = 0;
  private nextLook = LOOK_NS;

  constructor(
    private readonly sched: Pick<Scheduler, 'node'>,
    places: number,
  ) {
    this.sums = new Float64Array(places);
  }

  look(now: number): void {
    if (now < this.nextLook) return;
    const { sums, sched } = this;
    for (let place = 0; place < sums.length; place++) sums[place] += sched.node(place) * (now - this.since);
    this.since = now;
    this.nextLook = now + LOOK_NS;
  }

  of(place: number): number {
    return this.since === 0 ? 0 : this.sums[place] / this.since;
  }
}

export function schedulingReport(
  { lives, layout, sched }: Pick<Kernel, 'lives' | 'layout' | 'sched'>,
  running: MeanRunning,
): SchedulingReport {
  const { cpusOf } = sched.loads;
  const nodes = lives.nodes.flatMap(({ placed, migrationsIn, migrationsOut }, place) => {
    const cpus = cpusOf[place]?.length ?? 0;
    if (cpus === 0) return [];
    const { id } = layout.nodes[place];
    return [{ node: id, cpus, ...counts(placed), migrationsIn, migrationsOut, meanRunning: running.of(place) }];
  });
  const programs = lives.programs.map(
    ({ file, born, runs, placed, predicted, mispredicted, pages, pagesElsewhere }) => {
      return { file, born, runs, ...counts(placed), predicted, mispredicted, pages, pagesElsewhere };
    },
  );
  return { nodes, programs, history: lives.history.rows };
}

function counts({ fork, exec, told }: Readonly<Record<Placed, number>>): Placements {
  return { placedAtFork: fork, placedAtExec: exec, placedTold: told };
}
