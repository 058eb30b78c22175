/**
 * pte_chain elements: one L1 line each (slab "pte_chain"), a word that holds the next element and in its low bits the index
 * of the first used slot, and NRPTE slots. As columns by object number of the slab. 2.6.0 mm/rmap.c with next_and_idx.
 *
 * pte_chain_alloc(): every CPU keeps an element ready, as many as the pieces of a page cluster can need where there are such;
 * what has been used up comes from the slab before page_table_lock is taken (this may reclaim), or with GFP_ATOMIC under it.
 */
import { invariant } from '../../base/errors.ts';
import { after, type KAddr } from '../../base/units.ts';
import { type Gfp, GFP_ATOMIC_NOWARN, GFP_KERNEL } from '../alloc/gfp.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';

const PER_CPU_BYTES = 128;

export class ChainPool {
  /** NRPTE. */
  readonly slots: number;
  /** Elements that CPUs keep ready; they are no part of any chain. */
  spare = 0;
  /** Object + 1 of the element that follows; 0 for none. */
  private next = new Int32Array(256);
  /** First used slot. */
  private first = new Uint8Array(256);
  private ptes: Int32Array;
  /** Objects by CPU. */
  private readonly ready: readonly number[][];
  private readonly readyAt: KAddr;
  private readonly lineBytes: number;
  private made: SlabCache | undefined;

  constructor(private readonly parts: KernelParts) {
    const { traits, layout, profile, data } = parts;
    this.slots = traits.chainSlots;
    this.ptes = new Int32Array(256 * this.slots);
    this.lineBytes = profile.machine.cpu.l1d.lineBytes;
    const cpus = layout.nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.ready = Array.from({ length: cpus }, () => []);
    this.readyAt = data.claim(cpus * PER_CPU_BYTES);
  }

  /** Elements in chains. */
  get inUse(): number {
    return (this.made?.active ?? 0) - this.spare;
  }

  /** Sees to it that the CPU has what so many more ptes of one page can need. May wait: no spinlock is held. */
  prepare(on: KernelCpu, ptes: number): void {
    const ready = this.fill(on, ptes, GFP_KERNEL);
    invariant(ready, 'no memory for a pte_chain', { cpu: on.cpu });
  }

  /** The same without waiting; false where that takes memory that is not there. */
  tryPrepare(on: KernelCpu, ptes: number): boolean {
    return this.fill(on, ptes, GFP_ATOMIC_NOWARN);
  }

  private fill(on: KernelCpu, ptes: number, gfp: Gfp): boolean {
    on.read(this.readyAtOf(on.cpu));
    const hand = this.ready[on.cpu];
    // A pte that was direct goes into the first element too.
    const needed = Math.ceil((ptes + 1) / this.slots);
    if (hand.length >= needed) return true;
    while (hand.length < needed) {
      const element = this.cache.alloc(on, gfp);
      if (element < 0) return false;
      hand.push(element);
      this.spare++;
    }
    on.write(this.readyAtOf(on.cpu));
    return true;
  }

  /** An element that is ready, put before element `next` (+ 1; 0 for none), its slots from `first` on used. */
  take(on: KernelCpu, next: number, first: number): number {
    const element = this.ready[on.cpu].pop() ?? -1;
    invariant(element >= 0, 'no pte_chain element was made ready', { cpu: on.cpu });
    this.spare--;
    on.write(this.readyAtOf(on.cpu));
    if (element >= this.next.length) this.grow(element);
    this.next[element] = next;
    this.first[element] = first;
    return element;
  }

  free(on: KernelCpu, element: number): void {
    this.cache.free(on, element);
  }

  addressOf(element: number): KAddr {
    return this.cache.addressOf(element);
  }

  /** Element after this one, -1 for none. */
  nextOf(element: number): number {
    return this.next[element] - 1;
  }

  firstOf(element: number): number {
    return this.first[element];
  }

  setFirst(element: number, first: number): void {
    this.first[element] = first;
  }

  get(element: number, slot: number): number {
    return this.ptes[element * this.slots + slot];
  }

  set(element: number, slot: number, pte: number): void {
    this.ptes[element * this.slots + slot] = pte;
  }

  private get cache(): SlabCache {
    return (this.made ??= this.parts.slabs.cache('pte_chain', this.lineBytes, this.lineBytes));
  }

  private readyAtOf(cpu: number): KAddr {
    return after(this.readyAt, cpu * PER_CPU_BYTES);
  }

  private grow(element: number): void {
    const size = 2 ** Math.ceil(Math.log2(element + 1));
    const next = new Int32Array(size);
    next.set(this.next);
    this.next = next;
    const first = new Uint8Array(size);
    first.set(this.first);
    this.first = first;
    const ptes = new Int32Array(size * this.slots);
    ptes.set(this.ptes);
    this.ptes = ptes;
  }
}
