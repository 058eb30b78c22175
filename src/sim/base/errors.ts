/**
 * The three kinds of error of the lab: bad input (shown where it belongs), a broken invariant (stops the run with a
 * dump of its state), and cancelled (silent).
 */

/** One thing wrong with an input: where, what was expected, what was found. `path` is `kernel.pageMmuShift` or `nodes[3].cpus`. */
export interface Issue {
  readonly code: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** Bad input. `source` names the file (or the command line) that the issues are in; `issues` is never empty. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(
    readonly source: string,
    readonly issues: readonly Issue[],
  ) {
    super(issues.map((issue) => describeIssue(source, issue)).join('\n'));
  }
}

/** One issue as a line: `machine.numaq.json: kernel.pageMmuShift: expected a whole number from 0 to 6, found 9`. */
function describeIssue(source: string, issue: Issue): string {
  const place = [source, issue.path].filter((part) => part !== '').join(': ');
  return `${place === '' ? '' : `${place}: `}${issue.message}`;
}

/** An issue whose message is made from its parts. */
export function makeIssue(code: string, path: string, expected: string, found: string): Issue {
  return { code, path, expected, found, message: `expected ${expected}, found ${found}` };
}

/** The model contradicts itself: the run stops, and `state` says what it looked like. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  constructor(
    message: string,
    readonly state: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Stops the run unless `condition` holds. The message is built by the caller only where it is a constant. */
export function invariant(
  condition: boolean,
  message: string,
  state?: Readonly<Record<string, unknown>>,
): asserts condition {
  if (!condition) throw new InvariantError(message, state);
}

/** Somebody cancelled: no message to show. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor() {
    super('cancelled');
  }
}
