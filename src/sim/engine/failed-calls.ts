/**
 * Calls that the kernel refused and that a program goes on after: the binding calls, each with its errno. Tasks of one program
 * that fail alike at the same place are one row.
 */
import type { KernelCpu } from '../kernel/cpu.ts';
import type { CallResult } from '../kernel/policy/mempolicy.ts';
import type { Task } from '../kernel/task.ts';
import type { FailedCallRow } from './report.ts';
import type { TaskTimeline } from './script-run.ts';

export type Errno = Exclude<CallResult, 0>;

export class FailedCalls {
  private readonly rows = new Map<string, FailedCallRow>();

  constructor(private readonly timeline: TaskTimeline | undefined) {}

  /** What a call of `task` returned, at a place of its script (`programs.<program>[..]`). */
  returned(on: KernelCpu, task: Task, place: string, call: string, result: CallResult): void {
    if (result === 0) return;
    this.timeline?.refused(on, task, call, result);
    const key = `${place} ${call} ${result}`;
    const known = this.rows.get(key);
    if (known !== undefined) {
      this.rows.set(key, { ...known, count: known.count + 1 });
      return;
    }
    const program = place.slice('programs.'.length, place.indexOf('['));
    this.rows.set(key, { task: task.pid, program, place, call, result, count: 1 });
  }

  /** In the order in which they failed first. */
  summary(): readonly FailedCallRow[] {
    return [...this.rows.values()];
  }
}
