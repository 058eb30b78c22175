/**
 * Dark or light, and how much moves: what the system says until a person chooses. `data-theme` and `data-motion` on the
 * root are all that components see.
 */
import { readStored, writeStored } from './stored.ts';

type Theme = 'dark' | 'light';
type ThemeChoice = Theme | 'system';
type Motion = 'system' | 'reduced';

export class ThemeState {
  choice = $state.raw<ThemeChoice>('system');
  motion = $state.raw<Motion>('system');
  #system = $state.raw<Theme>('dark');

  /** The theme in force: read it where a canvas or a chart takes its colours from the tokens. */
  readonly current: Theme = $derived(this.choice === 'system' ? this.#system : this.choice);

  constructor() {
    const stored = readStored('theme');
    if (stored === 'dark' || stored === 'light') this.choice = stored;
    if (readStored('motion') === 'reduced') this.motion = 'reduced';
    const light = window.matchMedia('(prefers-color-scheme: light)');
    const follow = (): void => {
      this.#system = light.matches ? 'light' : 'dark';
      this.#show();
    };
    light.addEventListener('change', follow);
    follow();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    writeStored('theme', choice);
    this.#show();
  }

  chooseMotion(motion: Motion): void {
    this.motion = motion;
    writeStored('motion', motion);
    this.#show();
  }

  toggle(): void {
    this.choose(this.current === 'dark' ? 'light' : 'dark');
  }

  #show(): void {
    document.documentElement.dataset.theme = this.current;
    document.documentElement.dataset.motion = this.motion;
  }
}
