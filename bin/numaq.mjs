#!/usr/bin/env node
/** The command `numaq`: runs its bundle, and builds it first where it is missing or older than its sources. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist/cli/cli.cjs');
const sources = ['src/cli', 'src/lab', 'src/sim', 'package.json'].map((name) => join(root, name));

/** The time of the newest file under `path`; 0 where there is none (an installed package has no sources). */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** True where the bundle can be run. */
function build() {
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((source) => newest(source) <= built)) return true;
  const script = join(root, 'build/build.mjs');
  if (existsSync(script) && existsSync(join(root, 'node_modules'))) {
    const { status, stderr } = spawnSync(process.execPath, [script, 'cli'], { cwd: root, encoding: 'utf8' });
    if (status === 0) return true;
    process.stderr.write(stderr);
  }
  if (built > 0) {
    process.stderr.write('numaq: could not be built again; this is the build of before\n');
    return true;
  }
  process.stderr.write('numaq: not built: run npm ci first\n');
  return false;
}

/** Runs the bundle; waits for one that somebody else is writing at this moment. */
function run() {
  const require = createRequire(import.meta.url);
  for (let attempt = 1; ; attempt++) {
    try {
      return require(bundle);
    } catch (error) {
      if (!(error instanceof SyntaxError) || attempt === 20) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

if (build()) run();
else process.exitCode = 2;
