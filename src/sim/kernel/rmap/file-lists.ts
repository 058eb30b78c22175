/**
 * i_mmap and i_mmap_shared of a file: the vmas that map it, private ones and shared ones, each list in the order of their
 * making; a forked vma comes just before its parent's. Under i_shared_sem, which lies in the inode. Source: mm/mmap.c
 * and kernel/fork.c of 2.6.0.
 */
import { after } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { Vma } from '../mm/vma.ts';
import type { FileVmas } from './sides.ts';
import { type VmaNode, VmaRing } from './vma-ring.ts';

const HEADS_OFFSET = 32;

export interface MmapLists {
  /** i_mmap. */
  readonly priv: VmaRing;
  /** i_mmap_shared. */
  readonly shared: VmaRing;
}

/** The lists of a file, made when they are first asked for. */
export function listsOf(space: AddressSpace): MmapLists {
  const known = space.vmas as MmapLists | undefined;
  if (known !== undefined) return known;
  const at = after(space.at, HEADS_OFFSET);
  const made: MmapLists = { priv: new VmaRing(at), shared: new VmaRing(at) };
  space.vmas = made;
  return made;
}

export class FileLists implements FileVmas {
  link(on: KernelCpu, vma: Vma): void {
    const { file } = vma;
    if (file === undefined || vma.link !== undefined) return;
    const { priv, shared } = listsOf(file);
    on.lock('i_shared_sem', file.at);
    vma.link = (vma.shared ? shared : priv).append(on, vma);
    on.unlock('i_shared_sem', file.at);
  }

  linkBeside(on: KernelCpu, parent: Vma, child: Vma): void {
    const { file } = child;
    if (file === undefined || child.link !== undefined) return;
    const place = parent.link as VmaNode | undefined;
    if (place === undefined || parent.file !== file) {
      this.link(on, child);
      return;
    }
    on.lock('i_shared_sem', file.at);
    child.link = place.ring.before(on, child, place);
    on.unlock('i_shared_sem', file.at);
  }

  unlink(on: KernelCpu, vma: Vma): void {
    const { file } = vma;
    const node = vma.link as VmaNode | undefined;
    if (file === undefined || node === undefined) return;
    on.lock('i_shared_sem', file.at);
    node.ring.delete(on, node);
    on.unlock('i_shared_sem', file.at);
    vma.link = undefined;
  }
}
