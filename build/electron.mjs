/** Finding an Electron to run: the override, the one that npm's package has fetched, or fetching it now. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './parts.mjs';

const require = createRequire(join(root, 'package.json'));
const NAMES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const BINARY = NAMES[process.platform] ?? 'electron';

/** Path of the binary that is here: `ELECTRON_OVERRIDE_DIST_PATH`, then node_modules/electron/dist; else undefined. */
export function installedElectron() {
  const folders = [process.env.ELECTRON_OVERRIDE_DIST_PATH, join(root, 'node_modules/electron/dist')];
  return folders
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(folder, BINARY))
    .find((path) => existsSync(path));
}

/** Fetches Electron's binary as its own install script does, saying how far it is. Returns its path; rejects with why not. */
export async function fetchElectron() {
  const script = require.resolve('electron/install.js');
  const { version } = JSON.parse(readFileSync(join(dirname(script), 'package.json'), 'utf8'));
  const { downloadArtifact } = await import(pathToFileURL(createRequire(script).resolve('@electron/get')).href);
  const say = progressLine(`Fetching Electron ${version}, once`);
  try {
    // Into Electron's cache, checked; its install script then finds it there and unpacks it.
    await downloadArtifact({
      version,
      artifactName: 'electron',
      checksums: require('electron/checksums.json'),
      platform: process.platform,
      arch: process.arch,
      downloadOptions: { quiet: true, getProgressCallback: say.progress },
    });
  } finally {
    say.end();
  }
  await runScript(script);
  const path = installedElectron();
  if (path === undefined) throw new Error('its install script left no binary');
  return path;
}

function progressLine(title) {
  const terminal = process.stderr.isTTY === true;
  let shown = -1;
  console.error(`${title} ...`);
  return {
    progress: async ({ percent, transferred }) => {
      const step = Math.floor((percent ?? 0) * 100);
      if (step === shown || (!terminal && step % 10 !== 0)) return;
      shown = step;
      const text = `  ${String(step).padStart(3)} %  ${(transferred / 1e6).toFixed(0)} MB`;
      process.stderr.write(terminal ? `\r${text}` : `${text}\n`);
    },
    end: () => {
      if (terminal && shown >= 0) process.stderr.write('\n');
    },
  };
}

function runScript(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'pipe'] });
    let output = '';
    child.stderr.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(output.trim().split('\n')[0] || `its install script ended with code ${code}`));
    });
  });
}
