/** How large everything is drawn. The desktop scales its page; a browser's own zoom does it there. */
import { readStored, writeStored } from './stored.ts';

/** Percent. */
export const ZOOMS: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200];

export class ZoomState {
  percent = $state.raw(100);
  readonly #scale: ((factor: number) => void) | undefined;

  /** `scale` is what the desktop scales its page by. */
  constructor(scale: ((factor: number) => void) | undefined) {
    this.#scale = scale;
    const stored = readStored('zoom');
    if (scale !== undefined && typeof stored === 'number' && ZOOMS.includes(stored)) this.choose(stored);
  }

  get canChange(): boolean {
    return this.#scale !== undefined;
  }

  choose(percent: number): void {
    this.percent = percent;
    this.#scale?.(percent / 100);
    writeStored('zoom', percent);
  }

  /** To the next larger (1) or smaller (-1) size, as far as there is one. */
  step(by: 1 | -1): void {
    const next = ZOOMS[ZOOMS.indexOf(this.percent) + by];
    if (next !== undefined) this.choose(next);
  }
}
