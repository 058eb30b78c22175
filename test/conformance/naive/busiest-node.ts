/** find_busiest_node() as the text of mechanisms says it: a table of what is remembered, and the greatest of all loads. */

export interface NodeNow {
  readonly running: number;
  readonly cpus: number;
}

export class NaiveBusiest {
  /** By observing CPU: what it saw last of each node. */
  private readonly seen = new Map<number, number[]>();

  constructor(private readonly normalised: boolean) {}

  /** The node that `cpu` of node `own` would take tasks from, or -1. */
  find(cpu: number, own: number, nodes: readonly NodeNow[]): number {
    const before = this.seen.get(cpu) ?? nodes.map(() => 0);
    const loads = nodes.map(({ running, cpus }, node) => {
      if (cpus === 0) return 0;
      const now = this.normalised ? (10 * running - ((10 * running) % cpus)) / cpus : running;
      return (before[node] - (before[node] % 2)) / 2 + now;
    });
    this.seen.set(cpu, loads);
    const most = Math.max(...loads.filter((_, node) => node !== own && nodes[node].cpus > 0));
    if (most <= loads[own] || most * 4 <= loads[own] * 5) return -1;
    return loads.findIndex((load, node) => node !== own && nodes[node].cpus > 0 && load === most);
  }
}
