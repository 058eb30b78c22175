/**
 * Where a page cache's radix tree lies: lib/radix-tree.c of 2.6.0. Nodes of 64 slots from the slab radix_tree_node; as
 * many levels as the highest index needs; a lookup reads one slot a level. Which page a slot names the address_space
 * knows (a map): this class keeps the nodes, and charges what a walk touches.
 */
import { invariant } from '../../base/errors.ts';
import { after, type KAddr } from '../../base/units.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';

const MAP_SHIFT = 6;
const MAP_SIZE = 1 << MAP_SHIFT;
const POINTER_BYTES = 4;
/** count, and the slots. */
export const NODE_BYTES = POINTER_BYTES * (MAP_SIZE + 1);

class Node {
  count = 0;
  readonly slots = new Map<number, Node>();
  constructor(readonly object: number) {}
}

/**
 * Nodes that the next inserts are made with, so that none is allocated under mapping.page_lock: radix_tree_preload().
 * Deviation: 2.6.0 keeps as many on every CPU as the highest tree could need, here there are those that the insert misses.
 */
export class ReadyNodes {
  private readonly objects: number[] = [];

  constructor(readonly cache: SlabCache) {}

  /** What an insert into the tree needs is ready afterwards. May reclaim (from this very tree) and wait. */
  preload(on: KernelCpu, tree: RadixTree, index: number): void {
    while (this.objects.length < tree.missing(index)) {
      const object = this.cache.alloc(on);
      invariant(object >= 0, 'no memory for a node of the page cache', { index });
      this.objects.push(object);
    }
  }

  take(): number {
    const object = this.objects.pop();
    invariant(object !== undefined, 'a node of the page cache was not made ready', {});
    return object;
  }
}

export class RadixTree {
  private root: Node | undefined;
  private height = 0;

  /** `rootAt`: where the root lies, in the inode. */
  constructor(
    private readonly nodes: ReadyNodes,
    private readonly rootAt: () => KAddr,
  ) {}

  /** radix_tree_lookup(): reads down to the slot of an index, or as far as there are nodes. */
  lookup(on: KernelCpu, index: number): void {
    on.read(this.rootAt());
    if (index >= this.reach) return;
    let node = this.root;
    for (let level = this.height - 1; node !== undefined && level >= 0; level--) {
      on.read(this.slotAt(node, index, level));
      node = node.slots.get(slotOf(index, level));
    }
  }

  /** Nodes that insert() of an index would make. */
  missing(index: number): number {
    let height = Math.max(1, this.height);
    while (index >= 2 ** (MAP_SHIFT * height)) height++;
    if (this.root === undefined) return height;
    let node: Node | undefined = this.root;
    if (height > this.height) return height - this.height + height - 1;
    for (let level = this.height - 1; level > 0; level--) {
      node = node.slots.get(slotOf(index, level));
      if (node === undefined) return level;
    }
    return 0;
  }

  /** radix_tree_insert() of an index that is not there; missing() nodes are ready. */
  insert(on: KernelCpu, index: number): void {
    this.extend(on, index);
    let node = this.root as Node;
    for (let level = this.height - 1; level > 0; level--) {
      const slot = slotOf(index, level);
      on.read(this.slotAt(node, index, level));
      let below = node.slots.get(slot);
      if (below === undefined) {
        below = this.node(on);
        node.slots.set(slot, below);
        node.count++;
        on.write(this.slotAt(node, index, level));
      }
      node = below;
    }
    node.count++;
    on.write(this.slotAt(node, index, 0));
    on.write(this.nodes.cache.addressOf(node.object));
  }

  /** radix_tree_delete() of an index that is there; emptied nodes go, and an empty tree forgets its height. */
  remove(on: KernelCpu, index: number): void {
    const path: Node[] = [];
    let node = this.root;
    on.read(this.rootAt());
    for (let level = this.height - 1; node !== undefined && level >= 0; level--) {
      on.read(this.slotAt(node, index, level));
      path.push(node);
      node = node.slots.get(slotOf(index, level));
    }
    for (let level = 0; level < this.height; level++) {
      const each = path[path.length - 1 - level];
      each.count--;
      on.write(this.slotAt(each, index, level));
      if (each.count > 0) return;
      this.nodes.cache.free(on, each.object);
      const above = path[path.length - 2 - level];
      above?.slots.delete(slotOf(index, level + 1));
    }
    this.root = undefined;
    this.height = 0;
    on.write(this.rootAt());
  }

  /** Indices that the tree's height reaches. */
  private get reach(): number {
    return this.height === 0 ? 0 : 2 ** (MAP_SHIFT * this.height);
  }

  /** radix_tree_extend(): levels on top until the index is reached. */
  private extend(on: KernelCpu, index: number): void {
    on.read(this.rootAt());
    if (index < this.reach) return;
    let height = Math.max(1, this.height);
    while (index >= 2 ** (MAP_SHIFT * height)) height++;
    if (this.root === undefined) this.root = this.node(on);
    else {
      for (; this.height < height; this.height++) {
        const top = this.node(on);
        top.slots.set(0, this.root);
        top.count = 1;
        on.write(this.nodes.cache.addressOf(top.object));
        this.root = top;
      }
    }
    this.height = height;
    on.write(this.rootAt());
  }

  private node(on: KernelCpu): Node {
    const object = this.nodes.take();
    on.writeRange(this.nodes.cache.addressOf(object), NODE_BYTES);
    return new Node(object);
  }

  private slotAt(node: Node, index: number, level: number): KAddr {
    return after(this.nodes.cache.addressOf(node.object), POINTER_BYTES * (1 + slotOf(index, level)));
  }
}

/** Slot of an index in its node at a level; level 0 is the lowest. */
function slotOf(index: number, level: number): number {
  return Math.floor(index / 2 ** (MAP_SHIFT * level)) % MAP_SIZE;
}
