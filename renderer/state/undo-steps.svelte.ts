/** A value with the values that it had before, for what has an undo of its own beside the machine's history. */

const MOST = 100;

export class UndoSteps<T> {
  #now = $state.raw() as T;
  #before = $state.raw<readonly T[]>([]);
  #after = $state.raw<readonly T[]>([]);
  #gesture: string | undefined;

  constructor(first: T) {
    this.#now = first;
  }

  /** The value in force. */
  get now(): T {
    return this.#now;
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  get canRedo(): boolean {
    return this.#after.length > 0;
  }

  /** Sets the value; changes with one `gesture` text (a drag) are one step. */
  change(next: T, gesture?: string): void {
    if (next === this.#now) return;
    if (gesture === undefined || gesture !== this.#gesture) {
      this.#before = [...this.#before.slice(1 - MOST), this.#now];
    }
    this.#gesture = gesture;
    this.#after = [];
    this.#now = next;
  }

  /** Ends a gesture: the next change is a step of its own. */
  endGesture(): void {
    this.#gesture = undefined;
  }

  /** Begins anew with a value: nothing leads back from it. */
  start(first: T): void {
    this.#before = [];
    this.#after = [];
    this.#gesture = undefined;
    this.#now = first;
  }

  undo(): void {
    const before = this.#before.at(-1);
    if (before === undefined) return;
    this.#before = this.#before.slice(0, -1);
    this.#after = [this.#now, ...this.#after];
    this.#gesture = undefined;
    this.#now = before;
  }

  redo(): void {
    const [after, ...rest] = this.#after;
    if (after === undefined) return;
    this.#before = [...this.#before, this.#now];
    this.#after = rest;
    this.#gesture = undefined;
    this.#now = after;
  }
}
