/** A Chromium for tests and pictures: the one that NUMAQ_CHROMIUM names, the one inside npm's package (Linux x64), or an installed one. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Starts a headless browser. Rejects with a sentence where there is none. */
export async function launchBrowser() {
  const { executablePath, args } = await findBrowser();
  return chromium.launch({ executablePath, args, headless: true });
}

async function findBrowser() {
  const named = process.env.NUMAQ_CHROMIUM;
  if (named !== undefined && named !== '') return { executablePath: named, args: rootArgs() };
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Makes the package unpack its own nss and expat and put them on LD_LIBRARY_PATH. Read when it is imported.
    process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x';
    const { default: packaged } = await import('@sparticuz/chromium');
    // Not its own list of arguments: that is made for a cloud's functions, in one process and without web security.
    // No sandbox: it needs user namespaces, which containers often refuse, and only our own pages are loaded.
    return { executablePath: await packaged.executablePath(), args: ['--no-sandbox'] };
  }
  const executablePath = INSTALLED.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('No browser here: name a Chromium or Chrome in NUMAQ_CHROMIUM.');
  return { executablePath, args: rootArgs() };
}

/** Chromium refuses its sandbox to root. */
function rootArgs() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
