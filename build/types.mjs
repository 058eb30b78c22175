/** Checks types: the compiler once for each layer (its tsconfig is its fence), svelte-check for the face. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './parts.mjs';

const LAYERS = ['src/sim', 'src/lab', 'src/cli', 'src/web', 'electron/main', 'electron/preload', 'test'];
const AT_ONCE = 2;

const bin = (name, script) => join(root, 'node_modules', name, script);
const checks = [
  { name: 'renderer', args: [bin('svelte-check', 'bin/svelte-check'), '--tsconfig', 'renderer/tsconfig.json'] },
  ...LAYERS.map((layer) => ({
    name: layer,
    // What was found the last time is kept beside the tools: only what changed is checked again.
    args: [
      bin('typescript', 'bin/tsc'),
      '-p',
      layer,
      '--pretty',
      '--incremental',
      '--tsBuildInfoFile',
      `node_modules/.cache/types/${layer.replace('/', '-')}.tsbuildinfo`,
    ],
  })),
];

/** Runs one check; resolves to whether it passed, and prints what it said when it did not. */
function run({ name, args }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => {
      if (code !== 0) console.error(`types of ${name}:\n${output}`);
      resolve(code === 0);
    });
  });
}

const waiting = [...checks];
let failed = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await run(check))) failed++;
    }
  }),
);
console.error(failed === 0 ? `types: ${checks.length} layers agree` : `types: ${failed} of ${checks.length} failed`);
process.exitCode = failed === 0 ? 0 : 1;
