/** One sentence about what was just done, for the status bar: it goes by itself, and a later one takes its place. */
const SHOWN_MS = 20_000;

export class NoticeState {
  text = $state.raw('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => (this.text = ''), SHOWN_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text = '';
  }
}
