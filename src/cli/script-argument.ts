/** Scripts on the command line: a file of `--script`. */
import { scriptOf } from '../lab/script-file.ts';
import { readTextFile } from '../lab/text-file.ts';
import type { Script } from '../sim/index.ts';

/** The script in the file at `path`. Rejects with an InputError that names the file and each place. */
export async function readScript(path: string): Promise<Script> {
  return scriptOf(await readTextFile(path), path);
}
