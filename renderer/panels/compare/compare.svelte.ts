/** Which two runs are compared: A is the baseline, B is set against it. A run without a report cannot be chosen. */
import type { Run, RunsState } from '../../state/runs.svelte.ts';

export class CompareState {
  #a = $state.raw<Run | null>(null);
  #b = $state.raw<Run | null>(null);
  readonly #runs: Pick<RunsState, 'list'>;

  constructor(runs: Pick<RunsState, 'list'>) {
    this.#runs = runs;
  }

  /** Runs that can be compared, newest first. */
  get choices(): readonly Run[] {
    return this.#runs.list.filter((run) => run.report !== null);
  }

  /** The baseline: the one chosen, else the run before the last. */
  get a(): Run | null {
    return this.#a ?? this.choices.find((run) => run !== this.#b && run !== this.#newest) ?? null;
  }

  /** What is set against it: the one chosen, else the last run. */
  get b(): Run | null {
    return this.#b ?? this.choices.find((run) => run !== this.#a) ?? null;
  }

  get #newest(): Run | undefined {
    return this.#b === null ? this.choices.find((run) => run !== this.#a) : undefined;
  }

  chooseA(run: Run): void {
    const other = this.b;
    if (run === other) this.#b = this.a;
    else this.#b = other;
    this.#a = run;
  }

  chooseB(run: Run): void {
    const other = this.a;
    if (run === other) this.#a = this.b;
    else this.#a = other;
    this.#b = run;
  }

  /** Both at once, the earlier run as the baseline. */
  choose(runs: readonly [Run, Run]): void {
    const [first, second] = [...runs].sort((left, right) => left.number - right.number);
    this.#a = first;
    this.#b = second;
  }

  /** Runs that a person has marked to be compared, in the order of marking: two at most, the older mark gives way. */
  marked = $state.raw<readonly Run[]>([]);

  mark(run: Run, on: boolean): void {
    const others = this.marked.filter((one) => one !== run);
    this.marked = on ? [...others, run].slice(-2) : others;
  }

  /** Compares the two that are marked. */
  chooseMarked(): void {
    const [first, second] = this.marked;
    if (first !== undefined && second !== undefined) this.choose([first, second]);
  }

  swap(): void {
    [this.#a, this.#b] = [this.b, this.a];
  }

  /** The last two runs, whatever was chosen before. */
  chooseLast(): void {
    this.#a = null;
    this.#b = null;
  }
}
