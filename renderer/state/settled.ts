/** Asks a moment after the last edit; who answers can tell when the machine has changed again meanwhile. */
const SETTLE_MS = 150;

export class Settled<Subject> {
  readonly #ask: (subject: Subject, isOld: () => boolean) => Promise<void>;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: (subject: Subject, isOld: () => boolean) => Promise<void>) {
    this.#ask = ask;
  }

  follow(subject: Subject): void {
    this.stop();
    const asked = this.#asked;
    this.#timer = setTimeout(() => void this.#ask(subject, () => asked !== this.#asked), SETTLE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }
}
