/**
 * Page faults: do_page_fault() of arch/i386/mm/fault.c and handle_mm_fault() of mm/memory.c, 2.6.0; read this file to know
 * what happens on a fault. By the state of the pte: anonymous.ts (nothing there), file-fault.ts (a file or a segment),
 * swap-in.ts, cow.ts (present, and written against its permission).
 *
 * A fault outside every vma, or against its rights, is the program's error and ends the run (SIGSEGV has no handler
 * here). Stacks grow down to the 8 MiB of the usual limit; the distance to the stack pointer is not checked. The exception
 * itself, entry and return, takes kernel.faultNs of the profile.
 */
import { InputError, makeIssue } from '../../base/errors.ts';
import { FRAME_BYTES, FRAMES_PER_MIB } from '../../base/units.ts';
import { PTE_ACCESSED, PTE_FILE, PTE_PRESENT, PTE_RW, PTE_SWAP, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { AnonymousFaults } from './anonymous.ts';
import { WriteProtectFaults } from './cow.ts';
import { FileFaults } from './file-fault.ts';
import { Fill } from './fill.ts';
import type { Mm } from './mm.ts';
import { SwapInFaults } from './swap-in.ts';
import { mmapSem, VmaList } from './vma-list.ts';
import { VM_GROWSDOWN, VM_HUGETLB, type Vma } from './vma.ts';

/** RLIMIT_STACK. */
const STACK_LIMIT = 8 * FRAMES_PER_MIB;

export class Faults {
  readonly fill: Fill;
  private readonly vmas: VmaList;
  private readonly anonymous: AnonymousFaults;
  private readonly files: FileFaults;
  private readonly cow: WriteProtectFaults;
  private readonly swapIn: SwapInFaults;

  constructor(private readonly parts: KernelParts) {
    this.vmas = new VmaList(parts);
    this.fill = new Fill(parts);
    this.anonymous = new AnonymousFaults(parts, this.fill);
    this.files = new FileFaults(parts, this.fill, this.anonymous);
    this.cow = new WriteProtectFaults(parts, this.anonymous);
    this.swapIn = new SwapInFaults(parts, this.cow);
  }

  /** do_page_fault(): the hardware could not translate `vpn` for a read or a write. Throws InputError where the program may not. */
  handle(on: KernelCpu, mm: Mm, vpn: number, write: boolean): void {
    const { task } = on;
    const { highmem, events } = this.parts;
    const start = on.core.clock;
    const major = task?.majorFaults ?? 0;
    const outer = on.enter(FN.do_page_fault);
    on.spend(this.parts.profile.kernel.faultNs);
    highmem.enterKernel(on);
    on.lock('mmap_sem', mmapSem(mm));
    const vma = this.vmaFor(on, mm, vpn, write);
    this.handleMm(on, vma, vpn, write);
    on.unlock('mmap_sem', mmapSem(mm));
    highmem.leaveKernel(on);
    on.leave(outer);
    if (task === undefined) {
      events?.span('fault', on, start, vpn);
      return;
    }
    const isMajor = task.majorFaults > major;
    if (!isMajor) task.minorFaults++;
    events?.span(isMajor ? 'major fault' : 'fault', on, start, vpn);
    if (task.waitNs > 0) on.core.stop();
  }

  /** handle_mm_fault() of a page of a vma that may be touched so; the caller holds mmap_sem. */
  handleMm(on: KernelCpu, vma: Vma, vpn: number, write: boolean): void {
    const outer = on.enter(FN.handle_mm_fault);
    const { mm } = vma;
    const { tables } = this.parts;
    on.lock('page_table_lock', mm.at);
    if ((vma.flags & VM_HUGETLB) !== 0) on.unlock('page_table_lock', mm.at);
    else {
      const pte = tables.ensurePte(on, mm, vpn, write);
      if (tables.locks.perPage) on.unlock('page_table_lock', mm.at);
      this.byState(on, vma, vpn, pte, write);
      tables.locks.unlock(on, mm, pte);
    }
    on.leave(outer);
  }

  /** handle_pte_fault(), under the lock over the ptes. */
  private byState(on: KernelCpu, vma: Vma, vpn: number, pte: number, write: boolean): void {
    const { ptePages, tables } = this.parts;
    const entry = ptePages.get(pte);
    if ((entry & PTE_PRESENT) !== 0) {
      if (write && (entry & PTE_RW) === 0) this.cow.fault(on, vma, vpn, pte);
      else if ((entry & PTE_ACCESSED) === 0) tables.setPte(on, pte, entry | PTE_ACCESSED);
    } else if ((entry & PTE_SWAP) !== 0) {
      this.swapIn.fault(on, vma, vpn, pte, write);
    } else if (vma.file === undefined) {
      this.anonymous.fault(on, vma, vpn, pte, write);
    } else {
      const pgoff = (entry & PTE_FILE) === 0 ? vma.pgoffOf(vpn) : pteNumber(entry);
      this.files.fault(on, vma, vma.file, vpn, pte, pgoff, write);
    }
  }

  private vmaFor(on: KernelCpu, mm: Mm, vpn: number, write: boolean): Vma {
    const vma = this.vmas.find(on, mm, vpn);
    if (vma === undefined || (vma.start > vpn && !this.growStack(on, vma, vpn))) {
      throw segv(on, mm, vpn, write, 'an address of a mapping');
    }
    if (write && !vma.writable) throw segv(on, mm, vpn, write, `only reads of ${vma.name || 'this mapping'}`);
    if (on.follow !== undefined) on.note(() => `vma of ${vma.end - vma.start} pages ${vma.name}`);
    return vma;
  }

  /** expand_stack(). */
  private growStack(on: KernelCpu, vma: Vma, vpn: number): boolean {
    if ((vma.flags & VM_GROWSDOWN) === 0 || vma.end - vpn > STACK_LIMIT) return false;
    this.vmas.setBounds(on, vma, vpn, vma.end);
    return true;
  }
}

/** SIGSEGV. */
function segv(on: KernelCpu, mm: Mm, vpn: number, write: boolean, expected: string): InputError {
  const who = on.task === undefined ? `address space ${mm.id}` : `${on.task.name} (pid ${on.task.pid})`;
  const found = `a ${write ? 'write' : 'read'} at 0x${(vpn * FRAME_BYTES).toString(16)}`;
  return new InputError('Segmentation fault', [makeIssue('segmentation-fault', '', `${who}: ${expected}`, found)]);
}
