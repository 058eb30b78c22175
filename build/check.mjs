/**
 * `npm run check`: format, lint, types and unit tests side by side, each one's words when it has ended. What has not
 * changed is not looked at again: the caches lie in node_modules/.cache. Conformance and the doors are `npm test`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './parts.mjs';

const cache = (name) => join('node_modules/.cache', name);
const tool = (path) => join('node_modules', path);

const CHECKS = [
  {
    name: 'unit',
    args: [tool('vitest/vitest.mjs'), 'run', 'test/unit', 'renderer', '--reporter=dot', '--maxWorkers=2'],
  },
  { name: 'types', args: ['build/types.mjs'] },
  {
    name: 'lint',
    args: [
      tool('eslint/bin/eslint.js'),
      '.',
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      cache('eslint/'),
    ],
  },
  {
    name: 'format',
    args: [
      tool('prettier/bin/prettier.cjs'),
      '--check',
      '.',
      '--cache',
      '--cache-location',
      cache('prettier/.prettier-cache'),
    ],
  },
];

/** Runs one; resolves to whether it passed. */
function run({ name, args }) {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      if (code !== 0) console.log(output.trimEnd());
      console.log(`${name}: ${code === 0 ? 'passed' : 'failed'} in ${seconds} s`);
      resolve(code === 0);
    });
  });
}

const passed = await Promise.all(CHECKS.map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
