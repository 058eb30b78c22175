/** How long the transactions of a workload took, by name: every one of them, so that the tail is exact. */
import type { TransactionRow } from './report.ts';

interface Kind {
  readonly times: number[];
  fromNs: number;
  toNs: number;
}

export class Latencies {
  private readonly kinds = new Map<string, Kind>();

  /** A transaction of this name took from `beganNs` to `endedNs`. */
  add(name: string, beganNs: number, endedNs: number): void {
    let kind = this.kinds.get(name);
    if (kind === undefined) this.kinds.set(name, (kind = { times: [], fromNs: beganNs, toNs: endedNs }));
    kind.times.push(endedNs - beganNs);
    // CPUs of one round come one after the other, each from the round's beginning on.
    if (beganNs < kind.fromNs) kind.fromNs = beganNs;
    if (endedNs > kind.toNs) kind.toNs = endedNs;
  }

  /** By name (percentiles by nearest rank), in the order in which the first of each ended. */
  summary(): readonly TransactionRow[] {
    return [...this.kinds].map(([name, { times, fromNs, toNs }]) => {
      const sorted = Float64Array.from(times).sort();
      const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      const sum = sorted.reduce((total, ns) => total + ns, 0);
      return {
        name,
        count: sorted.length,
        fromNs,
        toNs,
        meanNs: sum / sorted.length,
        p50Ns: rank(0.5),
        p95Ns: rank(0.95),
        p99Ns: rank(0.99),
        maxNs: sorted[sorted.length - 1],
      };
    });
  }
}
