/**
 * The reverse map of a kernel, put together from what its traits name: one way for pages of files, one for anonymous pages
 * (PG_anon), and what they need to hear of vmas and address spaces.
 */
import type { KernelCpu } from '../cpu.ts';
import type { MemMap } from '../mem-map.ts';
import type { Mm } from '../mm/mm.ts';
import type { Vma } from '../mm/vma.ts';
import { PG_ANON } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { AnonMmRmap } from './anonmm.ts';
import { AnonVmaRmap } from './anon-vma.ts';
import { FileLists } from './file-lists.ts';
import { NoRmap } from './none.ts';
import { ObjRmap } from './objrmap.ts';
import { PrioTreeRmap } from './prio-tree-rmap.ts';
import { PteChains } from './pte-chain.ts';
import type { Rmap, UnmapResult } from './rmap.ts';
import type { AnonMms, AnonVmas, FileVmas, PageSide } from './sides.ts';

interface Sides {
  readonly file: PageSide;
  readonly anon: PageSide;
  readonly fileVmas: FileVmas;
  readonly anonVmas?: AnonVmas;
  readonly anonMms?: AnonMms;
}

export function makeRmap(parts: KernelParts): Rmap {
  const { rmap, anonRmap } = parts.traits;
  const kind = anonRmap === rmap ? rmap : `${rmap} + ${anonRmap}`;
  return new CombinedRmap(kind, rmap !== 'none', parts.memMap, sidesOf(parts));
}

function sidesOf(parts: KernelParts): Sides {
  const { rmap, anonRmap } = parts.traits;
  if (rmap === 'none') {
    const none = new NoRmap();
    return { file: none, anon: none, fileVmas: new FileLists() };
  }
  const chains = new PteChains(parts);
  const side = anonSide(parts, anonRmap, chains);
  if (rmap === 'pte_chain') return { file: chains, fileVmas: new FileLists(), ...side };
  if (rmap === 'objrmap') {
    const file = new ObjRmap(parts, chains);
    return { file, fileVmas: file.vmas, ...side };
  }
  const file = new PrioTreeRmap(parts);
  return { file, fileVmas: file.vmas, ...side };
}

function anonSide(
  parts: KernelParts,
  kind: KernelParts['traits']['anonRmap'],
  chains: PteChains,
): Pick<Sides, 'anon' | 'anonVmas' | 'anonMms'> {
  if (kind === 'anonmm') {
    const anon = new AnonMmRmap(parts);
    return { anon, anonMms: anon.mms };
  }
  if (kind === 'anon_vma') {
    const anon = new AnonVmaRmap(parts);
    return { anon, anonVmas: anon.vmas };
  }
  return { anon: chains };
}

class CombinedRmap implements Rmap {
  constructor(
    readonly kind: string,
    readonly finds: boolean,
    private readonly memMap: MemMap,
    private readonly sides: Sides,
  ) {}

  private side(page: number): PageSide {
    return (this.memMap.flags[page] & PG_ANON) === 0 ? this.sides.file : this.sides.anon;
  }

  prepareAdd(on: KernelCpu, page: number, vma: Vma): void {
    this.side(page).prepare?.(on, page, vma);
  }

  tryPrepareAdd(on: KernelCpu, page: number, vma: Vma): boolean {
    return this.side(page).tryPrepare?.(on, page, vma) ?? true;
  }

  add(on: KernelCpu, page: number, pte: number, vma: Vma, vpn: number): void {
    this.side(page).add(on, page, pte, vma, vpn);
  }

  remove(on: KernelCpu, page: number, pte: number): void {
    this.side(page).remove(on, page, pte);
  }

  referenced(on: KernelCpu, page: number): number {
    return this.side(page).referenced(on, page);
  }

  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    return this.side(page).tryToUnmap(on, page);
  }

  moved(on: KernelCpu, page: number, from: number, to: number, vma: Vma, vpn: number): boolean {
    return this.side(page).moved(on, page, from, to, vma, vpn);
  }

  ptesOf(page: number): readonly number[] {
    return this.side(page).ptesOf(page);
  }

  linkVma(on: KernelCpu, vma: Vma): void {
    this.sides.fileVmas.link(on, vma);
  }

  unlinkVma(on: KernelCpu, vma: Vma): void {
    this.sides.fileVmas.unlink(on, vma);
  }

  dropVma(on: KernelCpu, vma: Vma): void {
    this.sides.fileVmas.unlink(on, vma);
    this.sides.anonVmas?.drop(on, vma);
  }

  prepareAnon(on: KernelCpu, vma: Vma): void {
    this.sides.anonVmas?.prepare(on, vma);
  }

  forkVma(on: KernelCpu, parent: Vma, child: Vma): void {
    this.sides.fileVmas.linkBeside(on, parent, child);
    this.sides.anonVmas?.fork(on, parent, child);
  }

  enterMm(on: KernelCpu, mm: Mm, parent: Mm | undefined): void {
    this.sides.anonMms?.enter(on, mm, parent);
  }

  leaveMm(on: KernelCpu, mm: Mm): void {
    this.sides.anonMms?.leave(on, mm);
  }
}
