/** Where the window was: kept in a small file, and used again while it still lies on a screen. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { BrowserWindow, Rectangle, Screen } from 'electron';

interface WindowState {
  readonly bounds: Partial<Rectangle>;
  readonly maximized: boolean;
}

const FIRST: WindowState = { bounds: { width: 1440, height: 900 }, maximized: false };
/** So much of the title bar must lie on a screen that a person can drag the window back. */
const VISIBLE = { width: 160, height: 40 };

/** The state kept in `file`; the first size where there is none, it is broken, or its screen is gone. */
export function readWindowState(file: string, screen: Pick<Screen, 'getDisplayMatching'>): WindowState {
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isState(state)) return FIRST;
    const { workArea } = screen.getDisplayMatching(state.bounds);
    return overlaps(state.bounds, workArea) ? state : { ...FIRST, maximized: state.maximized };
  } catch {
    return FIRST;
  }
}

/** Writes the state whenever the window closes. That it cannot be written is no reason to keep a window open. */
export function rememberWindowState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeFileSync(file, JSON.stringify(state));
    } catch (error) {
      console.error(`window bounds were not kept: ${String(error)}`);
    }
  });
}

function isState(value: unknown): value is { bounds: Rectangle; maximized: boolean } {
  if (typeof value !== 'object' || value === null || !('bounds' in value) || !('maximized' in value)) return false;
  const bounds = value.bounds as Record<string, unknown> | null;
  const sides = ['x', 'y', 'width', 'height'].every((side) => Number.isInteger(bounds?.[side]));
  return sides && typeof value.maximized === 'boolean';
}

function overlaps(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const height = Math.min(bounds.y + VISIBLE.height, area.y + area.height) - Math.max(bounds.y, area.y);
  return width >= VISIBLE.width && height >= VISIBLE.height;
}
