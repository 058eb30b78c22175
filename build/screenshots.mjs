/**
 * Takes the pictures of docs/screenshots through the browser door: every screen, in both themes and three window sizes.
 * `node build/screenshots.mjs` after a change that can be seen; with words, the screens of those names alone:
 * `node build/screenshots.mjs start compare`. What is on them and how one comes there is in screens.mjs.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { buildParts } from './build.mjs';
import { root } from './parts.mjs';
import { tours } from './screens.mjs';

const SIZES = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
];

const out = join(root, 'docs/screenshots');
const wanted = process.argv.slice(2);

/** Starts the browser door; resolves to its process and its address. */
async function serve(data) {
  const server = spawn(process.execPath, [join(root, 'dist/web/web.cjs')], {
    env: { ...process.env, XDG_CONFIG_HOME: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text))));
  return { server, address: /http:\S+/.exec(said)[0] };
}

/** One way through the lab, in a window of its own. */
async function take(browser, address, theme, { width, height }, tour) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const shoot = async (name) => {
    // No tool tip over what the pointer was left on, and everything drawn.
    await page.mouse.move(width / 2, height - 4);
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    if (wanted.length > 0 && !wanted.includes(name)) return;
    await page.screenshot({ path: join(out, `${name}-${theme}-${width}x${height}.png`) });
  };
  await page.goto(address);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  await tour(page, shoot);
  await context.close();
}

mkdirSync(out, { recursive: true });
await buildParts(['web'], { onlyStale: true });
const data = mkdtempSync(join(tmpdir(), 'numaq-pictures-'));
const { server, address } = await serve(data);
const browser = await launchBrowser();
try {
  const chosen = tours.filter(({ names }) => wanted.length === 0 || names.some((name) => wanted.includes(name)));
  for (const theme of ['dark', 'light']) {
    for (const size of SIZES) {
      for (const { go } of chosen) await take(browser, address, theme, size, go);
    }
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
