/**
 * Writes something soon after it changed, and never twice at a time: changes that come while a write is under way go
 * together into the next one, and a write that failed is tried again.
 */

/** From the first change that is not kept to its write: with the write itself well under a second. */
const DELAY_MS = 200;
/** After a write that failed: the disk may have room again, the lab may answer again. */
const AGAIN_MS = 2000;

export class Writer {
  /** The last write did not succeed. */
  failed = false;

  readonly #write: () => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  /** Something changed while a write was under way. */
  #again = false;
  #stopped = false;

  /** `write` resolves to false where it failed; it never rejects. */
  constructor(write: () => Promise<boolean>) {
    this.#write = write;
  }

  /** There is something new to write. */
  changed(): void {
    if (this.#writing === undefined) this.#soon(DELAY_MS);
    else this.#again = true;
  }

  /** Writes at once what is not written yet; resolves when it is or has failed. */
  async flush(): Promise<void> {
    while (this.#timer !== undefined || this.#writing !== undefined) {
      if (this.#writing === undefined) this.#begin();
      await this.#writing;
      if (this.failed) return;
    }
  }

  /** Writes nothing more; resolves when a write that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
  }

  #soon(ms: number): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => this.#begin(), ms);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    this.#writing = this.#write().then((written) => {
      this.#writing = undefined;
      this.failed = !written;
      if (!written) this.#soon(AGAIN_MS);
      else if (this.#again) this.#soon(DELAY_MS);
    });
  }
}
