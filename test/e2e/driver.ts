/**
 * What the specs need of a door, so that they are written once: a page, answers to the questions for a file, commands,
 * and an end. Which door is opened stands in NUMAQ_DOOR: `browser`, `electron` (from source) or `packaged`.
 */
import type { ElectronApplication, Page } from 'playwright-core';
import { openBrowserDoor } from './browser.ts';
import { openElectronDoor } from './electron.ts';

export type Door = 'browser' | 'electron' | 'packaged';

export interface Driver {
  readonly door: Door;
  readonly page: Page;
  /** Of the browser door: `http://127.0.0.1:PORT/`; empty on the desktop. */
  readonly address: string;
  /** Of the desktop: evaluates in its main process. */
  readonly app: ElectronApplication | undefined;
  /** Does `act` and answers the question for a file that it brings up with `file`. */
  answerOpen(file: string, act: () => Promise<unknown>): Promise<void>;
  /** Does `act` and has what it saves written to `file`; resolves when it is there. */
  answerSave(file: string, act: () => Promise<unknown>): Promise<void>;
  /** Chooses a command: in the desktop's menu by id, in the browser's palette by title. */
  menu(id: string, title: string): Promise<void>;
  /** Of the desktop: starts the app a second time, with a file; resolves when that one has gone again. */
  startAgain(file: string): Promise<void>;
  /** Kills the program (SIGKILL): nothing of its end is run. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface DoorOptions {
  /** Files given to the program when it is started (desktop only). */
  readonly files?: readonly string[];
  /** Folder for the program's data, of the spec's own; left out: a fresh one, removed at the end. */
  readonly data?: string;
  /** The first window's tour is left as it comes; otherwise it is ended at once. */
  readonly tour?: boolean;
}

export const door: Door = doorOf(process.env['NUMAQ_DOOR'] ?? 'browser');

function doorOf(name: string): Door {
  if (name === 'browser' || name === 'electron' || name === 'packaged') return name;
  throw new Error(`NUMAQ_DOOR: expected browser, electron or packaged, found ${name}`);
}

/** Opens the door under test; its page is ready to be used. */
export async function openDoor(options: DoorOptions = {}): Promise<Driver> {
  const driver = door === 'browser' ? await openBrowserDoor(options) : await openElectronDoor(door, options);
  driver.page.setDefaultTimeout(15_000);
  await driver.page.getByRole('navigation', { name: 'Screens' }).waitFor();
  if (options.tour !== true) await endTour(driver.page);
  return driver;
}

/** Keeps the tour from coming, and ends it where it has come. */
async function endTour(page: Page): Promise<void> {
  // What was begun before is drawn within a frame or two.
  await page.evaluate(async () => {
    localStorage.setItem('numaq-lab.tourSeen', 'true');
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  const end = page.getByRole('region', { name: 'Tour' }).getByRole('button', { name: 'End the tour' });
  if (await end.isVisible()) await end.click();
}
