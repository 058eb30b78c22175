/**
 * Where a page of user memory is asked for: mm/mempolicy.c of 2.6.11 (A. Kleen), for the whole run.
 *
 * first touch: the zonelist of the node of the CPU that faults. preferred: that of one node. bind: a list of its own,
 * nodes by ascending id, zones of the highest class that is there and nothing else. interleave: the (offset mod k)-th
 * node's list, where the offset counts page clusters from the start of the segment, or of the address space where memory
 * is private (there vm_pgoff is the address, do_mmap_pgoff()), so placement is the same whoever touches first. Page tables and other kernel memory do not obey it.
 */
import type { PlacementSpec } from '../../profiles/schema.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { Zone } from '../zone.ts';
import { ringFor } from '../zone-ring.ts';

/** Finds the GFP_HIGHUSER list of a node for a CPU (several zones of one type start at a place of the CPU's own). */
type ListOf = (place: number, cpu: number) => ReadyZonelist;

export class Placement {
  private readonly places: readonly number[];
  /** bind: the list, and as each CPU goes through it. */
  private readonly bound: ReadyZonelist;
  /** weighted-interleave: pages in a row of each place, and of all. */
  private readonly turns: readonly number[];
  private readonly period: number;
  private readonly rings = new Map<number, ReadyZonelist>();
  /** interleave: the lists marked as chosen by it. */
  private readonly marked = new Map<ReadyZonelist, ReadyZonelist>();

  /** `placeOf`: node id to place; `zones`: all of the machine's, by place. */
  constructor(
    private readonly spec: PlacementSpec,
    placeOf: (node: number) => number,
    zones: readonly (readonly Zone[])[],
    private readonly listOf: ListOf,
    weights: readonly { readonly node: number; readonly weight: number }[] = [],
  ) {
    const ids = spec.policy === 'first-touch' ? [] : spec.policy === 'preferred' ? [spec.node] : spec.nodes;
    this.places = [...new Set(ids)].sort((a, b) => a - b).map(placeOf);
    this.bound = boundList(this.places, zones);
    this.turns = this.places.map((place) => weights.find(({ node }) => placeOf(node) === place)?.weight ?? 1);
    this.period = this.turns.reduce((sum, weight) => sum + weight, 0);
  }

  /** The list to allocate from for cluster `offset` of a segment or address space, faulted by a CPU of node `running`. */
  list(running: number, cpu: number, offset: number): ReadyZonelist {
    switch (this.spec.policy) {
      case 'first-touch':
        return this.listOf(running, cpu);
      case 'preferred':
        return this.listOf(this.places[0], cpu);
      case 'interleave':
        return this.interleaved(this.listOf(this.places[offset % this.places.length], cpu));
      case 'weighted-interleave':
        return this.interleaved(this.listOf(this.weighted(offset), cpu));
      case 'bind':
      case 'preferred-many':
        return this.ring(cpu);
    }
  }

  private weighted(offset: number): number {
    let left = offset % this.period;
    for (const [at, place] of this.places.entries()) {
      if (left < this.turns[at]) return place;
      left -= this.turns[at];
    }
    return this.places[0];
  }

  private interleaved(list: ReadyZonelist): ReadyZonelist {
    const known = this.marked.get(list);
    if (known !== undefined) return known;
    const made = { ...list, interleaved: true };
    this.marked.set(list, made);
    return made;
  }

  private ring(cpu: number): ReadyZonelist {
    const known = this.rings.get(cpu);
    if (known !== undefined) return known;
    const ring = { ...this.bound, zones: ringFor(cpu, this.bound.zones) };
    this.rings.set(cpu, ring);
    return ring;
  }
}

/** Class of a zone, as lowmem_reserve counts. */
export const CLASS_INDEX = { DMA: 0, Normal: 1, HighMem: 2 } as const;

/** Only the highest class that the machine has obeys a policy (policy_zone). */
function boundList(places: readonly number[], zones: readonly (readonly Zone[])[]): ReadyZonelist {
  const classIndex = Math.max(...zones.flat().map((zone) => CLASS_INDEX[zone.layout.name]));
  const chosen = places.flatMap((place) => zones[place].filter((zone) => CLASS_INDEX[zone.layout.name] === classIndex));
  return { zones: chosen, classIndex };
}
