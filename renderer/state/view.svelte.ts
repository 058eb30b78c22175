/** Which screen and which panels are seen, and how large they are. Sizes outlive the window. */
import { readStored, writeStored } from './stored.ts';

export const SCREENS = ['start', 'lab', 'lowMemory', 'segment', 'xray', 'runs', 'compare'] as const;
export type Screen = (typeof SCREENS)[number];
export type Panel = 'outline' | 'history' | 'inspector' | 'bottom' | 'timeline';

/** Pixels: what a panel starts with and the limits of its border. */
export const panelLimits: Readonly<
  Record<Panel, { readonly size: number; readonly min: number; readonly max: number }>
> = {
  outline: { size: 187, min: 140, max: 360 },
  history: { size: 176, min: 96, max: 400 },
  inspector: { size: 268, min: 240, max: 480 },
  bottom: { size: 331, min: 120, max: 640 },
  timeline: { size: 78, min: 78, max: 78 },
};

/** Of a low window the bottom panel takes no more than this, so that two rows of nodes are seen above it. */
const BOTTOM_SHARE = 0.375;

/** Below this width the inspector lies over the centre instead of beside it. */
const OVERLAY_WIDTH = 1280;

export class ViewState {
  screen = $state.raw<Screen>('start');
  /** Width of the window, px. */
  width = $state.raw(1440);
  paletteOpen = $state.raw(false);
  keysOpen = $state.raw(false);
  /** The notes of a machine are shown when it is opened. */
  notesOnOpen = $state.raw(true);

  #open = $state.raw<Readonly<Record<Panel, boolean>>>({
    outline: true,
    history: false,
    inspector: true,
    bottom: true,
    timeline: true,
  });
  /** Over the centre the inspector covers nodes, so it waits until it is asked for. */
  #overlayOpen = $state.raw(false);
  #sizes = $state.raw<Readonly<Record<Panel, number>>>({
    outline: panelLimits.outline.size,
    history: panelLimits.history.size,
    inspector: panelLimits.inspector.size,
    timeline: panelLimits.timeline.size,
    bottom: Math.min(panelLimits.bottom.size, Math.round(window.innerHeight * BOTTOM_SHARE)),
  });

  /** The inspector lies over the centre, and is opened only when it is asked for. */
  readonly overlay: boolean = $derived(this.width < OVERLAY_WIDTH);

  constructor() {
    this.notesOnOpen = readStored('notesOnOpen') !== false;
    const stored = readStored('panels');
    if (stored === null || typeof stored !== 'object') return;
    const sizes = { ...this.#sizes };
    const open = { ...this.#open };
    for (const panel of Object.keys(panelLimits) as Panel[]) {
      const { size, isOpen } = ((stored as Record<string, unknown>)[panel] ?? {}) as {
        size?: unknown;
        isOpen?: unknown;
      };
      if (typeof size === 'number') sizes[panel] = clampSize(panel, size);
      if (typeof isOpen === 'boolean') open[panel] = isOpen;
    }
    this.#sizes = sizes;
    this.#open = open;
  }

  show(screen: Screen): void {
    this.screen = screen;
  }

  isOpen(panel: Panel): boolean {
    return panel === 'inspector' && this.overlay ? this.#overlayOpen : this.#open[panel];
  }

  size(panel: Panel): number {
    return this.#sizes[panel];
  }

  setOpen(panel: Panel, open: boolean): void {
    if (panel === 'inspector' && this.overlay) {
      this.#overlayOpen = open;
      return;
    }
    this.#open = { ...this.#open, [panel]: open };
    this.#store();
  }

  toggle(panel: Panel): void {
    this.setOpen(panel, !this.isOpen(panel));
  }

  resize(panel: Panel, size: number): void {
    this.#sizes = { ...this.#sizes, [panel]: clampSize(panel, size) };
    this.#store();
  }

  setNotesOnOpen(show: boolean): void {
    this.notesOnOpen = show;
    writeStored('notesOnOpen', show);
  }

  #store(): void {
    const entries = (Object.keys(panelLimits) as Panel[]).map((panel) => [
      panel,
      { size: this.#sizes[panel], isOpen: this.#open[panel] },
    ]);
    writeStored('panels', Object.fromEntries(entries));
  }
}

function clampSize(panel: Panel, size: number): number {
  const { min, max } = panelLimits[panel];
  return Math.min(max, Math.max(min, Math.round(size)));
}
