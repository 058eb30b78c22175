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

function rowOfLinks(spec: LinksSpec, edges: readonly (readonly Edge[])[], from: number): number[] {
  const nearest = edges[from].reduce((least, edge) => Math.min(least, edge.ns), Infinity);
  const paths = shortestPaths(edges, from);
  return Array.from(paths, (ns) => spec.remoteNs + 2 * Math.max(0, ns - nearest));
}

/** Unloaded latencies from node `from` to every node, by index, ns; the own node's entry is the local latency. */
export function latencyRows(machine: MachineSpec): (from: number) => readonly number[] {
  const { interconnect, nodes, localNs } = machine;
  const count = nodes.length;
  const row = (from: number, of: (to: number) => number): number[] => {
    return Array.from({ length: count }, (_, to) => (to === from ? localNs : of(to)));
  };
  switch (interconnect.kind) {
    case 'none':
      return (from) => row(from, () => Infinity);
    case 'crossbar':
      return (from) => row(from, () => interconnect.remoteNs);
    case 'matrix':
      return (from) => interconnect.latencyNs[from];
    case 'ring':
    case 'mesh': {
      const hops = interconnect.kind === 'ring' ? ringHops(interconnect.oneWay, count) : meshHops(interconnect.columns);
      return (from) => row(from, (to) => interconnect.remoteNs + 2 * interconnect.hopNs * (hops(from, to) - 1));
    }
    case 'links': {
      const ids = nodes.map((node) => node.id);
      const edges = neighboursOf(interconnect, ids);
      return (from) => {
        const latencies = rowOfLinks(interconnect, edges, from);
        return row(from, (to) => latencies[to]);
      };
    }
  }
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
export function distanceRows(machine: MachineSpec): (from: number) => readonly number[] {
  const latencies = latencyRows(machine);
  return (from) => {
    const row = latencies(from);
    const local = row[from] > 0 ? row[from] : machine.localNs;
    return row.map((ns, to) => {
      if (to === from) return LOCAL_DISTANCE;
      if (!(local > 0) || !(ns > 0) || !Number.isFinite(ns)) return REMOTE_DISTANCE;
      return Math.max(LOCAL_DISTANCE, Math.round((LOCAL_DISTANCE * ns) / local));
    });
  };
}
