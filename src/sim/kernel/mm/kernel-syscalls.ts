/**
 * The system calls, wired: each goes in at the kernel's door (system_call, and CR3 with 4G/4G), does its work in one of
 * the blocks beside this file, and comes out. Read this file to know which block does what.
 */
import { invariant } from '../../base/errors.ts';
import * as C from '../../base/counters.ts';
import type { Mapping } from '../../workloads/workload.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { BindingCalls } from '../policy/binding-calls.ts';
import type { BindMode, CallResult, MbindRequest, ShmBinding } from '../policy/mempolicy.ts';
import type { Image, ImageLayout, MmapRequest, SegmentPart, Syscalls } from '../syscalls.ts';
import { Affinity } from '../sched/affinity.ts';
import type { Sysctls } from '../sysctl.ts';
import type { Task } from '../task.ts';
import type { AddressSpace } from './address-space.ts';
import { Exec } from './exec.ts';
import { Faults } from './faults.ts';
import { FileIo } from './file-io.ts';
import type { Files } from './files.ts';
import { Mappings } from './mappings.ts';
import { Mlock } from './mlock.ts';
import type { Mm } from './mm.ts';
import { Mremap } from './mremap.ts';
import { Nonlinear } from './nonlinear.ts';
import { Processes } from './process.ts';
import { ShmSegments } from './segments.ts';
import { VmaList } from './vma-list.ts';

export class KernelSyscalls implements Syscalls {
  readonly processes: Processes;
  readonly mappings: Mappings;
  readonly segments: ShmSegments;
  private readonly mremaps: Mremap;
  private readonly nonlinear: Nonlinear;
  private readonly locking: Mlock;
  private readonly io: FileIo;
  private readonly execs: Exec;
  private readonly affinity: Affinity;
  private readonly binding: BindingCalls;

  private readonly files: Files;

  constructor(private readonly parts: KernelParts & { readonly pageCache: Files }) {
    const files = parts.pageCache;
    this.files = files;
    const vmas = new VmaList(parts);
    const faults = new Faults(parts);
    this.segments = new ShmSegments(files, parts.machine.locality);
    this.mappings = new Mappings(parts, vmas, faults, this.segments);
    this.processes = new Processes(parts, vmas);
    this.mremaps = new Mremap(parts, this.mappings, faults);
    this.nonlinear = new Nonlinear(parts, vmas, faults.fill);
    this.locking = new Mlock(parts, this.mappings, faults);
    this.io = new FileIo(parts, files);
    this.binding = new BindingCalls(parts, vmas);
    this.affinity = new Affinity(parts);
    this.execs = new Exec(parts, this.processes, this.mappings, faults, this.io);
  }

  /** The address space of a trace or a pattern, made on CPU `cpu`, with its mappings; `vpns` pages from 0. */
  adopt(mappings: readonly Mapping[], vpns: number, cpu = 0): Mm {
    const on = this.parts.cpu(cpu);
    const outer = on.enter(FN.do_mmap_pgoff);
    const mm = this.processes.makeMm(on, vpns);
    mm.users = 1;
    this.parts.rmap.enterMm(on, mm, undefined);
    this.mappings.adopt(on, mm, mappings);
    on.leave(outer);
    return mm;
  }

  /** The process is made on the first of its CPUs. */
  spawn(name: string, cpus: readonly number[], now: number): Task {
    const on = this.parts.cpu(cpus[0]);
    const outer = on.enter(FN.do_fork);
    const task = this.processes.spawn(on, name, cpus, now);
    on.leave(outer);
    return task;
  }

  fork(on: KernelCpu, parent: Task): Task {
    const outer = this.enter(on);
    const child = this.processes.fork(on, parent, mmOf(parent));
    this.leave(on, outer);
    return child;
  }

  vfork(on: KernelCpu, parent: Task): Task {
    return this.clone(on, parent);
  }

  clone(on: KernelCpu, parent: Task): Task {
    const outer = this.enter(on);
    const child = this.processes.share(on, parent, mmOf(parent));
    this.leave(on, outer);
    return child;
  }

  exec(on: KernelCpu, task: Task, image: Image): ImageLayout {
    const outer = this.enter(on);
    const layout = this.execs.run(on, task, image, (name, bytes) => this.files.inodes.program(name, bytes));
    this.leave(on, outer);
    return layout;
  }

  exit(on: KernelCpu, task: Task): void {
    const outer = this.enter(on);
    this.io.forget(task);
    this.processes.exit(on, task);
    this.leave(on, outer);
  }

  mmap(on: KernelCpu, task: Task, request: MmapRequest): number {
    const outer = this.enter(on);
    const start = this.mappings.mmap(on, mmOf(task), request);
    this.leave(on, outer);
    return start;
  }

  munmap(on: KernelCpu, task: Task, vpn: number, pages: number): void {
    const outer = this.enter(on);
    this.mappings.munmap(on, mmOf(task), vpn, pages);
    this.leave(on, outer);
  }

  mprotect(on: KernelCpu, task: Task, vpn: number, pages: number, writable: boolean): void {
    const outer = this.enter(on);
    this.mappings.mprotect(on, mmOf(task), vpn, pages, writable);
    this.leave(on, outer);
  }

  mremap(on: KernelCpu, task: Task, vpn: number, pages: number, newPages: number): number {
    const outer = this.enter(on);
    const start = this.mremaps.remap(on, mmOf(task), vpn, pages, newPages);
    this.leave(on, outer);
    return start;
  }

  remapFilePages(on: KernelCpu, task: Task, vpn: number, pages: number, pgoff: number): void {
    const outer = this.enter(on);
    this.nonlinear.remap(on, mmOf(task), vpn, pages, pgoff);
    this.leave(on, outer);
  }

  brk(on: KernelCpu, task: Task, pages: number): number {
    const outer = this.enter(on);
    const end = this.mappings.brk(on, mmOf(task), pages);
    this.leave(on, outer);
    return end;
  }

  mlock(on: KernelCpu, task: Task, vpn: number, pages: number): void {
    const outer = this.enter(on);
    this.locking.lock(on, mmOf(task), vpn, pages);
    this.leave(on, outer);
  }

  munlock(on: KernelCpu, task: Task, vpn: number, pages: number): void {
    const outer = this.enter(on);
    this.locking.unlock(on, mmOf(task), vpn, pages);
    this.leave(on, outer);
  }

  file(name: string, bytes: number): AddressSpace {
    const { inodes } = this.files;
    return inodes.named(name) ?? inodes.make('file', name, bytes);
  }

  create(on: KernelCpu, name: string): AddressSpace {
    const outer = this.enter(on);
    const { inodes } = this.files;
    const known = inodes.named(name);
    const space = known ?? inodes.make('file', name, 0);
    // O_CREAT | O_TRUNC.
    if (known !== undefined) this.files.truncation.to(on, known, 0);
    inodes.bring(on, space);
    this.leave(on, outer);
    return space;
  }

  read(on: KernelCpu, task: Task, file: AddressSpace, offset: number, bytes: number): void {
    const outer = this.enter(on);
    this.io.read(on, task, file, offset, bytes);
    this.leave(on, outer);
  }

  write(on: KernelCpu, task: Task, file: AddressSpace, offset: number, bytes: number): void {
    const outer = this.enter(on);
    this.io.write(on, task, file, offset, bytes);
    this.leave(on, outer);
  }

  truncate(on: KernelCpu, file: AddressSpace, bytes: number): void {
    const outer = this.enter(on);
    this.files.truncation.to(on, file, bytes);
    this.leave(on, outer);
  }

  unlink(on: KernelCpu, file: AddressSpace): void {
    const outer = this.enter(on);
    const { inodes } = this.files;
    inodes.bring(on, file);
    inodes.unlinkName(file);
    if (file.users === 0) this.files.evict(on, file);
    this.leave(on, outer);
  }

  fsync(on: KernelCpu, file: AddressSpace): void {
    const outer = this.enter(on);
    this.io.fsync(on, file);
    this.leave(on, outer);
  }

  segment(on: KernelCpu, name: string, bytes: number, huge: boolean, parts: readonly SegmentPart[] = []): AddressSpace {
    const outer = this.enter(on);
    const space = this.segments.segment(on, name, bytes, huge, parts);
    this.leave(on, outer);
    return space;
  }

  setMempolicy(on: KernelCpu, task: Task, mode: BindMode, nodes: readonly number[]): CallResult {
    const outer = this.enter(on);
    const result = this.binding.setMempolicy(on, task, mode, nodes);
    this.leave(on, outer);
    return result;
  }

  mbind(on: KernelCpu, task: Task, request: MbindRequest): CallResult {
    const outer = this.enter(on);
    const result = this.binding.mbind(on, task, request);
    this.leave(on, outer);
    return result;
  }

  shmbind(on: KernelCpu, _task: Task, segment: AddressSpace, binding: ShmBinding): CallResult {
    const outer = this.enter(on);
    const result = this.binding.shmbind(on, segment, binding);
    this.leave(on, outer);
    return result;
  }

  membind(on: KernelCpu, task: Task, vpn: number, _pages: number, cpus: readonly number[]): CallResult {
    const outer = this.enter(on);
    const result = this.binding.membind(on, task, vpn, cpus);
    this.leave(on, outer);
    return result;
  }

  memSetbinding(on: KernelCpu, task: Task, nodes: readonly number[], strict: boolean): CallResult {
    const outer = this.enter(on);
    const result = this.binding.memSetbinding(on, task, nodes, strict);
    this.leave(on, outer);
    return result;
  }

  setAffinity(on: KernelCpu, task: Task, cpus: readonly number[]): CallResult {
    const outer = this.enter(on);
    const result = this.affinity.set(on, task, cpus);
    this.leave(on, outer);
    return result;
  }

  place(on: KernelCpu, task: Task, node: number): CallResult {
    const outer = this.enter(on);
    const result = this.affinity.place(on, task, node);
    this.leave(on, outer);
    return result;
  }

  sysctl(on: KernelCpu, name: keyof Sysctls, value: number): void {
    const outer = this.enter(on);
    this.parts.sysctl[name] = value;
    this.leave(on, outer);
  }

  private enter(on: KernelCpu): number {
    const outer = on.enter(FN.system_call);
    this.parts.highmem.enterKernel(on);
    on.count(C.SYSCALLS);
    return outer;
  }

  private leave(on: KernelCpu, outer: number): void {
    this.parts.highmem.leaveKernel(on);
    on.leave(outer);
  }
}

function mmOf(task: Task): Mm {
  invariant(task.mm !== undefined, 'a system call of a task without an address space', { pid: task.pid });
  return task.mm;
}
