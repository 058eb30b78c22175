/**
 * The anonmms: exec_rmap(), dup_rmap() and exit_rmap() of anonmm. Each is counted by its mm, by every page that names it, and,
 * the head of a bundle, by its members and once by itself; it is freed when nobody counts it any more.
 */
import { invariant } from '../../base/errors.ts';
import type { KAddr } from '../../base/units.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import type { KernelParts } from '../parts.ts';
import type { AnonMms } from './sides.ts';

/** struct anonmm: count, lock, mm, head, a list_head; aligned to a line. */
const ANONMM_BYTES = 24;

export class AnonMm {
  count = 1;
  /** The first of the bundle, which has its lock. */
  readonly head: AnonMm;
  /** Ring of the bundle. */
  next: AnonMm;
  previous: AnonMm;

  constructor(
    /** From 1. */
    readonly id: number,
    readonly object: number,
    readonly at: KAddr,
    /** undefined when it is gone. */
    public mm: Mm | undefined,
    head: AnonMm | undefined,
  ) {
    this.head = head ?? this;
    this.next = this;
    this.previous = this;
  }
}

export class AnonMmBundles implements AnonMms {
  private readonly live = new Map<number, AnonMm>();
  private lastId = 0;
  private made: SlabCache | undefined;

  constructor(private readonly parts: KernelParts) {}

  of(mm: Mm): AnonMm | undefined {
    return mm.anon as AnonMm | undefined;
  }

  byId(id: number): AnonMm | undefined {
    return this.live.get(id);
  }

  enter(on: KernelCpu, mm: Mm, parent: Mm | undefined): void {
    const head = parent === undefined ? undefined : this.of(parent)?.head;
    const object = this.cache.alloc(on);
    const anon = new AnonMm(++this.lastId, object, this.cache.addressOf(object), mm, head);
    this.live.set(anon.id, anon);
    mm.anon = anon;
    on.write(anon.at);
    // A head counts itself, so that it outlives its members.
    if (head === undefined) anon.count++;
    else this.join(on, anon, head);
  }

  /** The mm goes: its pages may stay, in the mms that it forked. */
  leave(on: KernelCpu, mm: Mm): void {
    const anon = this.of(mm);
    if (anon === undefined) return;
    mm.anon = undefined;
    anon.mm = undefined;
    on.write(anon.at);
    this.release(on, anon);
  }

  hold(on: KernelCpu, anon: AnonMm): void {
    anon.count++;
    on.atomic(anon.at);
  }

  /** One reference less. */
  release(on: KernelCpu, anon: AnonMm): void {
    const { head } = anon;
    on.atomic(anon.at);
    anon.count--;
    if (anon === head) {
      // Its own reference alone is left.
      if (anon.count === 1) this.free(on, anon);
      return;
    }
    if (anon.count > 0) return;
    on.lock('anonhd.lock', head.at);
    anon.previous.next = anon.next;
    anon.next.previous = anon.previous;
    on.write(anon.previous.at);
    on.write(anon.next.at);
    on.unlock('anonhd.lock', head.at);
    this.free(on, anon);
    this.release(on, head);
  }

  /** list_add_tail() to the bundle. */
  private join(on: KernelCpu, anon: AnonMm, head: AnonMm): void {
    on.lock('anonhd.lock', head.at);
    head.count++;
    anon.next = head;
    anon.previous = head.previous;
    head.previous.next = anon;
    head.previous = anon;
    on.write(head.at);
    on.write(anon.previous.at);
    on.unlock('anonhd.lock', head.at);
  }

  private free(on: KernelCpu, anon: AnonMm): void {
    invariant(anon.mm === undefined, 'an anonmm goes before its mm', { id: anon.id });
    this.live.delete(anon.id);
    this.cache.free(on, anon.object);
  }

  private get cache(): SlabCache {
    const { lineBytes } = this.parts.profile.machine.cpu.l1d;
    return (this.made ??= this.parts.slabs.cache('anonmm', ANONMM_BYTES, lineBytes));
  }
}
