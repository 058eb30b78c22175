/** The registry of patterns: pickers and the command line are made from it. */
import { chase } from './chase.ts';
import { falseSharing } from './false-sharing.ts';
import { firstTouch } from './first-touch.ts';
import type { Pattern } from './pattern.ts';
import { privateArrays } from './private.ts';
import { randomUpdates } from './random.ts';
import { stream } from './stream.ts';

export const patterns: readonly Pattern[] = [stream, chase, randomUpdates, falseSharing, firstTouch, privateArrays];

export function findPattern(id: string): Pattern | undefined {
  return patterns.find((pattern) => pattern.id === id);
}
