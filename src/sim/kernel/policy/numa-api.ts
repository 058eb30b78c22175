/**
 * set_mempolicy() and mbind() of 2.6.7 and later: mm/mempolicy.c of 2.6.11 (A. Kleen), with modes that came much later as
 * their kernels have them. mbind() of a segment sets the policy of its pages for everybody (shared-policy.ts), of other
 * memory that of the mapping. Nothing that is there moves.
 *
 * As there: a hole is found between mappings, and where nothing is mapped at the end or beyond (EFAULT); one before the first or after the
 * last mapping that the range meets is passed over. MPOL_MF_STRICT looks at ptes that are present, of small pages alone
 * (EIO), before anything is changed. Left out: flags other than STRICT, masks that cannot be read, the slab objects of
 * policies, get_mempolicy().
 */
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { Mm } from '../mm/mm.ts';
import { mmapSem, type VmaList } from '../mm/vma-list.ts';
import { VM_HUGETLB, type Vma } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { BindMode, CallResult, MbindRequest, MemPolicy } from './mempolicy.ts';
import { ascending, online } from './node-sets.ts';
import { setSharedPolicy } from './shared-policy.ts';

export class NumaApi {
  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
  ) {}

  setMempolicy(on: KernelCpu, task: Task, mode: BindMode, nodes: readonly number[]): CallResult {
    const outer = on.enter(FN.sys_set_mempolicy);
    const mask = ascending(nodes);
    const result = this.refusesMode(mode) ? 'EINVAL' : this.check(mode, mask);
    if (result === 0) {
      on.write(task.at);
      task.policy = policyOf(mode, mask);
      task.ilNext = 0;
      task.ilGiven = 0;
    }
    on.leave(outer);
    return result;
  }

  mbind(on: KernelCpu, task: Task, request: MbindRequest): CallResult {
    const outer = on.enter(FN.sys_mbind);
    const result = this.refusesMode(request.mode) ? 'EINVAL' : this.bindRange(on, task, request);
    on.leave(outer);
    return result;
  }

  private bindRange(on: KernelCpu, { mm }: Task, { vpn, pages, mode, nodes, strict }: MbindRequest): CallResult {
    if (!Number.isInteger(vpn)) return 'EINVAL';
    if (pages === 0) return 0;
    const mask = ascending(nodes);
    const refused = this.check(mode, mask);
    if (refused !== 0) return refused;
    if (mm === undefined) return 'EFAULT';
    const end = vpn + pages;
    on.lock('mmap_sem', mmapSem(mm));
    let result = this.checkRange(on, mm, vpn, end);
    if (result === 0 && strict && mode !== 'default' && this.strays(on, mm, vpn, end, mask)) result = 'EIO';
    if (result === 0) {
      const policy = policyOf(mode, mask);
      for (const vma of this.vmas.isolate(on, mm, vpn, end)) this.policyVma(on, vma, policy);
    }
    on.unlock('mmap_sem', mmapSem(mm));
    return result;
  }

  /** mode > MPOL_MAX of this kernel. */
  private refusesMode(mode: BindMode): boolean {
    const { binding } = this.parts.traits;
    if (mode === 'preferred-many') return binding === 'mempolicy';
    return mode === 'weighted-interleave' && binding !== 'weighted-interleave';
  }

  /** mpol_check_policy() and nodes_online(). */
  private check(mode: BindMode, mask: readonly number[]): CallResult {
    if (mode === 'default' && mask.length > 0) return 'EINVAL';
    if (mode !== 'default' && mode !== 'preferred' && mask.length === 0) return 'EINVAL';
    return online(this.parts.layout, mask).length === mask.length ? 0 : 'EINVAL';
  }

  /** check_range() as far as it looks for holes. */
  private checkRange(on: KernelCpu, mm: Mm, vpn: number, end: number): CallResult {
    const first = this.vmas.find(on, mm, vpn);
    if (first === undefined) return 'EFAULT';
    const { vmas } = mm;
    for (let i = vmas.indexOf(first); i < vmas.length && vmas[i].start < end; i++) {
      const vma = vmas[i];
      on.read(vma.at);
      if (i === vmas.length - 1 && vma.end < end) return 'EFAULT';
      if (vma !== first && vmas[i - 1].end < vma.start) return 'EFAULT';
    }
    return 0;
  }

  /** verify_pages(): a page of the range that is mapped lies on a node that the mask has not. */
  private strays(on: KernelCpu, mm: Mm, vpn: number, end: number, mask: readonly number[]): boolean {
    const { vmas } = mm;
    for (let i = mm.indexAbove(vpn); i < vmas.length && vmas[i].start < end; i++) {
      const vma = vmas[i];
      if ((vma.flags & VM_HUGETLB) !== 0) continue;
      if (this.straysIn(on, mm, Math.max(vpn, vma.start), Math.min(end, vma.end), mask)) return true;
    }
    return false;
  }

  private straysIn(on: KernelCpu, mm: Mm, from: number, to: number, mask: readonly number[]): boolean {
    const { ptePages, memMap, layout, highmem } = this.parts;
    const { table } = mm;
    for (let at = from; at < to;) {
      const next = Math.min(to, (Math.floor(at / ptePages.entries) + 1) * ptePages.entries);
      if (table.hasUpperPage(at)) on.read(table.upperEntryAddress(at));
      const first = table.hasUpperPage(at) ? table.pteOf(at) : -1;
      if (first >= 0) {
        const slot = ptePages.slots[first >> ptePages.entriesShift];
        highmem.mapPtes(on, slot, mm, 'KM_PTE0');
        let stray = false;
        for (let pte = first; pte < first + next - at && !stray; pte++) {
          on.read(ptePages.addressOf(pte));
          on.work(STEP.skip);
          const value = ptePages.get(pte);
          if ((value & PTE_PRESENT) === 0) continue;
          stray = !mask.includes(layout.nodes[memMap.homeOf(memMap.pageOf(pteNumber(value)))].id);
        }
        highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
        if (stray) return true;
      }
      at = next;
    }
    return false;
  }

  /** policy_vma(): with shmem_set_policy() where a segment is mapped. */
  private policyVma(on: KernelCpu, vma: Vma, policy: MemPolicy | undefined): void {
    const { file } = vma;
    if (file !== undefined && file.kind !== 'file') {
      setSharedPolicy(on, file, vma.pgoff, vma.pgoff + vma.end - vma.start, policy);
    }
    on.write(vma.at);
    vma.policy = policy;
  }
}

/** mpol_new(): of preferred the first node alone. */
function policyOf(mode: BindMode, nodes: readonly number[]): MemPolicy | undefined {
  return mode === 'default' ? undefined : { mode, nodes: mode === 'preferred' ? nodes.slice(0, 1) : nodes };
}
