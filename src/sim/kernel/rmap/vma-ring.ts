/**
 * A list of vmas: list_head in an object that has many vmas (address_space, anon_vma) and in each vma. Walks read a vma's
 * struct at two places: its bounds lie in the first 32 bytes (vm_start at 4, vm_end at 8), its links and vm_pgoff in the next
 * (shared at 40, vm_pgoff at 52; vm_area_struct of 2.6.0, i386). Deviation: 2.6.7's struct is 84 bytes; here it lies in 64 too.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Vma } from '../mm/vma.ts';

const LINKS_OFFSET = 32;

/** Where a vma's links and page offset lie. */
export const linksOf = (vma: Vma): KAddr => after(vma.at, LINKS_OFFSET);

/** A vma's place in a list. */
export interface VmaNode {
  readonly vma: Vma;
  readonly ring: VmaRing;
  next: VmaNode | undefined;
  previous: VmaNode | undefined;
  /** vm_private_data of a nonlinear vma: how far page replacement has swept it, in pages. */
  cursor: number;
}

export class VmaRing {
  first: VmaNode | undefined;
  last: VmaNode | undefined;
  /** vmas in it. */
  size = 0;

  constructor(
    /** Where the head lies. */
    protected at: KAddr,
  ) {}

  /** list_add_tail(). */
  append(on: KernelCpu, vma: Vma): VmaNode {
    return this.insert(on, vma, this.last);
  }

  /** list_add(). */
  prepend(on: KernelCpu, vma: Vma): VmaNode {
    return this.insert(on, vma, undefined);
  }

  /** list_add_tail() with a member for a head: just before it. */
  before(on: KernelCpu, vma: Vma, place: VmaNode): VmaNode {
    return this.insert(on, vma, place.previous);
  }

  /** list_del(). */
  delete(on: KernelCpu, node: VmaNode): void {
    const { next, previous } = node;
    on.read(linksOf(node.vma));
    on.write(this.addressOf(previous));
    on.write(this.addressOf(next));
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    this.size--;
  }

  private insert(on: KernelCpu, vma: Vma, previous: VmaNode | undefined): VmaNode {
    const next = previous === undefined ? this.first : previous.next;
    const node: VmaNode = { vma, ring: this, next, previous, cursor: 0 };
    on.write(linksOf(vma));
    on.write(this.addressOf(previous));
    on.write(this.addressOf(next));
    if (previous === undefined) this.first = node;
    else previous.next = node;
    if (next === undefined) this.last = node;
    else next.previous = node;
    this.size++;
    return node;
  }

  /** The links of a node; of none, the head's. */
  private addressOf(node: VmaNode | undefined): KAddr {
    return node === undefined ? this.at : linksOf(node.vma);
  }
}
