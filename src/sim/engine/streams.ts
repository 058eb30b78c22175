/**
 * The streams of all programs, each with its place, its block of records and the streams that wait for it. A block is
 * read when it is needed, so a trace larger than memory runs. On a machine with a kernel a stream is a task, pinned to
 * its CPU; its memory stays as it is when it ends, so that the report shows what it took.
 */
import { claimBlock, type RecordBlock } from '../hardware/record-blocks.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Mm } from '../kernel/mm/mm.ts';
import { Task } from '../kernel/task.ts';
import type { Program, ReferenceStream } from '../workloads/workload.ts';
import type { Execution, Outcome, TaskStarter } from './execution.ts';

const BLOCK_RECORDS = 4096;
/** Where there are very many streams their blocks are shorter, so that all of them have room. */
const MANY_STREAMS = 2048;
const SHORT_BLOCK_RECORDS = 256;
/** Beyond pid_max, so that no fork is given one of them. */
const FIRST_PID = 100_000;

/** One stream at its place. */
export class Running {
  /** Records executed. */
  position = 0;
  /** Virtual time at which the stream ended, ns; -1 before. */
  endedAt = -1;
  /** Next record to execute, and the end of those that have been read, as record-blocks.ts counts them. */
  at: number;
  filled: number;
  /** Streams that start when this one has ended. */
  readonly followers: Running[] = [];
  private readonly block: RecordBlock;

  constructor(
    readonly stream: ReferenceStream,
    /** Program of the run, by its place in the list. */
    readonly program: number,
    /** Stream that must end first. */
    readonly after: Running | undefined,
    blockRecords: number,
  ) {
    this.block = claimBlock(blockRecords, this);
    this.at = this.block.first;
    this.filled = this.block.first;
    after?.followers.push(this);
  }

  /** Makes sure that the block has a record to execute; false at the end of the stream. */
  refill(): boolean {
    if (this.at < this.filled) return true;
    const { first, view } = this.block;
    this.at = first;
    this.filled = first + this.stream.read(this.position, view);
    return this.filled > first;
  }

  /** Records up to `at` of the block have been executed. */
  advance(at: number): void {
    this.position += at - this.at;
    this.at = at;
  }

  end(now: number): void {
    this.endedAt = now;
  }
}

/** Streams of all programs, in order. */
export function makeRunning(programs: readonly Program[]): readonly Running[] {
  const streams = programs.reduce((sum, program) => sum + program.streams.length, 0);
  const blockRecords = streams > MANY_STREAMS ? SHORT_BLOCK_RECORDS : BLOCK_RECORDS;
  return programs.flatMap((program, index) => {
    const made: Running[] = [];
    for (const stream of program.streams) {
      const after = stream.after === undefined ? undefined : made[stream.after];
      made.push(new Running(stream, index, after, blockRecords));
    }
    return made;
  });
}

/** A stream as a task of its CPU. */
class StreamTask implements Execution {
  readonly wakesAt = Infinity;

  constructor(
    readonly task: Task,
    private readonly running: Running,
    private readonly ended: (running: Running) => void,
  ) {}

  run(on: KernelCpu, until: number): Outcome {
    const { running } = this;
    if (this.task.state === 'dead' || !running.refill()) {
      running.end(on.core.clock);
      this.ended(running);
      return 'ended';
    }
    running.advance(on.core.run(running.at, running.filled, until, running.stream.hasFetches));
    return this.task.waitNs > 0 ? 'blocked' : 'more';
  }
}

/**
 * Starts all streams as tasks, each when it may; enters them in `tasks`. `spaces[program][n]` is address space n of a
 * program.
 */
export function startStreams(
  streams: readonly Running[],
  titles: readonly string[],
  spaces: readonly (readonly Mm[])[],
  tasks: Map<number, Task>,
  starter: TaskStarter,
): void {
  let pid = FIRST_PID;
  const start = (running: Running): void => {
    const { stream, program, after } = running;
    const from = Math.max(stream.startNs, after?.endedAt ?? 0);
    const task = new Task(pid++, titles[program], undefined, [stream.cpu], from);
    task.mm = spaces[program][stream.addressSpace];
    task.mm.users++;
    tasks.set(task.pid, task);
    const execution = new StreamTask(task, running, (ended) => {
      task.diedAt = ended.endedAt;
      ended.followers.forEach(start);
    });
    starter.start(execution, from);
  };
  for (const running of streams) if (running.after === undefined) start(running);
}
