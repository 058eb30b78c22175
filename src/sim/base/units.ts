/**
 * Units. Page frame numbers and node ids are branded where they pass from block to block, since slots, clusters and places
 * of nodes are numbers that look like them: mixing them does not compile, and costs nothing at run time. Inside a block,
 * and for addresses and times, numbers are plain and named after their unit.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Page frame number: physical address / 4096, whatever the page cluster. */
export type Pfn = Branded<'Pfn'>;
/** The id that a profile gives a node; its place in the profile is another number. */
export type NodeId = Branded<'NodeId'>;

/** MMUPAGE_SIZE: what the hardware maps and the ABI counts in. */
export const FRAME_BYTES = 4096;
export const KIB = 1024;
export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;
export const FRAMES_PER_MIB = MIB / FRAME_BYTES;
export const KB_PER_FRAME = FRAME_BYTES / KIB;

/**
 * Where kernel data lies: a physical position in granules of 32 bytes counted from slot 0 of the touched frames
 * (hardware/frames.ts). 32 bytes are the shortest line, so no two structures of different lines share a granule.
 */
export type KAddr = Branded<'KAddr'>;
export const GRANULE_SHIFT = 5;
const GRANULES_SHIFT = 12 - GRANULE_SHIFT;

/** Position `offset` bytes (any, also beyond 4096 where the frames that follow have the slots that follow) into the frame of a slot. */
export const kaddr = (slot: number, offset: number): KAddr =>
  ((slot << GRANULES_SHIFT) + (offset >> GRANULE_SHIFT)) as KAddr;

/** `bytes` further on. */
export const after = (at: KAddr, bytes: number): KAddr => (at + (bytes >> GRANULE_SHIFT)) as KAddr;

export const asPfn = (value: number): Pfn => value as Pfn;
export const asNodeId = (value: number): NodeId => value as NodeId;
