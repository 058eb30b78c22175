/** Slabs and the three lists of a cache that they are on (full, partial, free): list_head of struct slab, mm/slab.c of 2.6.0. */
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';

export class Slab {
  /** First free object, -1 for none; and of each free one the next: the bufctls. */
  free = 0;
  readonly bufctls: Int16Array;
  inUse = 0;
  list: SlabList | undefined;
  next: Slab | undefined;
  previous: Slab | undefined;

  constructor(
    readonly number: number,
    readonly page: number,
    /** Where the descriptor with its bufctls lies. */
    readonly at: KAddr,
    /** Bytes from the slab's start to object 0. */
    readonly objectsAt: number,
    objects: number,
    /** Gives back a descriptor that lies outside the slab. */
    readonly freeOutside: ((on: KernelCpu) => void) | undefined,
  ) {
    this.bufctls = Int16Array.from({ length: objects }, (_, i) => (i + 1 < objects ? i + 1 : -1));
  }
}

/** A list of slabs whose head lies at `at`; a move writes the head or the neighbours' descriptors. */
export class SlabList {
  first: Slab | undefined;
  private last: Slab | undefined;

  constructor(private readonly at: KAddr) {}

  /** list_add(). */
  addFirst(on: KernelCpu, slab: Slab): void {
    on.write(this.first?.at ?? this.at);
    slab.previous = undefined;
    slab.next = this.first;
    if (this.first === undefined) this.last = slab;
    else this.first.previous = slab;
    this.first = slab;
    this.join(on, slab);
  }

  /** list_add_tail(). */
  addLast(on: KernelCpu, slab: Slab): void {
    on.write(this.last?.at ?? this.at);
    slab.next = undefined;
    slab.previous = this.last;
    if (this.last === undefined) this.first = slab;
    else this.last.next = slab;
    this.last = slab;
    this.join(on, slab);
  }

  /** list_del(). */
  remove(on: KernelCpu, slab: Slab): void {
    on.write(slab.next?.at ?? this.at);
    on.write(slab.previous?.at ?? this.at);
    if (slab.previous === undefined) this.first = slab.next;
    else slab.previous.next = slab.next;
    if (slab.next === undefined) this.last = slab.previous;
    else slab.next.previous = slab.previous;
    slab.list = undefined;
  }

  private join(on: KernelCpu, slab: Slab): void {
    on.write(this.at);
    on.write(slab.at);
    slab.list = this;
  }
}
