/**
 * Takes the pictures of docs/screenshots through the browser door, in both themes and two window sizes: the lab with a
 * run on the 64 GB NUMA-Q, what the kernel says of one, a segment of shared memory and two bindings of it, and the start page. `node build/screenshots.mjs`, after a change that can be seen.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { buildParts } from './build.mjs';
import { root } from './parts.mjs';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1280, height: 800 },
];
const MACHINE = 'NUMA-Q, 64 GB, 8 quads';
/** Of the designs that the lab offers. */
const SEGMENT_MACHINE = 'NUMA-Q, 16 GB, 4 quads';
/** Long enough for a run on 32 CPUs. */
const RUN_MS = 120_000;

const out = join(root, 'docs/screenshots');

/** Starts the browser door; resolves to its process and its address. */
async function serve(data) {
  const server = spawn(process.execPath, [join(root, 'dist/web/web.cjs')], {
    env: { ...process.env, XDG_CONFIG_HOME: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text))));
  return { server, address: /http:\S+/.exec(said)[0] };
}

async function takePictures(browser, address, theme, { width, height }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const shoot = (name) => page.screenshot({ path: join(out, `${name}-${theme}-${width}x${height}.png`) });
  await page.goto(address);
  await page.getByRole('button', { name: `Open ${MACHINE}:` }).waitFor();
  await shoot('start');
  await page.getByRole('button', { name: `Open ${MACHINE}:` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('treeitem', { name: /^Node 0/ }).click();
  // Memory touched by one CPU and used by all: most of it is remote, which the charts show.
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption('first-touch');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('group', { name: 'Run' }).getByText('done').waitFor({ timeout: RUN_MS });
  await page.mouse.move(width / 2, 24);
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await shoot('lab');
  await takeMemoryManager(page, shoot);
  await takeSegment(page, shoot);
  await context.close();
}

/** A program of the library, and what the kernel says of it. */
async function takeMemoryManager(page, shoot) {
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption('shell-script');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page
    .getByRole('group', { name: 'Run' })
    .getByRole('status')
    .filter({ hasText: 'done' })
    .waitFor({ timeout: RUN_MS });
  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  for (const [tab, name] of [
    ['Memory', 'memory'],
    ['Kernel profile', 'profile'],
    ['/proc', 'proc'],
  ]) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    await shoot(name);
  }
  await page.getByRole('tab', { name: 'Follow', exact: true }).click();
  await page.getByRole('button', { name: 'Follow', exact: true }).click();
  await page.getByText('do_page_fault').first().waitFor({ timeout: RUN_MS });
  await shoot('follow');
}

/** A segment bound to two nodes, run, and compared with the same over four. */
async function takeSegment(page, shoot) {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: `Open ${SEGMENT_MACHINE}:` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Segment', exact: true }).click();
  await page.getByLabel('Open a design').selectOption({ label: 'Buffer pool, log, locks and process array' });
  await page.getByRole('button', { name: 'Give the kernel mempolicy' }).click();
  const scale = page.getByLabel('Scale', { exact: true });
  await scale.fill('0.01');
  await scale.press('Enter');
  const run = async (number) => {
    await page.getByRole('button', { name: 'Run the segment' }).click();
    await page.getByText(`Run ${number}: done`).waitFor({ timeout: RUN_MS });
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
  };
  await run(3);
  await shoot('segment');
  await page.getByRole('button', { name: 'Show the run' }).click();
  await page.getByRole('region', { name: 'Access matrix' }).waitFor();
  await shoot('locality');
  await page.getByRole('button', { name: 'Segment', exact: true }).click();
  await page.getByRole('button', { name: /^Range pool,/ }).click();
  await page.getByRole('button', { name: /^Node 1,/ }).click();
  await run(4);
  await page.getByRole('button', { name: 'Compare the last two' }).click();
  await page.getByRole('region', { name: 'Figures of the runs' }).waitFor();
  await shoot('compare');
}

mkdirSync(out, { recursive: true });
await buildParts(['web'], { onlyStale: true });
const data = mkdtempSync(join(tmpdir(), 'numaq-pictures-'));
const { server, address } = await serve(data);
const browser = await launchBrowser();
try {
  for (const theme of ['dark', 'light']) {
    for (const size of SIZES) await takePictures(browser, address, theme, size);
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
