/**
 * In which order the nodes stand in each node's zonelists. Sources: mm/numa.c of 2.4.22 (an outer loop over the nodes
 * from the local one to the last, then from the first), build_zonelists() of 2.6.0 (local node, then by number, wrapping)
 * and of 2.6.11 (by distance, with node_load to spread the first of each distance). In effect the first two are one
 * rotation; they differ in how marks are kept along the list.
 *
 * 2.6.11 scales a candidate's value by N x MAX_NUMNODES so that node_load only breaks ties; here ties are broken
 * outright, which is the same as long as node_load stays below that (it does for N <= MAX_NUMNODES).
 */
import { distanceRows } from './distance.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';

/** A node's distances by index. */
export type DistanceRows = (from: number) => readonly number[];

/**
 * Orders are made on demand. Those of 2.6.11 depend on node_load[], which persists from list to list in the order of
 * the nodes' ids: asking for a node makes the orders of all nodes before it, once.
 */
export class NodeOrders {
  readonly #byId: readonly number[];
  readonly #placeOf: readonly number[];
  readonly #hasCpus: readonly boolean[];
  readonly #distances: DistanceRows | null;
  readonly #orders: Uint16Array[] = [];
  readonly #load: Float64Array;

  /** `nodes` in the profile's order; `distances` for the order of 2.6.11, null for the rotation. */
  constructor(nodes: readonly { readonly id: number; readonly cpus: number }[], distances: DistanceRows | null) {
    const byId = nodes.map((_, index) => index).sort((a, b) => nodes[a].id - nodes[b].id);
    const placeOf = new Array<number>(nodes.length);
    for (const [place, index] of byId.entries()) placeOf[index] = place;
    this.#byId = byId;
    this.#placeOf = placeOf;
    this.#hasCpus = byId.map((index) => nodes[index].cpus > 0);
    this.#distances = distances;
    this.#load = new Float64Array(nodes.length);
  }

  static of(profile: MachineProfile, traits: KernelTraits): NodeOrders {
    const byDistance = traits.zonelistOrder === '2.6.11';
    return new NodeOrders(profile.machine.nodes, byDistance ? distanceRows(profile.machine) : null);
  }

  /** Indices of the nodes in the order in which `index`'s zonelists have them, itself first. */
  of(index: number): number[] {
    const place = this.#placeOf[index];
    return Array.from(this.#distances === null ? this.#rotation(place) : this.#byDistance(place), (p) => this.#byId[p]);
  }

  #rotation(local: number): number[] {
    const count = this.#byId.length;
    return Array.from({ length: count }, (_, step) => (local + step) % count);
  }

  #byDistance(place: number): Uint16Array {
    while (this.#orders.length <= place) this.#orders.push(this.#next(this.#orders.length));
    return this.#orders[place];
  }

  /** The list of the next node, and what it adds to node_load. */
  #next(local: number): Uint16Array {
    const count = this.#byId.length;
    const row = this.#distances?.(this.#byId[local]) ?? [];
    const distance = this.#byId.map((index) => row[index]);
    const value = distance.map((far, place) => far + (this.#hasCpus[place] ? 1 : 0));
    // Sorting keys: rank of the value, then node_load (under N^2 + 1), then steps from the local node; under 2^49.
    const ranks = new Map([...new Set(value)].sort((a, b) => a - b).map((v, rank) => [v, rank]));
    const keys = new Float64Array(count - 1);
    for (let step = 1; step < count; step++) {
      const place = (local + step) % count;
      const rank = ranks.get(value[place]) ?? 0;
      keys[step - 1] = (rank * (count * count + 1) + this.#load[place]) * count + step;
    }
    keys.sort();
    const order = new Uint16Array(count);
    order[0] = local;
    let before = distance[local];
    for (let pick = 1; pick < count; pick++) {
      const place = (local + (keys[pick - 1] % count)) % count;
      order[pick] = place;
      if (distance[place] !== before) this.#load[place] += count - pick;
      before = distance[place];
    }
    return order;
  }
}
