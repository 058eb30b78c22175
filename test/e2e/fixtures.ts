/** Files that the specs make for themselves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  readonly folder: string;
  file(name: string): string;
  write(name: string, text: string): string;
  /** All that a lab with this data folder keeps of unsaved changes now, as text. */
  unsaved(): string;
  remove(): void;
}

/** A temporary folder. */
export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'numaq-spec-'));
  const file = (name: string): string => join(folder, name);
  return {
    folder,
    file,
    write: (name, text) => {
      writeFileSync(file(name), text);
      return file(name);
    },
    unsaved: () => unsavedIn(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * A small program as lackey prints it: three instructions a turn that walk an array of 1 MiB, sum it up on the stack
 * and write every fourth word back. Five lines a turn.
 */
export function lackeyTrace(turns: number): string {
  const lines = ['==7== Lackey, an example Valgrind tool'];
  for (let turn = 0; turn < turns; turn++) {
    const word = (0x04800000 + ((turn * 64) % 0x100000)).toString(16).padStart(8, '0');
    lines.push(
      'I  04001000,3',
      ` L ${word},4`,
      'I  04001003,3',
      ' M 1ffefff0,4',
      turn % 4 === 0 ? ` S ${word},4` : 'I  04001006,2',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Where a door puts the folder of side files is its own; while files in it go or are replaced, nothing is said of any. */
function unsavedIn(folder: string): string {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /unsaved[\\/][^\\/]+\.json$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  } catch {
    return '';
  }
}
