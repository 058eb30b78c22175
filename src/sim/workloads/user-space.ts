/** What a workload has to know of the machine: how addresses are given, and how much room a process has. */
import { MIB } from '../base/units.ts';
import type { MachineProfile } from '../profiles/schema.ts';

export interface UserSpace {
  readonly bits: 32 | 64;
  /** User part of an address space, from address 0. Counts on a 32-bit machine only. */
  readonly bytes: number;
  /** False where addresses are used as they are (no TLB): then nothing is mapped and any folded address is good. */
  readonly translated: boolean;
}

/** The user space of a profile's processes. A CPU without a data TLB uses addresses as they are. */
export function userSpaceOf({ machine, zones }: MachineProfile): UserSpace {
  return { bits: machine.bits, bytes: zones.userSpaceMiB * MIB, translated: machine.cpu.dtlb !== undefined };
}

/** True where a process has no more than `bytes` of address space. */
export function isBounded(user: UserSpace): boolean {
  return user.bits === 32 && user.translated;
}
