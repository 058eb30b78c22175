/**
 * Memory lost to page clusters being larger than what is in them: bytes of clusters in use that no pte and no byte of a
 * file uses. Source: the internal fragmentation that pgcl's critics named (W. L. Irwin's pgcl, 2003). With 4 KiB pages only
 * the ends of files are lost. Left out: huge pages, and anonymous clusters that no pte maps (in the swap cache).
 */
import { FRAME_BYTES } from '../../base/units.ts';
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { Kernel } from '../kernel.ts';
import { OWNER } from '../page-flags.ts';

/** Unused bytes by what the clusters are for. */
export interface Fragmentation {
  readonly anonymous: number;
  readonly pageCache: number;
  readonly pageTables: number;
}

export function fragmentation(kernel: Kernel): Fragmentation {
  const { tables, ptePages } = kernel;
  return {
    anonymous: unmappedBytes(kernel),
    pageCache: beyondFiles(kernel),
    pageTables: tables.pages.kilobytes * 1024 - ptePages.inUse * FRAME_BYTES,
  };
}

/** Frames without a pte of anonymous clusters that have one, in bytes. */
function unmappedBytes({ ptePages, memMap }: Kernel): number {
  if (memMap.shift === 0) return 0;
  const frames = 1 << memMap.shift;
  const used = new Set<number>();
  const clusters = new Set<number>();
  for (let ptePage = 0; ptePage < ptePages.slots.length; ptePage++) {
    if (ptePages.sharers[ptePage] === 0 || ptePages.present[ptePage] === 0) continue;
    const first = ptePage * ptePages.entries;
    for (let pte = first; pte < first + ptePages.entries; pte++) {
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) === 0) continue;
      const slot = pteNumber(value);
      const page = memMap.pageOf(slot);
      if (memMap.owner[page] !== OWNER.anonymous) continue;
      used.add(slot);
      clusters.add(page);
    }
  }
  return (clusters.size * frames - used.size) * FRAME_BYTES;
}

/** Bytes of page-cache clusters beyond the ends of their files and segments. */
function beyondFiles({ spaces, memMap }: Kernel): number {
  const clusterBytes = FRAME_BYTES << memMap.shift;
  let bytes = 0;
  for (const space of spaces.values()) {
    if (space.kind !== 'file' && space.kind !== 'shm') continue;
    const last = Math.floor(space.bytes / clusterBytes);
    if (space.pages.has(last)) bytes += clusterBytes - (space.bytes - last * clusterBytes);
  }
  return bytes;
}
