/** How long the transactions of a workload took, by name: every one of them, so that the tail is exact. */
import type { TransactionRow } from './report.ts';

export class Latencies {
  private readonly times = new Map<string, number[]>();

  /** A transaction of this name took `ns`. */
  add(name: string, ns: number): void {
    const list = this.times.get(name);
    if (list === undefined) this.times.set(name, [ns]);
    else list.push(ns);
  }

  /** By name (percentiles by nearest rank), in the order in which the first of each ended. */
  summary(): readonly TransactionRow[] {
    return [...this.times].map(([name, list]) => {
      const sorted = Float64Array.from(list).sort();
      const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      const sum = sorted.reduce((total, ns) => total + ns, 0);
      return {
        name,
        count: sorted.length,
        meanNs: sum / sorted.length,
        p50Ns: rank(0.5),
        p95Ns: rank(0.95),
        p99Ns: rank(0.99),
        maxNs: sorted[sorted.length - 1],
      };
    });
  }
}
