/**
 * How a message gets from node to node: for each kind of interconnect the links it takes and what a miss costs that
 * nobody delays. Nodes are counted by their place in the profile (0, 1, ...), not by id.
 *
 * remoteNs is the unloaded miss that the nearest other node of the machine serves (over the quickest single link); what
 * a path takes longer than that is added both ways.
 *
 * Ring: one way round (a request and its reply together go all the way round, so every other node is equally far), or
 * the shorter way. Mesh: columns first. Crossbar and latency matrix: out of one port and into the other. Links: the
 * quickest path (shortest-paths.ts).
 */
import { makeIssue, InputError } from '../base/errors.ts';
import type { InterconnectSpec, MachineSpec } from '../profiles/schema.ts';
import { shortestPaths, type PathTree } from './shortest-paths.ts';

/** Nodes in all the trees that are kept: 12 bytes each. */
const MAX_TREE_ENTRIES = 5_000_000;

export interface Routes {
  /** Number of directed links. */
  readonly links: number;
  /** What link `index` joins: places of nodes; -1 for the switch of a crossbar or a matrix. */
  ends(index: number): readonly [from: number, to: number];
  bandwidthMBps(index: number): number;
  /** Calls `visit` with each link of the path, in order. */
  path(from: number, to: number, visit: (link: number) => void): void;
  /** A miss of a CPU on `from` served by the memory of `to`, unloaded, ns; `from` itself: local latency. */
  missNs(from: number, to: number): number;
}

type Fabric<K extends InterconnectSpec['kind']> = Extract<InterconnectSpec, { kind: K }>;

function oneWayRing(spec: Fabric<'ring'>, nodes: number, localNs: number): Routes {
  return {
    links: nodes,
    ends: (link) => [link, (link + 1) % nodes],
    bandwidthMBps: () => spec.linkMBps,
    path: (from, to, visit) => {
      for (let at = from; at !== to; at = (at + 1) % nodes) visit(at);
    },
    missNs: (from, to) => (from === to ? localNs : spec.remoteNs),
  };
}

function twoWayRing(spec: Fabric<'ring'>, nodes: number, localNs: number): Routes {
  const clockwise = (from: number, to: number): number => (to - from + nodes) % nodes;
  const hops = (from: number, to: number): number => Math.min(clockwise(from, to), clockwise(to, from));
  return {
    links: 2 * nodes,
    ends: (link) => (link < nodes ? [link, (link + 1) % nodes] : [link - nodes, (link - nodes + nodes - 1) % nodes]),
    bandwidthMBps: () => spec.linkMBps,
    path: (from, to, visit) => {
      const up = clockwise(from, to) <= clockwise(to, from);
      for (let at = from; at !== to; at = (at + (up ? 1 : nodes - 1)) % nodes) visit(up ? at : nodes + at);
    },
    missNs: (from, to) => (from === to ? localNs : spec.remoteNs + 2 * spec.hopNs * (hops(from, to) - 1)),
  };
}

function mesh(spec: Fabric<'mesh'>, nodes: number, localNs: number): Routes {
  const columns = spec.columns;
  const step = [1, -1, columns, -columns];
  const hops = (from: number, to: number): number =>
    Math.abs((from % columns) - (to % columns)) + Math.abs(Math.floor(from / columns) - Math.floor(to / columns));
  return {
    links: 4 * nodes,
    ends: (link) => [link >> 2, (link >> 2) + step[link & 3]],
    bandwidthMBps: () => spec.linkMBps,
    path: (from, to, visit) => {
      let at = from;
      // A last row that is not full: rows first when the columns of the target row are reached from a shorter row.
      const rowFirst = Math.floor(from / columns) * columns + (to % columns) >= nodes;
      const alongRow = (): void => {
        while (at % columns !== to % columns) {
          const direction = at % columns < to % columns ? 0 : 1;
          visit(at * 4 + direction);
          at += step[direction];
        }
      };
      if (!rowFirst) alongRow();
      while (Math.floor(at / columns) !== Math.floor(to / columns)) {
        const direction = at < to ? 2 : 3;
        visit(at * 4 + direction);
        at += step[direction];
      }
      if (rowFirst) alongRow();
    },
    missNs: (from, to) => (from === to ? localNs : spec.remoteNs + 2 * spec.hopNs * (hops(from, to) - 1)),
  };
}

function ports(nodes: number, linkMBps: number, missNs: (from: number, to: number) => number): Routes {
  return {
    links: 2 * nodes,
    ends: (link) => (link < nodes ? [link, -1] : [-1, link - nodes]),
    bandwidthMBps: () => linkMBps,
    path: (from, to, visit) => {
      visit(from);
      visit(nodes + to);
    },
    missNs,
  };
}

function explicitLinks(spec: Fabric<'links'>, places: ReadonlyMap<number, number>, localNs: number): Routes {
  const ends: [number, number][] = [];
  const targets: number[] = [];
  const latency: number[] = [];
  const bandwidth: number[] = [];
  const leaving: number[][] = Array.from({ length: places.size }, () => []);
  for (const link of spec.links) {
    const from = places.get(link.from);
    const to = places.get(link.to);
    if (from === undefined || to === undefined) continue; // boot has refused it
    for (const [a, b] of [
      [from, to],
      [to, from],
    ]) {
      leaving[a].push(ends.length);
      ends.push([a, b]);
      targets.push(b);
      latency.push(link.latencyNs);
      bandwidth.push(link.bandwidthMBps);
    }
  }
  const shortest = latency.reduce((least, ns) => Math.min(least, ns), Infinity);
  /** Per source, when first asked; of very many nodes only the latest sources, so that the trees stay below 64 MB. */
  const trees = new Map<number, PathTree>();
  const treeOf = (source: number): PathTree => {
    let tree = trees.get(source);
    if (tree !== undefined) return tree;
    if (trees.size * places.size >= MAX_TREE_ENTRIES) trees.clear();
    tree = shortestPaths(leaving, targets, latency, source);
    trees.set(source, tree);
    return tree;
  };
  return {
    links: ends.length,
    ends: (link) => ends[link],
    bandwidthMBps: (link) => bandwidth[link],
    path: (from, to, visit) => {
      const { by } = treeOf(from);
      const reversed: number[] = [];
      for (let at = to; at !== from; at = ends[by[at]][0]) reversed.push(by[at]);
      for (let i = reversed.length - 1; i >= 0; i--) visit(reversed[i]);
    },
    missNs: (from, to) => (from === to ? localNs : spec.remoteNs + 2 * (treeOf(from).ns[to] - shortest)),
  };
}

/** The routes of a machine. Throws InputError where its nodes have no interconnect. */
export function makeRoutes(machine: MachineSpec): Routes {
  const { interconnect, localNs } = machine;
  const nodes = machine.nodes.length;
  switch (interconnect.kind) {
    case 'none':
      if (nodes > 1) {
        throw new InputError('', [
          makeIssue('no-interconnect', 'machine.interconnect.kind', `an interconnect for ${nodes} nodes`, 'none'),
        ]);
      }
      return ports(nodes, Infinity, () => localNs);
    case 'ring':
      return interconnect.oneWay ? oneWayRing(interconnect, nodes, localNs) : twoWayRing(interconnect, nodes, localNs);
    case 'mesh':
      return mesh(interconnect, nodes, localNs);
    case 'crossbar':
      return ports(nodes, interconnect.linkMBps, (from, to) => (from === to ? localNs : interconnect.remoteNs));
    case 'matrix':
      return ports(nodes, interconnect.linkMBps, (from, to) => interconnect.latencyNs[from][to]);
    case 'links':
      return explicitLinks(interconnect, new Map(machine.nodes.map((node, place) => [node.id, place])), localNs);
  }
}
