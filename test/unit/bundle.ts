/** Bundles an entry as the build does, into a folder of the test's own. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The path of the CommonJS bundle of `entry` (from the project's root) in `folder`. */
export async function bundle(entry: string, folder: string): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      target: 'node16',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        external: [/^node:/],
        output: { format: 'cjs', strict: true, entryFileNames: 'bundle.cjs', codeSplitting: false },
      },
    },
  });
  return join(folder, 'bundle.cjs');
}
