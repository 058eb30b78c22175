/** The problems of the machine on the table as one list, and which of them was shown last. */
import type { MachineState } from './machine.svelte.ts';
import { assumedProblems, bootProblems, refusedProblems, type Problem, type ProblemWords } from './problems.ts';

interface ProblemParts extends ProblemWords {
  /** The machine of the current tab. */
  readonly machine: () => MachineState;
  /** Brings what a problem is about into sight. */
  readonly show: (problem: Problem) => void;
}

export class ProblemsState {
  /** The list is open. */
  open = $state.raw(false);
  readonly #parts: ProblemParts;
  /** What was shown last. */
  #at = '';

  /** What a person should look at: refused values, what keeps it from booting, warnings. */
  readonly list: readonly Problem[] = $derived.by(() => {
    const { refused, layout } = this.#parts.machine();
    return [...refusedProblems(refused, this.#parts), ...bootProblems(layout)];
  });
  /** Numbers without a source. */
  readonly assumed: readonly Problem[] = $derived.by(() => assumedProblems(this.#parts.machine().assumed, this.#parts));

  constructor(parts: ProblemParts) {
    this.#parts = parts;
  }

  /** Brings what a problem is about into sight. */
  show(problem: Problem): void {
    this.#at = problem.id;
    this.#parts.show(problem);
  }

  /** Shows the problem so many places after the one shown last; from the last one on to the first. */
  step(by: 1 | -1): void {
    const { list } = this;
    if (list.length === 0) return;
    const at = list.findIndex(({ id }) => id === this.#at);
    const next = at < 0 && by < 0 ? list.length - 1 : at + by;
    this.show(list[(next + list.length) % list.length]);
  }
}
