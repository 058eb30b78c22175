/** Sets of nodes as calls are given them: ids in any order, some of them twice or not on the machine. */
import type { BootLayout } from '../boot/layout.ts';

/** Ascending, each once. */
export function ascending(nodes: readonly number[]): readonly number[] {
  return [...new Set(nodes)].sort((a, b) => a - b);
}

/** Nodes of node_online_map: those of the machine, with memory or without. */
export function online(layout: BootLayout, nodes: readonly number[]): readonly number[] {
  return nodes.filter((id) => layout.nodes.some((node) => node.id === id));
}
