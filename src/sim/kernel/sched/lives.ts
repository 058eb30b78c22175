/**
 * What the tasks of a run came to, for the history of programs and for the report: where each was placed and ran, by what
 * prediction, and the anonymous pages that it had on other nodes than the one it ran on most. Takes no virtual time: what
 * a kernel would have to keep is a few words an inode (history.ts).
 */
import type { Mm } from '../mm/mm.ts';
import type { Task } from '../task.ts';
import { type Birth, isLong, type Prediction, type ProgramHistory } from './history.ts';

/** How a task came to a CPU that balancing would not have given it. */
export type Placed = 'fork' | 'exec' | 'told';

/** Present anonymous pages (4 KiB) of an address space, by place of the node that they lie on. */
export type AnonymousPages = (mm: Mm) => Float64Array;

/** What a task does between fork or exec and the next exec or its end. */
interface Life {
  readonly program: ProgramLives;
  /** CPU time of the task when it began, ns. */
  readonly fromNs: number;
  /** CPU time by place of the node. */
  readonly nodeNs: Float64Array;
  /** Where it runs, -1 before it has; and CPU time of the task when it came there. */
  place: number;
  sinceNs: number;
  prediction: Prediction;
}

/** All runs of one file that began alike. */
export interface ProgramLives {
  readonly file: string;
  readonly born: Birth;
  /** Runs that have ended. */
  runs: number;
  readonly placed: Record<Placed, number>;
  predicted: number;
  mispredicted: number;
  pages: number;
  pagesElsewhere: number;
}

/** Tasks that came to a node, and went. */
export interface NodeLives {
  readonly placed: Record<Placed, number>;
  migrationsIn: number;
  migrationsOut: number;
}

const cpuNs = ({ userNs, systemNs }: Task): number => userNs + systemNs;

export class TaskLives {
  /** By place. */
  readonly nodes: readonly NodeLives[];
  private readonly lives = new Map<Task, Life>();
  private readonly byFile = new Map<string, ProgramLives>();

  /** `places`: how many nodes there are. */
  constructor(
    readonly history: ProgramHistory,
    places: number,
    private readonly pagesOf: AnonymousPages,
  ) {
    this.nodes = Array.from({ length: places }, () => ({
      placed: { fork: 0, exec: 0, told: 0 },
      migrationsIn: 0,
      migrationsOut: 0,
    }));
  }

  /** In the order in which their first runs began. */
  get programs(): readonly ProgramLives[] {
    return [...this.byFile.values()];
  }

  /** A task was made that runs `file`. */
  begins(task: Task, file: string, born: Birth): void {
    this.lives.set(task, {
      program: this.programOf(file, born),
      fromNs: cpuNs(task),
      nodeNs: new Float64Array(this.nodes.length),
      place: -1,
      sinceNs: cpuNs(task),
      prediction: 'unknown',
    });
  }

  /** A child begins with the file that its parent runs. */
  forks(parent: Task, child: Task): void {
    this.begins(child, this.fileOf(parent), 'fork');
  }

  /** The task is about to run another file; its old address space is still there. */
  execs(task: Task, file: string): void {
    const place = this.lives.get(task)?.place ?? -1;
    this.close(task, true);
    this.begins(task, file, 'exec');
    const life = this.lives.get(task);
    if (life !== undefined) life.place = place;
  }

  /** The task ends; its address space is still there. */
  exits(task: Task): void {
    this.close(task, false);
    this.lives.delete(task);
  }

  /** The task goes on on a CPU of this node; true where it was on another one before. */
  runs(task: Task, place: number): boolean {
    const life = this.lives.get(task);
    if (life === undefined || life.place === place) return false;
    const from = life.place;
    this.charge(task, life);
    life.place = place;
    if (from < 0) return false;
    this.nodes[from].migrationsOut++;
    this.nodes[place].migrationsIn++;
    return true;
  }

  placed(task: Task, how: Placed, place: number): void {
    this.nodes[place].placed[how]++;
    const life = this.lives.get(task);
    if (life !== undefined) life.program.placed[how]++;
  }

  /** What is to be expected of the run that the task has just begun. */
  predict(task: Task): Prediction {
    const life = this.lives.get(task);
    if (life === undefined) return 'unknown';
    const { file, born } = life.program;
    life.prediction = this.history.predict(file, born);
    return life.prediction;
  }

  /** Path of the file that a task runs. */
  fileOf(task: Task): string {
    return this.lives.get(task)?.program.file ?? task.name;
  }

  private close(task: Task, execed: boolean): void {
    const life = this.lives.get(task);
    if (life === undefined) return;
    this.charge(task, life);
    const { program, fromNs, prediction } = life;
    // Memory that others go on with is not this run's to leave behind.
    const mm = task.mm?.users === 1 ? task.mm : undefined;
    const outcome = { ns: cpuNs(task) - fromNs, pages: mm?.rss ?? 0, execed };
    this.history.add(program.file, program.born, outcome);
    program.runs++;
    if (prediction !== 'unknown') {
      program.predicted++;
      if ((prediction === 'long') !== isLong(outcome)) program.mispredicted++;
    }
    if (mm !== undefined) this.count(program, life, this.pagesOf(mm));
  }

  private count(program: ProgramLives, { nodeNs, place }: Life, pages: Float64Array): void {
    let home = Math.max(0, place);
    for (let other = 0; other < nodeNs.length; other++) if (nodeNs[other] > nodeNs[home]) home = other;
    const all = pages.reduce((sum, count) => sum + count, 0);
    program.pages += all;
    program.pagesElsewhere += all - pages[home];
  }

  private charge(task: Task, life: Life): void {
    const now = cpuNs(task);
    if (life.place >= 0) life.nodeNs[life.place] += now - life.sinceNs;
    life.sinceNs = now;
  }

  private programOf(file: string, born: Birth): ProgramLives {
    const key = `${born} ${file}`;
    let known = this.byFile.get(key);
    if (known === undefined) {
      known = {
        file,
        born,
        runs: 0,
        placed: { fork: 0, exec: 0, told: 0 },
        predicted: 0,
        mispredicted: 0,
        pages: 0,
        pagesElsewhere: 0,
      };
      this.byFile.set(key, known);
    }
    return known;
  }
}
