/**
 * Object-based reverse map of files, as merged in 2.6.7: mapcount in struct page, and the vmas that cover a page from the
 * file's prio_tree. Nonlinear vmas are in a list of their own (nonlinear-sweep.ts): page_referenced() does not see their
 * ptes, try_to_unmap() sweeps them. Source: mm/rmap.c of 2.6.7. Deviation: trylocks of i_mmap_lock never fail.
 */
import * as C from '../../base/counters.ts';
import { after } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import { type Vma, VM_LOCKED, VM_NONLINEAR, VM_SHARED } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import { NonlinearSweep } from './nonlinear-sweep.ts';
import { countMapping } from './objrmap.ts';
import { PrioNode, PrioTree, PrioWalk } from './prio-tree.ts';
import type { UnmapResult } from './rmap.ts';
import type { FileVmas, PageSide } from './sides.ts';
import { type VmaNode, VmaRing } from './vma-ring.ts';
import { VmaWalk } from './vma-walk.ts';

const HEADS_OFFSET = 32;

/** What an address_space of 2.6.7 has of its vmas. */
export interface MmapTree {
  /** i_mmap. */
  readonly tree: PrioTree;
  /** i_mmap_nonlinear. */
  readonly nonlinear: VmaRing;
}

/** The vmas of a file, made when they are first asked for. */
export function treeOf(space: AddressSpace): MmapTree {
  const known = space.vmas as MmapTree | undefined;
  if (known !== undefined) return known;
  const made: MmapTree = { tree: new PrioTree(), nonlinear: new VmaRing(after(space.at, HEADS_OFFSET)) };
  space.vmas = made;
  return made;
}

export class FileTrees implements FileVmas {
  link(on: KernelCpu, vma: Vma): void {
    const { file } = vma;
    if (file === undefined || vma.link !== undefined) return;
    const { tree, nonlinear } = treeOf(file);
    on.lock('i_mmap_lock', file.at);
    if ((vma.flags & VM_NONLINEAR) !== 0) vma.link = nonlinear.append(on, vma);
    else vma.link = tree.insert(on, vma, vma.pgoff, vma.pgoff + vma.end - vma.start - 1);
    on.unlock('i_mmap_lock', file.at);
  }

  linkBeside(on: KernelCpu, _parent: Vma, child: Vma): void {
    this.link(on, child);
  }

  unlink(on: KernelCpu, vma: Vma): void {
    const { file } = vma;
    const entry = vma.link as VmaNode | undefined;
    if (file === undefined || entry === undefined) return;
    on.lock('i_mmap_lock', file.at);
    if (entry.ring instanceof PrioNode) treeOf(file).tree.remove(on, entry);
    else entry.ring.delete(on, entry);
    on.unlock('i_mmap_lock', file.at);
    vma.link = undefined;
  }
}

export class PrioTreeRmap implements PageSide {
  readonly vmas: FileTrees = new FileTrees();
  private readonly memMap: MemMap;
  private readonly walk: VmaWalk;
  private readonly found = new PrioWalk();
  private readonly sweep: NonlinearSweep;

  constructor(private readonly parts: KernelParts) {
    this.memMap = parts.memMap;
    this.walk = new VmaWalk(parts, { locksFirst: false, sparesYoung: true, skipsEmpty: true });
    this.sweep = new NonlinearSweep(parts);
  }

  add(on: KernelCpu, page: number): void {
    countMapping(on, this.memMap, page, FN.page_add_rmap, C.RMAP_ADDS);
  }

  remove(on: KernelCpu, page: number): void {
    countMapping(on, this.memMap, page, FN.page_remove_rmap, C.RMAP_REMOVES);
  }

  referenced(on: KernelCpu, page: number): number {
    const { memMap, walk, found } = this;
    const space = this.parts.spaces.get(memMap.mapping[page]);
    if (memMap.mapcount[page] === 0 || space === undefined) return 0;
    const outer = on.enter(FN.page_referenced);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('i_mmap_lock', space.at);
    walk.begin(page);
    this.beginTree(space, page);
    let young = 0;
    for (let vma = found.next(on); vma !== undefined; vma = found.next(on)) {
      // Nobody would get far with a page that a shared mapping has locked.
      if ((vma.flags & (VM_LOCKED | VM_SHARED)) === (VM_LOCKED | VM_SHARED)) {
        young++;
        break;
      }
      young += walk.referenced(on, page, vma);
      if (walk.left <= 0) break;
    }
    on.unlock('i_mmap_lock', space.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    return young;
  }

  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    const { memMap } = this;
    const space = this.parts.spaces.get(memMap.mapping[page]);
    if (space === undefined) return 'fail';
    const outer = on.enter(FN.try_to_unmap);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('i_mmap_lock', space.at);
    const result = this.unmapTree(on, page, space);
    if (result !== 'fail' && memMap.mapcount[page] > 0) this.sweep.sweep(on, page, treeOf(space).nonlinear);
    on.unlock('i_mmap_lock', space.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    if (memMap.mapcount[page] === 0) return 'success';
    return result === 'fail' ? 'fail' : 'again';
  }

  private unmapTree(on: KernelCpu, page: number, space: AddressSpace): UnmapResult {
    const { walk, found } = this;
    walk.begin(page);
    this.beginTree(space, page);
    for (let vma = found.next(on); vma !== undefined; vma = found.next(on)) {
      if (walk.unmap(on, page, vma) === 'fail') return 'fail';
      if (walk.left <= 0) break;
    }
    return 'success';
  }

  moved(): boolean {
    return false;
  }

  ptesOf(page: number): readonly number[] {
    const { memMap } = this;
    const ptes: number[] = [];
    const space = this.parts.spaces.get(memMap.mapping[page]);
    if (space === undefined || memMap.mapcount[page] === 0) return ptes;
    const { tree, nonlinear } = treeOf(space);
    const first = memMap.index[page] * (1 << memMap.shift);
    collectTree(tree.root, first, first + (1 << memMap.shift) - 1, (vma) => this.walk.collect(page, vma, ptes));
    for (let node = nonlinear.first; node !== undefined; node = node.next) this.sweep.collect(page, node.vma, ptes);
    return ptes;
  }

  /** The vmas that cover any piece of a page. */
  private beginTree(space: AddressSpace, page: number): void {
    const { memMap } = this;
    const first = memMap.index[page] * (1 << memMap.shift);
    this.found.begin(treeOf(space).tree, first, first + (1 << memMap.shift) - 1);
  }
}

/** Every vma below a node that meets [from, to], at no cost. */
function collectTree(node: PrioNode | undefined, from: number, to: number, found: (vma: Vma) => void): void {
  if (node === undefined || node.heap < from) return;
  if (node.radix <= to) for (let entry = node.first; entry !== undefined; entry = entry.next) found(entry.vma);
  collectTree(node.left, from, to, found);
  collectTree(node.right, from, to, found);
}
