/** What the command line touches of the world, handed in so that tests run it in one process. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True where stderr is a terminal: progress is drawn there and nowhere else. */
  readonly drawsProgress: boolean;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** From now on Ctrl-C ends the process at once, instead of aborting `interrupted`. */
  readonly endAtOnce?: () => void;
}

/** Exit codes. */
export const OK = 0;
/** The question was understood and the answer is no: it does not boot, it is not identical. */
export const NO = 1;
/** Bad input: a file, a machine, an option. */
export const BAD_INPUT = 2;
/** Ended by Ctrl-C, as shells count it. */
export const INTERRUPTED = 130;
