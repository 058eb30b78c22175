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
type DistanceRows = (from: number) => ArrayLike<number>;

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
    const distance = new Float64Array(count);
    const value = new Float64Array(count);
    for (let place = 0; place < count; place++) {
      distance[place] = row[this.#byId[place]];
      value[place] = distance[place] + (this.#hasCpus[place] ? 1 : 0);
    }
    const keys = this.#keys(local, value);
    const order = new Uint16Array(count);
    order[0] = local;
    let before = distance[local];
    for (let pick = 1; pick < count; pick++) {
      const key = keys[pick - 1];
      // The remainder by hand: % of doubles this large is ten times slower.
      const step = key - Math.floor(key / count) * count;
      const place = local + step < count ? local + step : local + step - count;
      order[pick] = place;
      if (distance[place] !== before) this.#load[place] += count - pick;
      before = distance[place];
    }
    return order;
  }

  /** Keys of the other nodes in their order: value, then node_load, then steps from `local`, in one number below 2^53. */
  #keys(local: number, value: Float64Array): Float64Array {
    const count = value.length;
    const load = this.#load;
    const loads = largest(load) + 1;
    const fits = (largest(value) + 1) * loads * count < Number.MAX_SAFE_INTEGER;
    const ranked = fits ? value : ranksOf(value);
    const keys = new Float64Array(count - 1);
    for (let step = 1; step < count; step++) {
      const place = (local + step) % count;
      keys[step - 1] = (ranked[place] * loads + load[place]) * count + step;
    }
    return keys.sort();
  }
}

function largest(numbers: Float64Array): number {
  let most = 0;
  for (let at = 0; at < numbers.length; at++) if (numbers[at] > most) most = numbers[at];
  return most;
}

/** Each value's rank among the distinct values. */
function ranksOf(values: Float64Array): Float64Array {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const ranks = new Map(distinct.map((value, rank) => [value, rank]));
  return values.map((value) => ranks.get(value) ?? 0);
}
