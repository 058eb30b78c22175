/**
 * `npm test [-- part...]`: unit and conformance tests, then the end-to-end specs in every door that can be opened here.
 * Parts: unit, browser, electron, packaged. Prints `N passed, N failed` last. A desktop run that cannot be had is left
 * out with a line that says so; where ELECTRON_OVERRIDE_DIST_PATH or CI promises one, that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildParts } from './build.mjs';
import { packageApp } from './dist.mjs';
import { installedElectron } from './electron.mjs';
import { root } from './parts.mjs';
import { hasScreen } from './screen.mjs';

const PARTS = ['unit', 'browser', 'electron', 'packaged'];
const E2E = ['--config', 'test/e2e/vitest.config.ts'];
const total = { passed: 0, failed: 0 };

/** Runs vitest, adds its counts to the total; a run that counts nothing failed as a whole. */
function vitest(title, args, env = {}) {
  console.log(`\n== ${title}`);
  const folder = mkdtempSync(join(tmpdir(), 'numaq-test-'));
  const report = join(folder, 'report.json');
  const script = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [script, 'run', ...args, ...reporters], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const counts = countsOf(report);
  rmSync(folder, { recursive: true, force: true });
  total.passed += counts.passed;
  total.failed += counts.failed;
  // A file that does not load, or an error outside any test.
  if (status !== 0 && counts.failed === 0) total.failed++;
}

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** Why the desktop door cannot be opened here, or undefined. */
function noDesktop() {
  if (installedElectron() === undefined) return 'there is no Electron binary (npm start fetches it)';
  if (!hasScreen()) return 'there is no screen and no Xvfb';
  return undefined;
}

function leaveOut(door, reason) {
  console.log(`\n== end to end, ${door}: left out, ${reason}`);
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || process.env.NUMAQ_DESKTOP_REQUIRED) {
    console.log('   which counts as a failure here, since a desktop run was promised');
    total.failed++;
  }
}

async function runDesktop(door) {
  const reason = noDesktop();
  if (reason !== undefined) {
    leaveOut(door, reason);
    return;
  }
  if (door === 'packaged') {
    if (process.platform !== 'linux') return leaveOut(door, 'it is tried on Linux only');
    if ((await packageApp(['--linux', 'dir'])) !== 0) {
      total.failed++;
      return;
    }
  }
  vitest(`end to end, ${door}`, E2E, { NUMAQ_DOOR: door });
}

const asked = process.argv.slice(2);
const unknown = asked.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  console.error(`no part "${unknown}"; there are ${PARTS.join(', ')}`);
  process.exit(2);
}
const parts = asked.length === 0 ? PARTS : asked;
try {
  await buildParts(['main', 'cli', 'web'], { onlyStale: true });
  if (parts.includes('unit')) vitest('unit and conformance', []);
  if (parts.includes('browser')) vitest('end to end, browser', E2E, { NUMAQ_DOOR: 'browser' });
  if (parts.includes('electron')) await runDesktop('electron');
  if (parts.includes('packaged')) await runDesktop('packaged');
} catch (error) {
  console.error(error);
  total.failed++;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
