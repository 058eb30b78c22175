/**
 * The pieces that a kernel's reverse map is put together from (make-rmap.ts): how pages of one kind are found, and what has
 * to know of vmas and address spaces as they come and go.
 */
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import type { Vma } from '../mm/vma.ts';
import type { UnmapResult } from './rmap.ts';

/** Reverse map of pages of a kind, of files or anonymous; each as in Rmap. */
export interface PageSide {
  /** Where add() needs memory: as prepareAdd() and tryPrepareAdd() of Rmap. */
  prepare?(on: KernelCpu, page: number, vma: Vma): void;
  tryPrepare?(on: KernelCpu, page: number, vma: Vma): boolean;
  add(on: KernelCpu, page: number, pte: number, vma: Vma, vpn: number): void;
  remove(on: KernelCpu, page: number, pte: number): void;
  referenced(on: KernelCpu, page: number): number;
  tryToUnmap(on: KernelCpu, page: number): UnmapResult;
  moved(on: KernelCpu, page: number, from: number, to: number, vma: Vma, vpn: number): boolean;
  ptesOf(page: number): readonly number[];
}

/** The vmas of each file: a list or a tree. */
export interface FileVmas {
  link(on: KernelCpu, vma: Vma): void;
  unlink(on: KernelCpu, vma: Vma): void;
  /** `child` is made after `parent`, and maps the file too. */
  linkBeside(on: KernelCpu, parent: Vma, child: Vma): void;
}

/** The vmas that may map each other's anonymous pages. */
export interface AnonVmas {
  prepare(on: KernelCpu, vma: Vma): void;
  fork(on: KernelCpu, parent: Vma, child: Vma): void;
  drop(on: KernelCpu, vma: Vma): void;
}

/** The address spaces that may map each other's anonymous pages. */
export interface AnonMms {
  enter(on: KernelCpu, mm: Mm, parent: Mm | undefined): void;
  leave(on: KernelCpu, mm: Mm): void;
}
