/**
 * Branded numbers: free at run time, and mixing them does not compile. Hot loops work on plain numbers inside one
 * class; the brands guard what crosses from one block to the next.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Page frame number: physical address / 4096, whatever the page cluster. */
export type Pfn = Branded<'Pfn'>;
/** Virtual address in bytes, 0 to 2^53 - 1. */
export type VirtAddr = Branded<'VirtAddr'>;
/** Virtual time or a duration, in nanoseconds. */
export type Ns = Branded<'Ns'>;
export type NodeId = Branded<'NodeId'>;
export type CpuId = Branded<'CpuId'>;

/** MMUPAGE_SIZE: what the hardware maps and the ABI counts in. */
export const FRAME_BYTES = 4096;
export const KIB = 1024;
export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;
export const FRAMES_PER_MIB = MIB / FRAME_BYTES;
export const KB_PER_FRAME = FRAME_BYTES / KIB;

export const asPfn = (value: number): Pfn => value as Pfn;
export const asVirtAddr = (value: number): VirtAddr => value as VirtAddr;
export const asNs = (value: number): Ns => value as Ns;
export const asNodeId = (value: number): NodeId => value as NodeId;
export const asCpuId = (value: number): CpuId => value as CpuId;
