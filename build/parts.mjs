/**
 * The parts that are bundled, each by a build of its own. Node's parts are CommonJS for Node 16 (an Electron's main
 * cannot be an ES module before 28, and a sandboxed preload must be one file); the page is for Chromium 108.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_TARGET = 'node16';
const PAGE_TARGET = 'chrome108';

/** A bundle for Node or Electron: everything inside but Electron itself and Node's own modules. */
function nodePart(entry, out, sources) {
  return {
    out,
    sources: [...sources, 'package.json', 'build/parts.mjs'],
    config: () => ({
      root,
      configFile: false,
      logLevel: 'warn',
      ssr: { noExternal: true },
      build: {
        ssr: entry,
        target: NODE_TARGET,
        outDir: dirname(out),
        emptyOutDir: false,
        minify: false,
        rolldownOptions: {
          external: [/^electron(\/|$)/, /^node:/],
          output: {
            format: 'cjs',
            strict: true,
            codeSplitting: false,
            entryFileNames: relative(dirname(out), out),
          },
        },
      },
    }),
  };
}

function pagePart() {
  return {
    out: 'dist/renderer/index.html',
    sources: ['renderer', 'src/lab/contract.ts', 'src/sim', 'package.json', 'build/parts.mjs'],
    config: () => ({
      root: join(root, 'renderer'),
      configFile: false,
      base: './',
      logLevel: 'warn',
      publicDir: join(root, 'renderer/public'),
      plugins: [svelte({ configFile: false })],
      build: {
        target: PAGE_TARGET,
        cssTarget: PAGE_TARGET,
        outDir: join(root, 'dist/renderer'),
        emptyOutDir: true,
        // Fonts and icons stay files: the content security policy allows no data: fonts.
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 2000,
        modulePreload: { polyfill: false },
        rolldownOptions: { checks: { pluginTimings: false } },
      },
    }),
  };
}

const lab = ['src/lab', 'src/sim'];

/** Name to part: what it is made of, what comes out, and how. */
export const parts = {
  worker: nodePart('src/lab/run.worker.ts', 'dist/main/run.worker.cjs', lab),
  main: nodePart('electron/main/main.ts', 'dist/main/main.cjs', ['electron/main', ...lab]),
  preload: nodePart('electron/preload/preload.ts', 'dist/preload/preload.cjs', ['electron/preload', ...lab]),
  renderer: pagePart(),
  cli: nodePart('src/cli/cli.ts', 'dist/cli/cli.cjs', ['src/cli', ...lab]),
  web: nodePart('src/web/web.ts', 'dist/web/web.cjs', ['src/web', ...lab]),
};

/** True where `part` has not been built, or one of its sources is newer. */
export function isStale(part) {
  const built = statSync(join(root, part.out), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return part.sources.some((source) => newest(join(root, source)) > built);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
