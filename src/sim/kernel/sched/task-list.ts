/** A list_head of runnable tasks, linked through their run_list; a task is in one such list at most. */
import type { Task } from '../task.ts';

export class TaskList {
  first: Task | undefined;
  last: Task | undefined;

  /** list_add_tail(). */
  append(task: Task): void {
    const { sched } = task;
    sched.previous = this.last;
    sched.next = undefined;
    if (this.last === undefined) this.first = task;
    else this.last.sched.next = task;
    this.last = task;
  }

  /** list_add(): to the head. */
  prepend(task: Task): void {
    if (this.first === undefined) this.append(task);
    else this.insertBefore(task, this.first);
  }

  /** Right before `place`, which is in the list. */
  insertBefore(task: Task, place: Task): void {
    const { previous } = place.sched;
    task.sched.previous = previous;
    task.sched.next = place;
    place.sched.previous = task;
    if (previous === undefined) this.first = task;
    else previous.sched.next = task;
  }

  /** list_del(). */
  remove(task: Task): void {
    const { previous, next } = task.sched;
    if (previous === undefined) this.first = next;
    else previous.sched.next = next;
    if (next === undefined) this.last = previous;
    else next.sched.previous = previous;
    task.sched.previous = undefined;
    task.sched.next = undefined;
  }
}
