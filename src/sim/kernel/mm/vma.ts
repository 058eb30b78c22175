/** A vma: vm_area_struct of include/linux/mm.h, 2.6.0. Addresses are virtual page numbers (4 KiB), ends exclusive. */
import type { KAddr } from '../../base/units.ts';
import type { AddressSpace } from './address-space.ts';
import type { MemPolicy } from '../policy/mempolicy.ts';
import type { Mm } from './mm.ts';

export const VM_READ = 1;
export const VM_WRITE = 2;
export const VM_EXEC = 4;
export const VM_SHARED = 8;
export const VM_GROWSDOWN = 16;
export const VM_LOCKED = 32;
export const VM_NONLINEAR = 64;
export const VM_HUGETLB = 128;

export class Vma {
  /** Where the struct lies (slab vm_area_struct). */
  at: KAddr = 0 as KAddr;
  /** Its object in the slab cache. */
  object = -1;
  /** Anon object (anon_vma) of the reverse map, if any; the rmap's own business. */
  anon: unknown = undefined;
  /** mbind() of private memory; of shared memory the policy is the segment's. */
  policy: MemPolicy | undefined;
  /** Place in the reverse map of its file (list or tree); the rmap's own business. */
  link: unknown = undefined;

  constructor(
    readonly mm: Mm,
    public start: number,
    public end: number,
    public flags: number,
    /** What it maps: a file or a shared segment; undefined for private anonymous memory. */
    readonly file: AddressSpace | undefined,
    /** vm_pgoff in 4 KiB pages: of `start` in the file; of anonymous memory the vpn that it was first mapped at. */
    public pgoff: number,
    /** For reports: path of the file, [heap], [stack], SYSV... */
    readonly name: string,
  ) {}

  get shared(): boolean {
    return (this.flags & VM_SHARED) !== 0;
  }

  get writable(): boolean {
    return (this.flags & VM_WRITE) !== 0;
  }

  /** Private: a write copies the page, now or once mprotect has allowed it (is_cow_mapping(), which asks for VM_MAYWRITE). */
  get copies(): boolean {
    return (this.flags & VM_SHARED) === 0;
  }

  /** Page offset (4 KiB) in the file, or in the anon object, of a virtual page of it. */
  pgoffOf(vpn: number): number {
    return vpn - this.start + this.pgoff;
  }
}
