/** Work on files in turn: of one file one after the other, of several at the same time, and some with nothing else beside it. */

export class Turns {
  /** Resolves when the last work that was alone has ended. */
  #alone: Promise<unknown> = Promise.resolve();
  /** By file: resolves when the last work on it has ended. Never rejects. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does work on a file after all before it on the same one. */
  of<T>(file: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(file) ?? this.#alone).then(work);
    const ended = done.catch(() => undefined);
    this.#last.set(file, ended);
    return done;
  }

  /** Does work when everything before it has ended; what comes later waits for it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = [this.#alone, ...this.#last.values()];
    this.#last.clear();
    const done = Promise.all(before).then(work);
    this.#alone = done.catch(() => undefined);
    return done;
  }
}
