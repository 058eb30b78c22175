/**
 * The calls that bind memory, and which kernel has which: mem_setbinding(), shmbind() and membind() are patches of
 * M. Dobson's (2002, 2003), each of its own kernel; set_mempolicy() and mbind() are of 2.6.7 (A. Kleen) and stay. What a
 * call means is in the file of its generation.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { VmaList } from '../mm/vma-list.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import { MemSetbinding } from './mem-setbinding.ts';
import { Membind } from './membind.ts';
import type { BindMode, CallResult, MbindRequest, ShmBinding } from './mempolicy.ts';
import { NumaApi } from './numa-api.ts';
import { hasNumaApi } from './placement.ts';
import { Shmbind } from './shmbind.ts';

export class BindingCalls {
  private readonly numaApi: NumaApi;
  private readonly setbinding: MemSetbinding;
  private readonly ofSegments: Shmbind;
  private readonly ofMappings: Membind;

  constructor(
    private readonly parts: KernelParts,
    vmas: VmaList,
  ) {
    this.numaApi = new NumaApi(parts, vmas);
    this.setbinding = new MemSetbinding(parts);
    this.ofSegments = new Shmbind(parts);
    this.ofMappings = new Membind(parts, vmas);
  }

  setMempolicy(on: KernelCpu, task: Task, mode: BindMode, nodes: readonly number[]): CallResult {
    return this.hasNumaApi ? this.numaApi.setMempolicy(on, task, mode, nodes) : 'ENOSYS';
  }

  mbind(on: KernelCpu, task: Task, request: MbindRequest): CallResult {
    return this.hasNumaApi ? this.numaApi.mbind(on, task, request) : 'ENOSYS';
  }

  shmbind(on: KernelCpu, segment: AddressSpace, binding: ShmBinding): CallResult {
    if (this.parts.traits.binding !== 'shmbind') return 'ENOSYS';
    const outer = on.enter(FN.sys_shmbind);
    const result = this.ofSegments.bind(on, segment, binding);
    on.leave(outer);
    return result;
  }

  membind(on: KernelCpu, task: Task, vpn: number, cpus: readonly number[]): CallResult {
    if (this.parts.traits.binding !== 'membind') return 'ENOSYS';
    const outer = on.enter(FN.sys_membind);
    const result = this.ofMappings.bind(on, task, vpn, cpus);
    on.leave(outer);
    return result;
  }

  memSetbinding(on: KernelCpu, task: Task, nodes: readonly number[], strict: boolean): CallResult {
    if (this.parts.traits.binding !== 'mem_setbinding') return 'ENOSYS';
    const outer = on.enter(FN.sys_mem_setbinding);
    const result = this.setbinding.bind(on, task, nodes, strict);
    on.leave(outer);
    return result;
  }

  private get hasNumaApi(): boolean {
    return hasNumaApi(this.parts.traits.binding);
  }
}
