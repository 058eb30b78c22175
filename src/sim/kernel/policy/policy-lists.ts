/**
 * From a memory policy to a zonelist: zonelist_policy(), bind_zonelist(), offset_il_node() and interleave_nodes() of
 * mm/mempolicy.c, 2.6.11. preferred: the node's own list. bind: a list of its nodes' zones and nothing else, nodes by
 * ascending id, each from its highest zone down. interleave: the list of the (offset mod k)-th node, or of the next one in
 * turn. weighted-interleave: the same with so many pages of a node in a row. preferred-many: the local list, its nodes' zones
 * moved to the front.
 *
 * Deviations: preferred-many is one walk over that list, where the kernel asks twice (the second time for all nodes);
 * from 2.6.26 on bind walks the local node's list and skips others, here it stays as 2.6.11 has it.
 */
import type { KernelCpu } from '../cpu.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { Task } from '../task.ts';
import { KeptLists } from './kept-lists.ts';
import type { MemPolicy } from './mempolicy.ts';
import { readyList, zonesDown, type ZonesByPlace } from './zone-class.ts';

/** Finds the GFP_HIGHUSER list of a node for a CPU (several zones of one type start at a place of the CPU's own). */
export type ListOf = (place: number, cpu: number) => ReadyZonelist;

export interface Weight {
  readonly node: number;
  readonly weight: number;
}

/** A policy with its nodes by place. */
interface Turns {
  readonly places: readonly number[];
  /** Pages in a row of each place, and of all places together. */
  readonly weights: readonly number[];
  readonly period: number;
}

export class PolicyLists {
  private readonly turns = new WeakMap<MemPolicy, Turns>();
  private readonly kept = new KeptLists();
  /** Nodes' lists marked as chosen by interleave. */
  private readonly marked = new WeakMap<ReadyZonelist, ReadyZonelist>();

  /** `placeOf`: node id to place; `weights`: of weighted-interleave, 1 where a node is not named. */
  constructor(
    private readonly zones: ZonesByPlace,
    private readonly placeOf: (node: number) => number,
    private readonly listOf: ListOf,
    private readonly weights: readonly Weight[],
  ) {}

  local(on: KernelCpu): ReadyZonelist {
    return this.listOf(on.node, on.cpu);
  }

  /** The list for page `offset` (clusters) of a mapping, a segment or an address space. */
  at(on: KernelCpu, policy: MemPolicy, offset: number): ReadyZonelist {
    const { mode } = policy;
    if (mode === 'interleave' || mode === 'weighted-interleave') {
      return this.interleaved(on, placeAt(this.turnsOf(policy), offset));
    }
    return this.fixed(on, policy);
  }

  /** The list for a page that has no offset: interleave goes from node to node in turn, by task. */
  inTurn(on: KernelCpu, policy: MemPolicy, task: Task): ReadyZonelist {
    const { mode } = policy;
    if (mode === 'interleave' || mode === 'weighted-interleave') return this.interleaved(on, this.next(policy, task));
    return this.fixed(on, policy);
  }

  /** interleave_nodes(): whose turn it is in the task's policy (il_next), which then goes on. */
  next(policy: MemPolicy, task: Task): number {
    const { places, weights } = this.turnsOf(policy);
    const turn = task.ilNext % places.length;
    task.ilGiven++;
    if (task.ilGiven >= weights[turn]) {
      task.ilGiven = 0;
      task.ilNext = (turn + 1) % places.length;
    }
    return places[turn];
  }

  /** Place of the node that a policy chooses for `offset`; -1: the local one. */
  nodeAt(policy: MemPolicy, offset: number): number {
    return policy.nodes.length === 0 ? -1 : placeAt(this.turnsOf(policy), offset);
  }

  /** Places of a policy's nodes by ascending id. */
  placesOf(policy: MemPolicy): readonly number[] {
    return this.turnsOf(policy).places;
  }

  private fixed(on: KernelCpu, policy: MemPolicy): ReadyZonelist {
    const { places } = this.turnsOf(policy);
    switch (policy.mode) {
      case 'bind':
        return this.kept.get(policy, 0, on.cpu) ?? this.kept.keep(policy, 0, on.cpu, this.bound(places, on.cpu));
      case 'preferred-many': {
        const { node, cpu } = on;
        return this.kept.get(policy, node, cpu) ?? this.kept.keep(policy, node, cpu, this.many(places, node, cpu));
      }
      default:
        return places.length === 0 ? this.local(on) : this.listOf(places[0], on.cpu);
    }
  }

  private bound(places: readonly number[], cpu: number): ReadyZonelist {
    return readyList(zonesDown(this.zones, places), cpu);
  }

  private many(places: readonly number[], running: number, cpu: number): ReadyZonelist {
    const { zones } = this.listOf(running, cpu);
    const wanted = zones.filter(({ place }) => places.includes(place));
    return readyList([...wanted, ...zones.filter(({ place }) => !places.includes(place))], cpu);
  }

  private interleaved(on: KernelCpu, place: number): ReadyZonelist {
    const list = this.listOf(place, on.cpu);
    const known = this.marked.get(list);
    if (known !== undefined) return known;
    const made = { ...list, interleaved: true };
    this.marked.set(list, made);
    return made;
  }

  private turnsOf(policy: MemPolicy): Turns {
    const known = this.turns.get(policy);
    if (known !== undefined) return known;
    const weighted = policy.mode === 'weighted-interleave';
    const places = policy.nodes.map((node) => this.placeOf(node));
    const weights = policy.nodes.map(
      (id) => (weighted ? this.weights.find(({ node }) => node === id)?.weight : 1) ?? 1,
    );
    const made = { places, weights, period: weights.reduce((sum, weight) => sum + weight, 0) };
    this.turns.set(policy, made);
    return made;
  }
}

/** offset_il_node(): whose page `offset` is. */
function placeAt({ places, weights, period }: Turns, offset: number): number {
  let left = offset % period;
  for (let i = 0; i < places.length; i++) {
    left -= weights[i];
    if (left < 0) return places[i];
  }
  return places[0];
}
