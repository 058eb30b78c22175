/** Errors of the lab and the simulator as plain data that crosses a process: never with a stack. */
import { Cancelled, InputError, InvariantError } from '../sim/index.ts';
import type { LabFailure } from './contract.ts';

/** What a thrown value comes to for the person who asked. */
export function toFailure(error: unknown): LabFailure {
  if (error instanceof InputError) {
    return { kind: 'input', message: error.message, source: error.source, issues: error.issues };
  }
  const bare = { source: '', issues: [] };
  if (error instanceof Cancelled) return { kind: 'cancelled', message: error.message, ...bare };
  if (error instanceof InvariantError) {
    const state = JSON.stringify(error.state);
    const message = `The model contradicts itself: ${error.message}${state === '{}' ? '' : ` ${state.slice(0, 2000)}`}`;
    return { kind: 'invariant', message, ...bare };
  }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error), ...bare };
}

/** The other way: an error that comes to the same failure. */
export function fromFailure({ kind, message, source, issues }: LabFailure): Error {
  if (kind === 'input') return new InputError(source, issues);
  return kind === 'cancelled' ? new Cancelled() : new Error(message);
}
