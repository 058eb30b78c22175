/** What a rejected call of the client comes to, whatever was thrown: the text and the places that a dialog shows. */
import type { LabFailure } from '../../src/lab/contract.ts';

/** The failure behind a thrown value: the client's LabError carries one; anything else becomes `failed` with its message. */
export function failureOf(error: unknown): LabFailure {
  if (
    error !== null &&
    typeof error === 'object' &&
    'kind' in error &&
    'issues' in error &&
    Array.isArray(error.issues)
  ) {
    return error as LabFailure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', message, source: '', issues: [] };
}
