/** Scripts on the command line: a file of `--script`. */
import { readTextFile } from '../lab/text-file.ts';
import { InputError, jsonFault, makeIssue, parseScript, placeOf, type Script } from '../sim/index.ts';

/** The script in the file at `path`. Rejects with an InputError that names the file and each place. */
export async function readScript(path: string): Promise<Script> {
  const text = (await readTextFile(path)).replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { line, column } = placeOf(text, fault.offset);
    throw new InputError(path, [makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found)]);
  }
  return parseScript(JSON.parse(text), path);
}
