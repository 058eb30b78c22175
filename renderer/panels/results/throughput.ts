/** Transactions of a run by their number and time, without what came before and behind them: initialisation, exits. Pure. */
import type { TransactionRow } from '../../../src/sim/engine/report.ts';

/** Transactions by their number and when the first began and the last ended. */
export type Span = Pick<TransactionRow, 'count' | 'fromNs' | 'toNs'>;

/** All of these transactions together. */
export function spanOf(transactions: readonly Span[]): Span {
  return {
    count: transactions.reduce((sum, { count: times }) => sum + times, 0),
    fromNs: transactions.reduce((least, { fromNs }) => Math.min(least, fromNs), Infinity),
    toNs: transactions.reduce((most, { toNs }) => Math.max(most, toNs), 0),
  };
}

/** Throughput; undefined where no time passed, and in files of before it was kept. */
export function perSecond({ count: times, fromNs, toNs }: Span): number | undefined {
  return toNs > fromNs ? (1e9 * times) / (toNs - fromNs) : undefined;
}
