/**
 * Distances between nodes as the 2.6.11 zonelists use them (asm-generic/topology.h: 10 local, 20 remote). A kernel of
 * those years read them from firmware where there was any; the lab derives them from the profile's interconnect as
 * round(10 x unloaded latency / local latency), at least 10, and keeps 10 and 20 where the latencies are not known.
 *
 * Latency between nodes: a matrix as it stands; otherwise remoteNs for the nearest node and, out and back, what each
 * further link adds. On a one-way ring question and answer together go once round, so every other node is as far.
 */
import type { InterconnectSpec, MachineSpec } from '../../profiles/schema.ts';

export const LOCAL_DISTANCE = 10;
export const REMOTE_DISTANCE = 20;

type LinksSpec = Extract<InterconnectSpec, { kind: 'links' }>;
interface Edge {
  readonly to: number;
  readonly ns: number;
}

/** Links as neighbours of each node's index; links that name unknown nodes are left out. */
export function neighboursOf(spec: LinksSpec, ids: readonly number[]): Edge[][] {
  const index = new Map(ids.map((id, place) => [id, place]));
  const edges: Edge[][] = ids.map(() => []);
  for (const { from, to, latencyNs } of spec.links) {
    const a = index.get(from);
    const b = index.get(to);
    if (a === undefined || b === undefined) continue;
    edges[a].push({ to: b, ns: latencyNs });
    edges[b].push({ to: a, ns: latencyNs });
  }
  return edges;
}

/** Shortest one-way latency from `source` to every node (Dijkstra with a binary heap); Infinity where none leads. */
export function shortestPaths(edges: readonly (readonly Edge[])[], source: number): Float64Array {
  const best = new Float64Array(edges.length).fill(Infinity);
  best[source] = 0;
  const heap: { ns: number; node: number }[] = [{ ns: 0, node: source }];
  for (let top = pop(heap); top !== undefined; top = pop(heap)) {
    if (top.ns > best[top.node]) continue;
    for (const { to, ns } of edges[top.node]) {
      if (top.ns + ns >= best[to]) continue;
      best[to] = top.ns + ns;
      push(heap, { ns: best[to], node: to });
    }
  }
  return best;
}

function push(heap: { ns: number; node: number }[], entry: { ns: number; node: number }): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].ns <= entry.ns) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: { ns: number; node: number }[]): { ns: number; node: number } | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1].ns < heap[child].ns) child++;
    if (heap[child].ns >= last.ns) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}

/** Fills row `from`, by index of the other node; the entry of `from` itself is left alone. */
type FillRow = (row: Float64Array, from: number) => void;

const fillWith = (of: (from: number, to: number) => number): FillRow => {
  return (row, from) => {
    for (let to = 0; to < row.length; to++) if (to !== from) row[to] = of(from, to);
  };
};

function fillFromLinks(spec: LinksSpec, ids: readonly number[]): FillRow {
  const edges = neighboursOf(spec, ids);
  return (row, from) => {
    const nearest = edges[from].reduce((least, edge) => Math.min(least, edge.ns), Infinity);
    const paths = shortestPaths(edges, from);
    for (const [to, ns] of paths.entries()) if (to !== from) row[to] = spec.remoteNs + 2 * Math.max(0, ns - nearest);
  };
}

function fillFrom(machine: MachineSpec): FillRow {
  const { interconnect, nodes } = machine;
  switch (interconnect.kind) {
    case 'none':
      return fillWith(() => Infinity);
    case 'crossbar':
      return fillWith(() => interconnect.remoteNs);
    case 'matrix':
      return (row, from) => row.set(interconnect.latencyNs[from]);
    case 'ring':
    case 'mesh': {
      const { remoteNs, hopNs } = interconnect;
      const hops =
        interconnect.kind === 'ring' ? ringHops(interconnect.oneWay, nodes.length) : meshHops(interconnect.columns);
      return fillWith((from, to) => remoteNs + 2 * hopNs * (hops(from, to) - 1));
    }
    case 'links':
      return fillFromLinks(
        interconnect,
        nodes.map((node) => node.id),
      );
  }
}

/** Unloaded latencies from node `from` to every node, by index, ns; the own node's entry is the local latency. */
export function latencyRows(machine: MachineSpec): (from: number) => Float64Array {
  const fill = fillFrom(machine);
  return (from) => {
    const row = new Float64Array(machine.nodes.length);
    row[from] = machine.localNs;
    fill(row, from);
    return row;
  };
}

function ringHops(oneWay: boolean, count: number): (from: number, to: number) => number {
  if (oneWay) return () => 1;
  return (from, to) => Math.min((to - from + count) % count, (from - to + count) % count);
}

function meshHops(columns: number): (from: number, to: number) => number {
  return (from, to) => {
    const across = Math.abs((from % columns) - (to % columns));
    return across + Math.abs(Math.floor(from / columns) - Math.floor(to / columns));
  };
}

/** Distances from node `from` to every node, by index: 10 is local. */
export function distanceRows(machine: MachineSpec): (from: number) => Float64Array {
  const latencies = latencyRows(machine);
  return (from) => {
    const row = latencies(from);
    const local = row[from] > 0 ? row[from] : machine.localNs;
    for (let to = 0; to < row.length; to++) {
      const ns = row[to];
      const known = local > 0 && ns > 0 && ns < Infinity;
      row[to] = known ? Math.max(LOCAL_DISTANCE, Math.round((LOCAL_DISTANCE * ns) / local)) : REMOTE_DISTANCE;
    }
    row[from] = LOCAL_DISTANCE;
    return row;
  };
}
