/**
 * What the patterns have in common: threads or processes on the workload's CPUs, an array in their address space, and
 * records made from nothing but seed and position, so that any part of a stream can be read at any time.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES, MIB } from '../base/units.ts';
import { REGION_HIGH_SHIFT, SIZE_SHIFT } from './trace.ts';
import { type UserSpace, isBounded } from './user-space.ts';
import type { AddressSpaceSpec, PatternWorkload, Program, ReferenceStream } from './workload.ts';

interface PatternRequest {
  readonly spec: PatternWorkload;
  readonly user: UserSpace;
  /** Of this workload, 32 bits. */
  readonly seed: number;
  /** Of the workload in the run, for messages. */
  readonly path: string;
}

export interface Pattern {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Throws an InputError when the array does not fit the user space. */
  build(request: PatternRequest): Program;
}

/** Where arrays begin: above page 0 and where a 32-bit program's text would lie. */
export const ARRAY_BASE = 16 * MIB;

/** One anonymous mapping of `bytes` (rounded to pages) at ARRAY_BASE. */
export function arraySpace(bytes: number, { user, path }: PatternRequest): AddressSpaceSpec {
  const end = ARRAY_BASE + Math.ceil(bytes / FRAME_BYTES) * FRAME_BYTES;
  if (isBounded(user) && end > user.bytes) {
    const expected = `at most ${Math.floor((user.bytes - ARRAY_BASE) / MIB)} MiB, the user space above the program`;
    throw new InputError('', [makeIssue('user-space', `${path}.bytes`, expected, `${Math.ceil(bytes / MIB)} MiB`)]);
  }
  return { mappings: [{ start: ARRAY_BASE, end, segment: -1, segmentOffset: 0 }] };
}

/** Writes the record of a reference to `address` (a virtual one, below 2^50) at record `at` of `into`. */
export function put(into: Uint32Array, at: number, address: number, kind: number, size: number): void {
  const high = address < 0x1_0000_0000 ? 0 : Math.floor(address / 0x1_0000_0000);
  into[2 * at] = address; // a typed array keeps the low 32 bits
  into[2 * at + 1] = kind | (size << SIZE_SHIFT) | (high << REGION_HIGH_SHIFT);
}

/** The stream's `read`: `fill` writes `count` records from `position` on. */
export function generate(
  records: number,
  fill: (position: number, count: number, into: Uint32Array) => void,
): ReferenceStream['read'] {
  return (position, into) => {
    const count = Math.max(0, Math.min(into.length >>> 1, records - position));
    fill(position, count, into);
    return count;
  };
}

/** Threads of one address space, one on each CPU; `fill` of the thread of rank 0, 1, ... */
export function threads(
  request: PatternRequest,
  title: string,
  space: AddressSpaceSpec,
  fillOf: (rank: number) => Parameters<typeof generate>[1],
): Program {
  const { cpus, startNs, references } = request.spec;
  const streams = cpus.map((cpu, rank): ReferenceStream => {
    return {
      cpu,
      addressSpace: 0,
      startNs,
      records: references,
      hasFetches: false,
      read: generate(references, fillOf(rank)),
    };
  });
  return { title: titleOn(title, cpus), streams, addressSpaces: [space] };
}

export function titleOn(title: string, cpus: readonly number[]): string {
  return `${title} on ${cpus.length} CPU${cpus.length === 1 ? '' : 's'}`;
}

/** Part `rank` of `count` things dealt out to `parts` in contiguous runs, as OpenMP's static schedule does: [start, end). */
export function share(count: number, rank: number, parts: number): readonly [number, number] {
  return [Math.floor((count * rank) / parts), Math.floor((count * (rank + 1)) / parts)];
}
