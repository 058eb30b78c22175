/** Shortest paths from one node over directed links: Dijkstra with a binary heap that knows where each node stands in it. */

export interface PathTree {
  /** The link by which each node is reached; -1 for the source and for what no link leads to. */
  readonly by: Int32Array;
  /** The time to each node, ns; Infinity where no link leads. */
  readonly ns: Float64Array;
}

/** `leaving`: of each node its links, which lead to `ends[link]` in `latency[link]` ns. Ties go to the lower node. */
export function shortestPaths(
  leaving: readonly (readonly number[])[],
  ends: readonly number[],
  latency: readonly number[],
  source: number,
): PathTree {
  const count = leaving.length;
  const by = new Int32Array(count).fill(-1);
  const ns = new Float64Array(count).fill(Infinity);
  const heap = new Int32Array(count);
  /** Where in the heap each node stands; -1 outside it. */
  const place = new Int32Array(count).fill(-1);
  let size = 0;
  const before = (a: number, b: number): boolean => ns[a] < ns[b] || (ns[a] === ns[b] && a < b);
  const put = (node: number, at: number): void => {
    heap[at] = node;
    place[node] = at;
  };
  const rise = (node: number, from: number): void => {
    let at = from;
    for (let up = (at - 1) >> 1; at > 0 && before(node, heap[up]); up = (at - 1) >> 1) {
      put(heap[up], at);
      at = up;
    }
    put(node, at);
  };
  const sink = (node: number): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], node)) break;
      put(heap[child], at);
      at = child;
    }
    put(node, at);
  };
  ns[source] = 0;
  put(source, size++);
  while (size > 0) {
    const at = heap[0];
    place[at] = -1;
    const last = heap[--size];
    if (size > 0) sink(last);
    for (const link of leaving[at]) {
      const to = ends[link];
      const time = ns[at] + latency[link];
      if (time >= ns[to]) continue;
      ns[to] = time;
      by[to] = link;
      rise(to, place[to] < 0 ? size++ : place[to]);
    }
  }
  return { by, ns };
}
