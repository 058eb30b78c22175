/** Files that the specs make for themselves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  readonly folder: string;
  file(name: string): string;
  write(name: string, text: string): string;
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
