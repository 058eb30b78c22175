/** A script in the text of a file. */
import { InputError, jsonFault, makeIssue, parseScript, placeOf, type Script } from '../sim/index.ts';

/** The script in `text`. Throws an InputError that names the file and the place of each mistake. */
export function scriptOf(text: string, name: string): Script {
  const json = text.replace(/^\uFEFF/, '');
  const fault = jsonFault(json);
  if (fault !== undefined) {
    const { line, column } = placeOf(json, fault.offset);
    throw new InputError(name, [makeIssue('json', `line ${line}, column ${column}`, fault.expected, fault.found)]);
  }
  return parseScript(JSON.parse(json), name);
}
