/**
 * What earlier runs of a program were like: CPU time, memory at the end, whether it went on to run another program.
 * An idea of the LSE BOF at OLS 2003, never merged; a model of what a kernel could keep by inode, in memory or in a file.
 *
 * A run is what one task does between fork or exec and the next exec or its end. A child that fork() made runs its
 * parent's file, but what it does has little to do with what the parent does: the two are told apart.
 */
import { BUSY_NODE_TICK } from './balance.ts';

/** How a run began. */
export type Birth = 'fork' | 'exec';

export interface HistoryRow {
  /** Path of the program's file; of a program that was never exec'ed, its name. */
  readonly file: string;
  readonly born: Birth;
  readonly runs: number;
  /** CPU time of a run, user and system. */
  readonly meanNs: number;
  /** Pages (4 KiB) present at its end. */
  readonly meanPages: number;
  /** Of the runs, those that ended by exec; 0 to 1. */
  readonly execed: number;
}

/** What a run came to. */
export interface RunOutcome {
  readonly ns: number;
  readonly pages: number;
  readonly execed: boolean;
}

/** long: worth a place of its own; short: it stays where it is, and what remains is balanced as usual. */
export type Prediction = 'long' | 'short' | 'unknown';

/** Time after which balancing across nodes would have seen the task anyway, ns. */
export const LONG_NS = BUSY_NODE_TICK * 1e6;
/** Memory beyond which a task is expensive to have on the wrong node, pages of 4 KiB (1 MiB); assumed. */
export const LARGE_PAGES = 256;

/** Whether a run was, or would be, worth a place of its own. */
export function isLong({ ns, pages, execed }: RunOutcome): boolean {
  return !execed && (ns >= LONG_NS || pages >= LARGE_PAGES);
}

interface Sums {
  readonly file: string;
  readonly born: Birth;
  runs: number;
  ns: number;
  pages: number;
  execs: number;
}

export class ProgramHistory {
  private readonly sums = new Map<string, Sums>();

  constructor(rows: readonly HistoryRow[] = []) {
    for (const { file, born, runs, meanNs, meanPages, execed } of rows) {
      const known = this.sumsOf(file, born);
      known.runs += runs;
      known.ns += runs * meanNs;
      known.pages += runs * meanPages;
      known.execs += Math.round(runs * execed);
    }
  }

  add(file: string, born: Birth, { ns, pages, execed }: RunOutcome): void {
    const sums = this.sumsOf(file, born);
    sums.runs++;
    sums.ns += ns;
    sums.pages += pages;
    if (execed) sums.execs++;
  }

  /** What the next run will be like: as the mean of those that were, exec as most of them did. */
  predict(file: string, born: Birth): Prediction {
    const sums = this.sums.get(keyOf(file, born));
    if (sums === undefined || sums.runs === 0) return 'unknown';
    const { runs, ns, pages, execs } = sums;
    return isLong({ ns: ns / runs, pages: pages / runs, execed: 2 * execs > runs }) ? 'long' : 'short';
  }

  /** In the order of files, fork before exec of one. */
  get rows(): readonly HistoryRow[] {
    return [...this.sums.values()]
      .filter(({ runs }) => runs > 0)
      .sort((a, b) => compare(a.file, b.file) || compare(b.born, a.born))
      .map(({ file, born, runs, ns, pages, execs }) => {
        return { file, born, runs, meanNs: ns / runs, meanPages: pages / runs, execed: execs / runs };
      });
  }

  private sumsOf(file: string, born: Birth): Sums {
    const key = keyOf(file, born);
    let sums = this.sums.get(key);
    if (sums === undefined) {
      sums = { file, born, runs: 0, ns: 0, pages: 0, execs: 0 };
      this.sums.set(key, sums);
    }
    return sums;
  }
}

const keyOf = (file: string, born: Birth): string => `${born} ${file}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
