/**
 * SysV segments and what shares their kind: shmget(), IPC_RMID, and the segments behind shared anonymous mappings;
 * ipc/shm.c and shmem_zero_setup() of 2.6.0. Their pages are shm.ts's, or huge pages. shmat() is mmap of the segment.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { Locality } from '../../hardware/locality.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { SegmentPart } from '../syscalls.ts';
import type { AddressSpace } from './address-space.ts';
import type { Files } from './files.ts';
import type { Segments } from './mappings.ts';
import { rangesOf } from './segment-ranges.ts';

export class ShmSegments implements Segments {
  private readonly numbers = new Map<number, AddressSpace>();
  private zeros = 0;

  constructor(
    private readonly files: Files,
    private readonly locality: Locality,
  ) {}

  /** shmget(): the segment of this name, made when it is first named. */
  segment(on: KernelCpu, name: string, bytes: number, huge: boolean, parts: readonly SegmentPart[] = []): AddressSpace {
    const outer = on.enter(FN.ipc_shm);
    const { inodes } = this.files;
    const key = `SYSV ${name}`;
    const space = inodes.named(key) ?? this.make(huge, name, key, bytes, parts);
    inodes.bring(on, space);
    on.leave(outer);
    return space;
  }

  private make(huge: boolean, name: string, key: string, bytes: number, parts: readonly SegmentPart[]): AddressSpace {
    const space = this.files.inodes.make(huge ? 'hugetlb' : 'shm', key, bytes);
    space.ranges = rangesOf(this.locality, name, bytes, parts);
    return space;
  }

  /** IPC_RMID: the segment goes with its last mapping. */
  remove(on: KernelCpu, space: AddressSpace): void {
    const { inodes } = this.files;
    const outer = on.enter(FN.ipc_shm);
    inodes.bring(on, space);
    inodes.unlinkName(space);
    if (space.users === 0) this.files.evict(on, space);
    on.leave(outer);
  }

  zero(on: KernelCpu, pages: number): AddressSpace {
    const { inodes } = this.files;
    const space = inodes.make('shm', `/dev/zero ${++this.zeros}`, pages * FRAME_BYTES);
    inodes.bring(on, space);
    inodes.unlinkName(space);
    return space;
  }

  numbered(number: number, bytes: number): AddressSpace {
    const known = this.numbers.get(number);
    if (known !== undefined) {
      known.bytes = Math.max(known.bytes, bytes);
      return known;
    }
    const name = `segment ${number}`;
    const space = this.make(false, name, name, bytes, []);
    this.numbers.set(number, space);
    return space;
  }
}
