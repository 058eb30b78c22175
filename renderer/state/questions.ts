/**
 * Asks one question at a time, in the order of asking: while one is under way only the newest waits, and who answers can
 * tell when a newer one has come meanwhile.
 */
export class Questions<Question extends object> {
  readonly #answer: (question: Question, isOld: () => boolean) => Promise<void>;
  /** What is to be answered next; a question that another replaces before its turn is never asked. */
  #wanted: Question | null = null;
  #asking: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(answer: (question: Question, isOld: () => boolean) => Promise<void>) {
    this.#answer = answer;
  }

  /** Null: nothing is asked any more. Resolves when nothing is left to ask. */
  ask(question: Question | null): Promise<void> {
    this.#wanted = question;
    if (!this.#busy) this.#asking = this.#askAll();
    return this.#asking;
  }

  async #askAll(): Promise<void> {
    this.#busy = true;
    while (this.#wanted !== null) {
      const question = this.#wanted;
      const isOld = (): boolean => this.#wanted !== question;
      await this.#answer(question, isOld);
      if (!isOld()) this.#wanted = null;
    }
    this.#busy = false;
  }
}
