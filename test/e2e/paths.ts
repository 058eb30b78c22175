/** Where the specs find what they need. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The packaged app's archive, as electron-builder left it for this system. Throws where there is none. */
export function packagedArchive(): string {
  const found = readdirSync(join(root, 'out'), { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('app.asar'),
  );
  if (found === undefined) throw new Error('out/ holds no app.asar: run `npm run dist -- --linux dir` first');
  return join(root, 'out', found);
}
