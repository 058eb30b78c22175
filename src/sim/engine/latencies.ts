/** How long the transactions of a workload took, by name: every one of them, so that the tail is exact. */

export interface LatencySummary {
  readonly name: string;
  readonly count: number;
  /** ns, as all that follow; percentiles by nearest rank. */
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export class Latencies {
  private readonly times = new Map<string, number[]>();

  /** A transaction of this name took `ns`. */
  add(name: string, ns: number): void {
    const list = this.times.get(name);
    if (list === undefined) this.times.set(name, [ns]);
    else list.push(ns);
  }

  /** By name, in the order in which the first of each ended. */
  summary(): readonly LatencySummary[] {
    return [...this.times].map(([name, list]) => {
      const sorted = Float64Array.from(list).sort();
      const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      const sum = sorted.reduce((total, ns) => total + ns, 0);
      return {
        name,
        count: sorted.length,
        mean: sum / sorted.length,
        p50: rank(0.5),
        p95: rank(0.95),
        p99: rank(0.99),
        max: sorted[sorted.length - 1],
      };
    });
  }
}
