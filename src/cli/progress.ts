/** A progress bar on a terminal's stderr, redrawn at most ten times a second; silent everywhere else. */
import type { Io } from './io.ts';

const WIDTH = 28;
const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

export class ProgressBar {
  readonly #io: Io;
  #drawn = 0;
  #shown = false;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Shows `progress` (0 to 1) of what `title` says. */
  show(title: string, progress: number): void {
    const now = performance.now();
    if (!this.#io.drawsProgress || (this.#shown && now - this.#drawn < REDRAW_MS)) return;
    this.#drawn = now;
    this.#shown = true;
    const filled = Math.round(Math.min(1, Math.max(0, progress)) * WIDTH);
    const percent = `${Math.floor(progress * 100)}`.padStart(3);
    this.#io.err(`${CLEAR_LINE}${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent} %  ${title}`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#shown) this.#io.err(CLEAR_LINE);
    this.#shown = false;
  }
}
