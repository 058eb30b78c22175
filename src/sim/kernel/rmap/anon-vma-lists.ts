/**
 * The anon_vma objects and which vmas are on their lists: anon_vma_prepare(), anon_vma_link(), anon_vma_unlink() of 2.6.7
 * mm/rmap.c. A vma gets one before its first anonymous page; it takes that of a neighbour with which it could be
 * merged, so that having one does not keep them apart. The last vma that leaves frees it.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import { type Vma, VM_EXEC, VM_READ, VM_WRITE } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import type { AnonVmas } from './sides.ts';
import { type VmaNode, VmaRing } from './vma-ring.ts';

/** struct anon_vma: a lock and a list_head. */
const ANON_VMA_BYTES = 12;
const VM_RIGHTS = VM_READ | VM_WRITE | VM_EXEC;

export class AnonVma {
  readonly ring: VmaRing;

  constructor(
    /** From 1. */
    readonly id: number,
    /** Its object in the slab. */
    readonly object: number,
    readonly at: KAddr,
  ) {
    this.ring = new VmaRing(at);
  }
}

export class AnonVmaLists implements AnonVmas {
  private readonly live = new Map<number, AnonVma>();
  /** Place of each vma in its list. */
  private readonly nodes = new Map<Vma, VmaNode>();
  private lastId = 0;
  private made: SlabCache | undefined;

  constructor(private readonly parts: KernelParts) {}

  /** The anon_vma of a vma, if it has one. */
  of(vma: Vma): AnonVma | undefined {
    return vma.anon as AnonVma | undefined;
  }

  byId(id: number): AnonVma | undefined {
    return this.live.get(id);
  }

  prepare(on: KernelCpu, vma: Vma): void {
    on.read(after(vma.at, 32));
    if (vma.anon !== undefined) return;
    const anon = this.mergeable(on, vma) ?? this.make(on);
    on.lock('page_table_lock', vma.mm.at);
    this.enter(on, vma, anon);
    on.unlock('page_table_lock', vma.mm.at);
  }

  fork(on: KernelCpu, parent: Vma, child: Vma): void {
    const anon = this.of(parent);
    if (anon !== undefined && child.anon === undefined) this.enter(on, child, anon);
  }

  drop(on: KernelCpu, vma: Vma): void {
    const anon = this.of(vma);
    const node = this.nodes.get(vma);
    if (anon === undefined || node === undefined) return;
    on.lock('anon_vma.lock', anon.at);
    anon.ring.delete(on, node);
    on.unlock('anon_vma.lock', anon.at);
    this.nodes.delete(vma);
    vma.anon = undefined;
    if (anon.ring.size > 0) return;
    this.live.delete(anon.id);
    this.cache.free(on, anon.object);
  }

  private enter(on: KernelCpu, vma: Vma, anon: AnonVma): void {
    on.lock('anon_vma.lock', anon.at);
    vma.anon = anon;
    this.nodes.set(vma, anon.ring.prepend(on, vma));
    on.unlock('anon_vma.lock', anon.at);
  }

  private make(on: KernelCpu): AnonVma {
    const object = this.cache.alloc(on);
    const anon = new AnonVma(++this.lastId, object, this.cache.addressOf(object));
    on.write(anon.at);
    this.live.set(anon.id, anon);
    return anon;
  }

  /** find_mergeable_anon_vma(): of the vma that follows, then of the one before. */
  private mergeable(on: KernelCpu, vma: Vma): AnonVma | undefined {
    const { vmas } = vma.mm;
    const index = vma.mm.indexAbove(vma.start);
    const next = vmas[index + 1];
    if (next !== undefined) {
      on.read(next.at);
      if (couldMerge(vma, next)) return this.of(next);
    }
    const before = vmas[index - 1];
    if (before === undefined) return undefined;
    on.read(before.at);
    return couldMerge(before, vma) ? this.of(before) : undefined;
  }

  private get cache(): SlabCache {
    return (this.made ??= this.parts.slabs.cache('anon_vma', ANON_VMA_BYTES));
  }
}

/** Neighbours that differ in nothing but their rights, which mprotect may make equal. */
function couldMerge(lower: Vma, upper: Vma): boolean {
  return (
    lower.end === upper.start &&
    lower.file === upper.file &&
    ((lower.flags ^ upper.flags) & ~VM_RIGHTS) === 0 &&
    lower.pgoff + (lower.end - lower.start) === upper.pgoff
  );
}
