/**
 * Several pte pages in one page cluster: a last-level table has 4 KiB, yet with clusters the allocator gives no less than
 * PAGE_SIZE. pgcl-2.5.63-1 wasted the rest (its known issue); with packPtePages a cluster is cut into pieces of 4 KiB, which
 * go out from the cluster that was opened last on the CPU's node, or, where no pte page can lie there, on the next node of
 * which that is not so. Each piece in use holds a reference to the cluster. The struct page's fields for one pte page
 * (->index, the list of mms) then stand for the pieces together.
 */
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';

export class PackedPtePages {
  /** Free pieces (slots) of each cluster in use, the next to go out last. */
  private readonly free = new Map<number, number[]>();
  /** Clusters with free pieces, by place of their node. */
  private readonly partial = new Map<number, number[]>();

  constructor(private readonly parts: KernelParts) {}

  /** Slot of a free piece of a cluster that is in use already, with its reference; -1 where the node has none. */
  take(on: KernelCpu): number {
    const clusters = this.partial.get(this.holderFor(on.node));
    const page = clusters?.at(-1);
    if (clusters === undefined || page === undefined) return -1;
    const pieces = this.free.get(page) ?? [];
    const slot = pieces.pop() ?? -1;
    if (pieces.length === 0) clusters.pop();
    this.parts.pages.get(on, page);
    return slot;
  }

  /** A cluster that was allocated for its first piece: the others may go out. */
  open(page: number): void {
    const { memMap } = this.parts;
    const first = memMap.slotOf(page);
    const pieces: number[] = [];
    for (let piece = (1 << memMap.shift) - 1; piece > 0; piece--) pieces.push(first + piece);
    this.free.set(page, pieces);
    this.partialOf(page).push(page);
  }

  /** A piece is not used any more; true when it was its cluster's last. */
  give(slot: number): boolean {
    const { memMap } = this.parts;
    const page = memMap.pageOf(slot);
    const pieces = this.free.get(page) ?? [];
    const clusters = this.partialOf(page);
    if (pieces.length === 0) clusters.push(page);
    pieces.push(slot);
    if (pieces.length < 1 << memMap.shift) return false;
    this.free.delete(page);
    clusters.splice(clusters.indexOf(page), 1);
    return true;
  }

  /** Place of the first node from this one on, going round, that pte pages may lie on: with highpte every one. */
  private holderFor(place: number): number {
    const { traits, zones } = this.parts;
    if (traits.highpte) return place;
    for (let at = place; at < place + zones.length; at++) {
      if (zones[at % zones.length].some(({ layout }) => layout.name !== 'HighMem')) return at % zones.length;
    }
    return place;
  }

  private partialOf(page: number): number[] {
    const node = this.parts.memMap.homeOf(page);
    let clusters = this.partial.get(node);
    if (clusters === undefined) this.partial.set(node, (clusters = []));
    return clusters;
  }
}
