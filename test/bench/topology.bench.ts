/**
 * How fast the drawing of the machine is: the time from pressing a machine's card to its nodes on the screen, and the
 * times between drawn frames while the drawing is panned and zoomed, as Chromium's own tracing has them. In the browser
 * door, headless, without a GPU: a desktop is faster. `npm run build` first.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../../build/browser.mjs';
import { startServer, stopServer } from '../e2e/browser.ts';

const MACHINE = 'SGI Altix 4700, 4,096 nodes';
const ROUNDS = 5;
/** px panned, and px a second. */
const PAN = { distance: 2400, speed: 1200 };
const FRAME_MS = 1000 / 60;

/** Milliseconds from the click on the start page to two frames after the drawing has all its groups. */
async function timeToOpen(page: Page): Promise<number> {
  return page.evaluate(async (title) => {
    const button = [...document.querySelectorAll<HTMLElement>('button[aria-label]')].find((candidate) =>
      candidate.getAttribute('aria-label')?.startsWith(`Open ${title}:`),
    );
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    button?.click();
    while (document.querySelectorAll('[data-group]').length < 64) await frame();
    await frame();
    await frame();
    return performance.now() - start;
  }, MACHINE);
}

interface TraceEvent {
  readonly name: string;
  readonly ts: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

interface Frames {
  /** Milliseconds between one drawn frame and the next. */
  readonly apart: readonly number[];
  /** Milliseconds of CPU time that the page's main thread took, which a busy machine does not lengthen. */
  readonly mainMs: number;
}

/** The frames that were drawn while `act` went on. */
async function framesDuring(browser: Browser, page: Page, act: () => Promise<void>): Promise<Frames> {
  await browser.startTracing(page, {
    categories: [
      'devtools.timeline.frame',
      'disabled-by-default-devtools.timeline.frame',
      'disabled-by-default-devtools.timeline',
    ],
  });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[];
  };
  const drawn = traceEvents.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts / 1000);
  drawn.sort((a, b) => a - b);
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`),
  );
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && main.has(`${pid}:${tid}`));
  return {
    apart: drawn.slice(1).map((at, index) => at - drawn[index]),
    mainMs: tasks.reduce((sum, { tdur }) => sum + (tdur ?? 0) / 1000, 0),
  };
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

function report(what: string, { apart: frames, mainMs }: Frames): void {
  const missed = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / FRAME_MS) - 1), 0);
  const [median, p95, most] = [percentile(frames, 0.5), percentile(frames, 0.95), Math.max(...frames)];
  console.log(
    `${what.padEnd(28)} ${String(frames.length).padStart(4)} frames, median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, longest ${most.toFixed(1)} ms, ${missed} missed; main thread ${(mainMs / frames.length).toFixed(1)} ms of CPU a frame`,
  );
}

async function scroll(session: CDPSession, x: number, y: number, dx: number, dy: number): Promise<void> {
  await session.send('Input.synthesizeScrollGesture', {
    ...{ x, y, xDistance: dx, yDistance: dy, speed: PAN.speed, preventFling: true, gestureSourceType: 'mouse' },
  });
}

const data = await mkdtemp(join(tmpdir(), 'numaq-bench-'));
const { server, address } = await startServer(data);
const browser = await launchBrowser();
try {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    const page = await context.newPage();
    await page.goto(address);
    await page.getByRole('button', { name: `Open ${MACHINE}:` }).waitFor();
    times.push(await timeToOpen(page));
    if (round === ROUNDS - 1) {
      console.log(
        `open ${MACHINE}: median ${percentile(times, 0.5).toFixed(0)} ms of ${ROUNDS}, longest ${Math.max(...times).toFixed(0)} ms`,
      );
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await pans(page);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stopServer(server);
  await rm(data, { recursive: true, force: true });
}

async function pans(page: Page): Promise<void> {
  const field = await page.locator('.svelte-flow').boundingBox();
  if (field === null) throw new Error('the topology is not on the screen');
  const [x, y] = [field.x + field.width / 2, field.y + field.height / 2];
  const session = await page.context().newCDPSession(page);
  const there = {
    right: () => scroll(session, x, y, -PAN.distance, 0),
    down: () => scroll(session, x, y, 0, -PAN.distance / 2),
  };
  const show = page.getByRole('button', { name: 'Show all nodes' });
  for (const [what, nearer] of [
    ['chips (open groups)', 0],
    ['tiles', 3],
    ['cards', 6],
  ] as const) {
    await show.click();
    await page.getByRole('button', { name: /^Rows 24–31, columns 24–31/ }).click();
    await page.locator('[data-index]').first().waitFor();
    for (let step = 0; step < nearer; step += 1) await page.getByRole('button', { name: 'Nearer' }).click();
    const count = await page.locator('[data-index]').count();
    const frames = await framesDuring(browser, page, async () => {
      await there.right();
      await there.down();
    });
    report(`pan ${what}, ${count} drawn`, frames);
  }
  const wheel = async (deltaY: number): Promise<void> => {
    for (let turn = 0; turn < 40; turn += 1) {
      await session.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY, modifiers: 2 });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  };
  report(
    'zoom out and in',
    await framesDuring(browser, page, async () => {
      await wheel(30);
      await wheel(-30);
    }),
  );
}
