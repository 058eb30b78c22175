/**
 * Run files opened to be looked at beside the runs of a window: first whether the file is what was written, then what it
 * says. A file that was changed is refused, with the place; nothing of it is kept.
 */
import { InputError, makeIssue, type RunReport } from '../sim/index.ts';
import { integrityOf } from './integrity.ts';
import { parseRun, splitRunFile } from './run-file.ts';
import { decodeText } from './text-file.ts';
import { findChange } from './verify.ts';

/** Kept until the lab closes; the oldest go first. */
const MOST_OPENED = 64;

export class OpenedRuns {
  readonly #reports = new Map<string, RunReport>();
  #opened = 0;

  /** Keeps the run in the bytes of a file shown as `name`. Throws an InputError that says what is wrong with them, and where. */
  open(file: Uint8Array, name: string): { readonly runId: string; readonly name: string; readonly report: RunReport } {
    const report = reportIn(file, name);
    const runId = `file-${++this.#opened}`;
    this.#reports.set(runId, report);
    for (const oldest of [...this.#reports.keys()].slice(0, -MOST_OPENED)) this.#reports.delete(oldest);
    return { runId, name, report };
  }

  /** The run of that id; undefined where none was opened under it. */
  report(runId: string): RunReport | undefined {
    return this.#reports.get(runId);
  }
}

function reportIn(file: Uint8Array, name: string): RunReport {
  const change = findChange(file);
  if (change !== undefined) {
    const place = [change.place, change.path].filter((part) => part !== '').join(': ');
    const issue = makeIssue('changed', place, change.expected, change.found);
    throw new InputError(name, [
      { ...issue, message: `changed since it was written: expected ${change.expected}, found ${change.found}` },
    ]);
  }
  const report = parseRun(decodeText(file, name), name);
  const parts = splitRunFile(file);
  if (parts !== undefined && integrityOf(parts.body).sha256 === parts.written.sha256) return report;
  const issue = makeIssue('changed', 'integrity', 'the sums of the file as it was written', 'others');
  throw new InputError(name, [{ ...issue, message: 'several bytes of it were changed since it was written' }]);
}
