/**
 * Which runs are compared, two to eight: the first is the baseline (A), the others are set against it in their order.
 * Until a person chooses, they are the last two. A run without a report cannot be chosen.
 */
import type { Run, RunsState } from '../../state/runs.svelte.ts';

/** Letters that the runs bear, in order; as many as can be compared. */
export const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;
export const MOST_RUNS = LETTERS.length;

export class CompareState {
  #chosen = $state.raw<readonly Run[]>([]);
  #marked = $state.raw<readonly Run[]>([]);
  readonly #runs: Pick<RunsState, 'list'>;

  constructor(runs: Pick<RunsState, 'list'>) {
    this.#runs = runs;
  }

  /** Runs that can be compared, newest first. */
  get choices(): readonly Run[] {
    return this.#runs.list.filter((run) => run.report !== null);
  }

  /** Those that are compared, the baseline first; fewer than two where there are no more. */
  get runs(): readonly Run[] {
    const { choices } = this;
    const chosen = this.#chosen.filter((run) => choices.includes(run));
    return chosen.length > 1 ? chosen : choices.slice(0, 2).reverse();
  }

  /** Runs that could still be added, newest first. */
  get others(): readonly Run[] {
    const { runs } = this;
    return runs.length >= MOST_RUNS ? [] : this.choices.filter((run) => !runs.includes(run));
  }

  get baseline(): Run | null {
    return this.runs[0] ?? null;
  }

  /** These and no others, the earliest as the baseline; more than eight leave the earliest out. */
  choose(runs: readonly Run[]): void {
    this.#chosen = [...runs].sort((a, b) => a.number - b.number).slice(-MOST_RUNS);
  }

  /** Adds a run behind the others; of nine the one before it gives way. */
  add(run: Run): void {
    const { runs } = this;
    if (!runs.includes(run)) this.#chosen = [...runs.slice(0, MOST_RUNS - 1), run];
  }

  /** Sets a run that is under way against the one that it repeats: it stands there when it is done. */
  join(base: Run, run: Run): void {
    this.#chosen = this.runs.includes(base) ? [...this.runs.slice(0, MOST_RUNS - 1), run] : [base, run];
  }

  /** Runs that are still awaited. */
  get awaited(): readonly Run[] {
    return this.#chosen.filter((run) => run.active);
  }

  /** Takes a run out; two always stay. */
  remove(run: Run): void {
    if (this.runs.length > 2) this.#chosen = this.runs.filter((one) => one !== run);
  }

  /** Puts another run in the place of one. */
  replace(run: Run, by: Run): void {
    this.#chosen = this.runs.map((one) => (one === run ? by : one === by ? run : one));
  }

  /** Sets the others against this one; they keep their order. */
  setBaseline(run: Run): void {
    this.#chosen = [run, ...this.runs.filter((one) => one !== run)];
  }

  /** Moves a run to the left (−1) or to the right (1) of its neighbour; at the left end it is the baseline. */
  move(run: Run, by: -1 | 1): void {
    const runs = [...this.runs];
    const from = runs.indexOf(run);
    const to = from + by;
    if (from < 0 || to < 0 || to >= runs.length) return;
    [runs[from], runs[to]] = [runs[to], runs[from]];
    this.#chosen = runs;
  }

  /** The second run becomes the baseline and the baseline goes to the end: by and by each run is it once. */
  nextBaseline(): void {
    const [first, ...rest] = this.runs;
    if (first !== undefined && rest.length > 0) this.#chosen = [...rest, first];
  }

  /** Runs that a person has marked to be compared, in the order of marking: eight at most, the oldest mark gives way. */
  get marked(): readonly Run[] {
    const { choices } = this;
    return this.#marked.filter((run) => choices.includes(run));
  }

  mark(run: Run, on: boolean): void {
    const others = this.#marked.filter((one) => one !== run);
    this.#marked = on ? [...others, run].slice(-MOST_RUNS) : others;
  }

  /** Compares those that are marked, if they are two or more. */
  chooseMarked(): void {
    if (this.marked.length > 1) this.choose(this.marked);
  }

  /** The last two runs, whatever was chosen before. */
  chooseLast(): void {
    this.#chosen = [];
  }
}
