/**
 * prio_tree of 2.6.7 (R. Venkatesan; lib/prio_tree.c, mm/prio_tree.c): the vmas of a file by the interval of pages [start,
 * last] that each maps. A heap by `last` whose shape is a radix tree by `start`: a node's children map nothing behind its
 * `last`; which of the two a key belongs under is the next bit of its `start`, from the highest of index_bits down, and
 * where those are used up, of its length. So the intervals that hold a page are found in O(log n + m): a subtree ends where
 * its top ends before the page, and a right one is passed over where all of it starts behind. vmas of equal intervals
 * share a node. Nodes lie in the vma that is first in the node: each look at one is a reference to that vma.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Vma } from '../mm/vma.ts';
import { linksOf, type VmaNode, VmaRing } from './vma-ring.ts';

/** Vmas that map the same pages of a file. */
export class PrioNode extends VmaRing {
  left: PrioNode | undefined;
  right: PrioNode | undefined;
  parent: PrioNode | undefined;

  constructor(
    /** First page that it maps: radix_index. */
    readonly radix: number,
    /** Last page: heap_index. */
    readonly heap: number,
    vma: Vma,
  ) {
    super(linksOf(vma));
  }

  /** GET_INDEX(): page offset and length are in the first vma's struct. */
  look(on: KernelCpu): void {
    const { first } = this;
    if (first === undefined) return;
    on.read(linksOf(first.vma));
    on.read(first.vma.at);
  }

  /** A link of the node changes. */
  touch(on: KernelCpu): void {
    on.write(this.at);
  }

  /** The node lies in what is now its first vma. */
  settle(): void {
    if (this.first !== undefined) this.at = linksOf(this.first.vma);
  }
}

export class PrioTree {
  root: PrioNode | undefined;
  /** index_bits: bits that every `last` fits into. */
  private bits = 1;

  /** vma_prio_tree_insert(): enters a vma that maps [start, last]. */
  insert(on: KernelCpu, vma: Vma, start: number, last: number): VmaNode {
    const fresh = new PrioNode(start, last, vma);
    const node = this.place(on, fresh);
    const entry = node.append(on, vma);
    node.settle();
    return entry;
  }

  /** vma_prio_tree_remove(). */
  remove(on: KernelCpu, entry: VmaNode): void {
    const node = entry.ring;
    invariant(node instanceof PrioNode, 'a vma of a prio_tree is in none', {});
    if (node.size === 1) this.removeNode(on, node);
    node.delete(on, entry);
    node.settle();
  }

  /** prio_tree_insert(): the node itself, or the one that is there for the same interval. */
  private place(on: KernelCpu, fresh: PrioNode): PrioNode {
    if (this.root === undefined || fresh.heap > maxIndex(this.bits)) return this.expand(on, fresh);
    let node = fresh;
    let cur = this.root;
    let byLength = false;
    for (let mask = 2 ** (this.bits - 1); ;) {
      cur.look(on);
      if (cur.radix === node.radix && cur.heap === node.heap) return cur;
      if (cur.heap < node.heap || (cur.heap === node.heap && cur.radix > node.radix)) {
        this.replace(on, cur, node);
        [cur, node] = [node, cur];
      }
      const index = byLength ? node.heap - node.radix : node.radix;
      const right = Math.floor(index / mask) % 2 === 1;
      const child = right ? cur.right : cur.left;
      if (child === undefined) {
        if (right) cur.right = node;
        else cur.left = node;
        node.parent = cur;
        node.left = undefined;
        node.right = undefined;
        cur.touch(on);
        node.touch(on);
        return fresh;
      }
      cur = child;
      mask /= 2;
      if (mask >= 1) continue;
      invariant(!byLength, 'a prio_tree is too deep for its index_bits', { bits: this.bits });
      mask = 2 ** (this.bits - 1);
      byLength = true;
    }
  }

  /**
   * prio_tree_expand(): the node becomes the root of a tree with more bits. For each bit more but one, the top of the
   * old tree moves to a spine on the left, since its starts have a 0 there.
   */
  private expand(on: KernelCpu, node: PrioNode): PrioNode {
    if (node.heap > maxIndex(this.bits)) this.bits++;
    let last = node;
    while (node.heap > maxIndex(this.bits)) {
      this.bits++;
      const top = this.root;
      if (top === undefined) continue;
      this.removeNode(on, top);
      last.left = top;
      top.parent = last;
      top.touch(on);
      last = top;
    }
    if (this.root !== undefined) {
      last.left = this.root;
      this.root.parent = last;
      this.root.touch(on);
    }
    this.root = node;
    node.touch(on);
    return node;
  }

  /** prio_tree_replace(): `node` takes the place of `old`, which is out of the tree then. */
  private replace(on: KernelCpu, old: PrioNode, node: PrioNode): void {
    const { parent, left, right } = old;
    node.parent = parent;
    node.left = left;
    node.right = right;
    if (parent === undefined) this.root = node;
    else if (parent.left === old) parent.left = node;
    else parent.right = node;
    if (left !== undefined) left.parent = node;
    if (right !== undefined) right.parent = node;
    parent?.touch(on);
    left?.touch(on);
    right?.touch(on);
    node.touch(on);
    old.parent = undefined;
    old.left = undefined;
    old.right = undefined;
  }

  /** prio_tree_remove(): along the larger children down to a leaf, which goes; every node of the path moves up one. */
  private removeNode(on: KernelCpu, node: PrioNode): void {
    let leaf = node;
    for (let next = larger(on, leaf); next !== undefined; next = larger(on, leaf)) leaf = next;
    if (leaf.parent === undefined) {
      this.root = undefined;
      this.bits = 1;
      return;
    }
    let above: PrioNode = leaf.parent;
    if (above.left === leaf) above.left = undefined;
    else above.right = undefined;
    above.touch(on);
    leaf.parent = undefined;
    for (let cur = leaf; cur !== node;) {
      const old = above;
      const { parent } = old;
      this.replace(on, old, cur);
      cur = old;
      if (cur !== node) {
        invariant(parent !== undefined, 'a prio_tree node has lost its way up', {});
        above = parent;
      }
    }
  }

  get indexBits(): number {
    return this.bits;
  }
}

const maxIndex = (bits: number): number => 2 ** bits - 1;

/** The child with the larger heap index, the left one of equals. */
function larger(on: KernelCpu, node: PrioNode): PrioNode | undefined {
  const { left, right } = node;
  left?.look(on);
  right?.look(on);
  if (left === undefined || right === undefined) return left ?? right;
  return left.heap >= right.heap ? left : right;
}

/** vma_prio_tree_next(): the vmas whose intervals meet [from, to], in preorder. One walk at a time. */
export class PrioWalk {
  private readonly nodes: PrioNode[] = [];
  /** Least `start` that a subtree can hold, by node of the stack, and the bit that its top decides (0: by length). */
  private readonly values: number[] = [];
  private readonly masks: number[] = [];
  private from = 0;
  private to = 0;
  private entry: VmaNode | undefined;

  begin(tree: PrioTree, from: number, to: number): void {
    this.nodes.length = 0;
    this.values.length = 0;
    this.masks.length = 0;
    this.from = from;
    this.to = to;
    this.entry = undefined;
    if (tree.root !== undefined) this.push(tree.root, 0, 2 ** (tree.indexBits - 1));
  }

  next(on: KernelCpu): Vma | undefined {
    if (this.entry?.next !== undefined) {
      this.entry = this.entry.next;
      return this.entry.vma;
    }
    this.entry = undefined;
    for (let node = this.nodes.pop(); node !== undefined; node = this.nodes.pop()) {
      const value = this.values.pop() ?? 0;
      const mask = this.masks.pop() ?? 0;
      node.look(on);
      const meets = node.heap >= this.from && node.radix <= this.to;
      if (node.heap >= this.from) this.pushChildren(node, value, mask);
      if (meets && node.first !== undefined) {
        this.entry = node.first;
        return this.entry.vma;
      }
      on.count(C.RMAP_STEPS);
    }
    return undefined;
  }

  private pushChildren(node: PrioNode, value: number, mask: number): void {
    const below = mask >= 1 ? Math.floor(mask / 2) : 0;
    const rightValue = value + mask;
    if (node.right !== undefined && rightValue <= this.to) this.push(node.right, rightValue, below);
    if (node.left !== undefined) this.push(node.left, value, below);
  }

  private push(node: PrioNode, value: number, mask: number): void {
    this.nodes.push(node);
    this.values.push(value);
    this.masks.push(mask);
  }
}
