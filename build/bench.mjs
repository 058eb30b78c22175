/**
 * `npm run bench [name]`: bundles every test/bench/*.bench.ts for this Node and runs it in a process of its own; a
 * *.bench.mjs (the window in a browser) is run as it is, and only by its name: it takes the screen's time, not the simulator's.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './parts.mjs';

const out = join(root, 'dist/bench');
const wanted = process.argv[2] ?? '';

mkdirSync(out, { recursive: true });
for (const file of readdirSync(join(root, 'test/bench')).filter((name) => name.endsWith('.bench.ts'))) {
  if (!file.includes(wanted)) continue;
  const name = file.replace(/\.ts$/, '.mjs');
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: `test/bench/${file}`,
      target: 'node20',
      outDir: out,
      emptyOutDir: false,
      rolldownOptions: {
        // A browser, where a benchmark looks at one, is loaded from node_modules.
        external: [/^node:/, /^playwright-core/, /^@sparticuz/],
        output: { format: 'es', codeSplitting: false, topLevelVar: false, entryFileNames: name },
      },
    },
  });
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(out, name)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
for (const file of readdirSync(join(root, 'test/bench')).filter((name) => name.endsWith('.bench.mjs'))) {
  if (wanted === '' || !file.includes(wanted)) continue;
  const { status } = spawnSync(process.execPath, [join(root, 'test/bench', file), ...process.argv.slice(3)], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
