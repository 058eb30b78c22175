/**
 * The lab as the face calls it, the same behind every door. This folder is the only part of the renderer that knows a
 * transport: desktop.ts speaks through the preload, browser.ts over http.
 */
import type { Bridge, EventName, LabApi, LabEvents } from '../../src/lab/contract.ts';
import { connectBrowser } from './browser.ts';
import { connectDesktop } from './desktop.ts';

export { LabError } from './failure.ts';

export type Client = LabApi & {
  readonly door: 'desktop' | 'browser';
  /** Scales the page, where that is not the browser's own. */
  readonly zoom?: (factor: number) => void;
  /** Calls `listener` on every event of that name; returns the function that stops it. */
  on<E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void): () => void;
};

/** The lab behind whichever door this page was opened through. Rejects with a LabError where the browser door does not answer. */
export async function connect(): Promise<Client> {
  const bridge = (globalThis as { numaq?: Bridge }).numaq;
  return bridge === undefined ? await connectBrowser() : connectDesktop(bridge);
}
