/**
 * Zonelists: which zones are tried, in which order, for requests of a class from a node. Sources: build_zonelists() of
 * 2.6.0 and 2.6.11 mm/page_alloc.c, alloc_pages_node() of 2.4.22 mm/numa.c. All zones of a node from high to low, then
 * the next node's (node-order.ts). Zones of one type stand in the order of their index; an allocation may begin at any
 * of them. Fall-back zones (no kernel had any) come after all others, in the same order.
 *
 * Deviations: a 2.4.22 zonelist holds its own node's zones only and the kernel loops over the nodes around it; here that
 * loop is part of the list.
 *
 * Without local allocation (traits.localAllocation; stock 2.4 on i386, which has no discontigmem) memory is one flat node: one
 * HighMem zone over all nodes, then Normal, then DMA. The lab keeps the zones cut at the nodes' borders, with marks of their own, and
 * makes one list of them for every CPU: type after type, the highest memory first. That is the order of the flat zone's free
 * lists after boot, since free_all_bootmem() frees highmem from low to high and each block goes to the head of its list
 * (memlist_add_head()); so memory fills node by node from the last one down, whoever asks. What the deviation loses: blocks that are freed
 * later go to the head of the flat list, wherever they lie, and here back to their node's zone.
 */
import type { NodeId } from '../../base/units.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { BootLayout, NodeLayout, Zonelist, ZoneName, ZoneRef } from './layout.ts';
import { NodeOrders } from './node-order.ts';
import { isNodeBlind } from './plan.ts';

/** layout.zonelists holds every node's lists up to this many nodes. */
export const ZONELIST_NODES = 64;

const CLASSES: readonly { readonly gfp: Zonelist['gfp']; readonly types: readonly ZoneName[] }[] = [
  { gfp: 'GFP_HIGHUSER', types: ['HighMem', 'Normal', 'DMA'] },
  { gfp: 'GFP_KERNEL', types: ['Normal', 'DMA'] },
  { gfp: 'GFP_DMA', types: ['DMA'] },
];

type Nodes = readonly Pick<NodeLayout, 'id' | 'zones' | 'startPfn'>[];

function collect(nodes: Nodes, order: readonly number[], types: readonly ZoneName[], typeFirst: boolean): ZoneRef[] {
  const first: ZoneRef[] = [];
  const last: ZoneRef[] = [];
  const add = (index: number, type: ZoneName): void => {
    const { id, zones } = nodes[index];
    for (const zone of zones) {
      if (zone.name === type) (zone.fallback ? last : first).push({ node: id, zone: type, index: zone.index });
    }
  };
  if (typeFirst) for (const type of types) for (const index of order) add(index, type);
  else for (const index of order) for (const type of types) add(index, type);
  return first.concat(last);
}

/** Makes the lists of a layout's nodes, each when it is asked for. */
export class ZonelistBuilder {
  readonly #nodes: Nodes;
  readonly #orders: NodeOrders;
  readonly #flatOrder: readonly number[] | null;

  /** `nodeBlind`: the kernel sees one flat node. */
  constructor(nodes: Nodes, orders: NodeOrders, nodeBlind: boolean) {
    this.#nodes = nodes;
    this.#orders = orders;
    const topDown = nodes.map((_, index) => index).sort((a, b) => nodes[b].startPfn - nodes[a].startPfn);
    this.#flatOrder = nodeBlind ? topDown : null;
  }

  /** The lists of the node at `index`, one for each class. */
  of(index: number): Zonelist[] {
    const order = this.#flatOrder ?? this.#orders.of(index);
    const node = this.#nodes[index].id;
    return CLASSES.map(({ gfp, types }) => {
      return { node, gfp, zones: collect(this.#nodes, order, types, this.#flatOrder !== null) };
    });
  }
}

const builders = new WeakMap<BootLayout, ZonelistBuilder>();

/**
 * The zonelists of the node with id `node`, whatever the number of nodes; empty for a node that is not there. Repeated
 * calls for one layout share their work.
 */
export function zonelistsOf(
  profile: MachineProfile,
  traits: KernelTraits,
  layout: BootLayout,
  node: NodeId,
): readonly Zonelist[] {
  const ready = layout.zonelists.filter((list) => list.node === node);
  const index = layout.nodes.findIndex(({ id }) => id === node);
  if (ready.length > 0 || index < 0) return ready;
  let builder = builders.get(layout);
  if (builder === undefined) {
    builder = new ZonelistBuilder(layout.nodes, NodeOrders.of(profile, traits), isNodeBlind(traits));
    builders.set(layout, builder);
  }
  return builder.of(index);
}
