/**
 * `npm start`: builds what is missing and opens the desktop app. Where Electron's binary or a screen cannot be had, one
 * line says so and the lab is served in the browser instead. Arguments (a machine file) go to the app.
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildParts } from './build.mjs';
import { fetchElectron, installedElectron } from './electron.mjs';
import { root } from './parts.mjs';

/** An Electron that ends with an error this early never showed its window. */
const EARLY_MS = 8000;

// npm runs scripts in the project's folder; a file is meant from where the person stands.
const given = process.argv
  .slice(2)
  .map((argument) => (argument.endsWith('.json') ? resolve(process.env.INIT_CWD ?? '', argument) : argument));

/** Why there can be no window here, or undefined. */
function noScreen() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY
    ? 'There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)'
    : undefined;
}

async function findElectron() {
  try {
    return { path: installedElectron() ?? (await fetchElectron()) };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause?.message ?? error.message) : String(error);
    return { reason: `Electron's binary cannot be fetched (${cause.split('\n')[0]})` };
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', () => resolve(1));
    child.on('close', (code, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : (code ?? 1));
    });
  });
}

async function openDesktop(electron) {
  // Chromium refuses its sandbox to root; everybody else keeps it.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const start = performance.now();
  const code = await run(electron, [...flags, root, ...given]);
  return { code, early: code !== 0 && performance.now() - start < EARLY_MS };
}

async function serveInBrowser(reason) {
  console.error(`${reason}: serving the lab in the browser instead.`);
  await buildParts(['web'], { onlyStale: true });
  return run(process.execPath, [join(root, 'dist/web/web.cjs')]);
}

async function start() {
  const screenReason = noScreen();
  if (screenReason !== undefined) return serveInBrowser(screenReason);
  const { path, reason } = await findElectron();
  if (path === undefined) return serveInBrowser(reason);
  await buildParts(['main'], { onlyStale: true });
  const { code, early } = await openDesktop(path);
  return early ? serveInBrowser(`Electron ended at once with code ${code}`) : code;
}

process.exitCode = await start();
