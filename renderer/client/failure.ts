/** Failures as the face meets them: what crossed as a LabFailure becomes an Error again. */
import type { Issue } from '../../src/sim/base/errors.ts';
import type { LabFailure, Result } from '../../src/lab/contract.ts';

/** A call that did not succeed. `kind` is `cancelled` where there is nothing to show; `issues` say file, place, expected and found. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly kind: LabFailure['kind'];
  readonly source: string;
  readonly issues: readonly Issue[];

  constructor(failure: LabFailure) {
    super(failure.message);
    this.kind = failure.kind;
    this.source = failure.source;
    this.issues = failure.issues;
  }
}

/** The value of a result; throws its failure as a LabError. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new LabError(result.failure);
}

export const NO_ANSWER = 'The lab does not answer. Is the command that printed this address still running?';

/** A failure of the transport itself, or of the page: no file and no place to show. */
export function failed(message: string): LabError {
  return new LabError({ kind: 'failed', message, source: '', issues: [] });
}

/**
 * Parameters as plain data. Both doors carry what JSON carries, and a `$state` proxy of the face cannot be cloned by
 * the context bridge as it is.
 */
export function plain<T>(params: T): T {
  return JSON.parse(JSON.stringify(params)) as T;
}
