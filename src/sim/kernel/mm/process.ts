/**
 * Processes: do_fork() with copy_mm() and dup_mmap(), vfork, clone, do_exit(); kernel/fork.c and exit.c of 2.6.0. A task
 * takes 8 KB of kernel stack (two pages in one block of low memory) and a task_struct (a slab object; in 2.4 at the bottom
 * of the stack), an address space its mm_struct and page tables; exec is exec.ts's.
 *
 * Deviations: a dead task's stack goes at once, not when its parent waits for it; files_struct, signal handlers and other
 * small objects of a task are left out.
 */
import { FRAME_BYTES, kaddr } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import { GFP_KERNEL } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { Task } from '../task.ts';
import { Mm } from './mm.ts';
import { mmapSem, type VmaList } from './vma-list.ts';
import { VM_LOCKED } from './vma.ts';

/** sizeof(struct mm_struct) and task_struct of 2.6.0, i386, as /proc/slabinfo rounds them. */
const MM_BYTES = 640;
const TASK_BYTES = 1600;
const ALIGN = 32;
/** THREAD_SIZE. */
const STACK_FRAMES = 2;
/** 0x08048000, where programs begin: the heap of a process that has run none yet lies there. */
const FIRST_VPN = 0x08048;

/** What a task holds beside its address space. */
interface Thread {
  /** First page of its stack. */
  readonly stack: number;
  /** Slab object of its task_struct; undefined where that lies in the stack. */
  readonly object: number | undefined;
}

export class Processes {
  private readonly threads = new Map<Task, Thread>();
  private nextPid = 1;
  private nextMm = 1;

  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
  ) {}

  /** A process out of nothing, with nothing mapped. */
  spawn(on: KernelCpu, name: string, cpus: readonly number[], now: number): Task {
    const task = this.makeTask(on, name, undefined, cpus, now);
    const mm = this.makeMm(on);
    this.parts.rmap.enterMm(on, mm, undefined);
    this.run(task, mm);
    this.parts.lives.begins(task, name, 'exec');
    return task;
  }

  fork(on: KernelCpu, parent: Task, mm: Mm): Task {
    const outer = on.enter(FN.do_fork);
    const child = this.child(on, parent);
    this.run(child, this.copyMm(on, mm));
    on.leave(outer);
    return child;
  }

  /** vfork and clone(CLONE_VM): the child runs in the parent's address space. */
  share(on: KernelCpu, parent: Task, mm: Mm): Task {
    const outer = on.enter(FN.do_fork);
    const child = this.child(on, parent);
    on.atomic(mm.at);
    this.run(child, mm);
    on.leave(outer);
    return child;
  }

  /** do_exit(). */
  exit(on: KernelCpu, task: Task): void {
    const outer = on.enter(FN.do_exit);
    this.parts.lives.exits(task);
    const { mm } = task;
    task.mm = undefined;
    if (mm !== undefined) this.release(on, mm);
    this.freeThread(on, task);
    task.state = 'dead';
    task.diedAt = on.now;
    on.count(C.EXITS);
    on.leave(outer);
  }

  /** mm_alloc(): an address space for `vpns` pages with nothing mapped. */
  makeMm(on: KernelCpu, vpns?: number): Mm {
    const cache = this.parts.slabs.cache('mm_struct', MM_BYTES, ALIGN);
    const table = this.parts.tables.create(on, vpns);
    const mm = new Mm(this.nextMm++, table);
    table.owner = mm.id;
    mm.object = cache.alloc(on);
    mm.at = cache.addressOf(mm.object);
    on.writeRange(mm.at, MM_BYTES);
    mm.startBrk = FIRST_VPN;
    mm.brk = FIRST_VPN;
    this.parts.mms.set(mm.id, mm);
    return mm;
  }

  /** mmput(): one user less; the last one takes everything down (exit_mmap()). */
  release(on: KernelCpu, mm: Mm): void {
    on.atomic(mm.at);
    mm.users--;
    if (mm.users > 0) return;
    const { tables, rmap, slabs, mms } = this.parts;
    tables.freeTables(on, mm);
    while (mm.vmas.length > 0) this.vmas.remove(on, mm.vmas[mm.vmas.length - 1]);
    rmap.leaveMm(on, mm);
    slabs.cache('mm_struct', MM_BYTES, ALIGN).free(on, mm.object);
    mms.delete(mm.id);
  }

  /** The task runs in this address space from now on. */
  run(task: Task, mm: Mm): void {
    task.mm = mm;
    mm.users++;
  }

  /** copy_mm() and dup_mmap(). */
  private copyMm(on: KernelCpu, parent: Mm): Mm {
    const outer = on.enter(FN.copy_mm);
    const { rmap, tables, tlb } = this.parts;
    const mm = this.makeMm(on, parent.table.vpns);
    on.readRange(parent.at, MM_BYTES);
    mm.startBrk = parent.startBrk;
    mm.brk = parent.brk;
    mm.mmapBase = parent.mmapBase;
    rmap.enterMm(on, mm, parent);
    on.lock('mmap_sem', mmapSem(parent));
    for (const vma of parent.vmas) {
      on.read(vma.at);
      // A child does not inherit its parent's memory locks.
      const flags = vma.flags & ~VM_LOCKED;
      const copy = this.vmas.make(on, mm, vma.start, vma.end, flags, vma.file, vma.pgoff, vma.name);
      copy.policy = vma.policy;
      rmap.forkVma(on, vma, copy);
      this.vmas.insert(on, copy);
      tables.copyRange(on, vma, copy);
    }
    tlb.mm(on, parent);
    on.unlock('mmap_sem', mmapSem(parent));
    on.leave(outer);
    return mm;
  }

  private child(on: KernelCpu, parent: Task): Task {
    on.count(C.FORKS);
    const child = this.makeTask(on, parent.name, parent, parent.cpus, on.now);
    parent.children.push(child);
    // mpol_copy(), and what dup_task_struct() copies with the rest.
    child.policy = parent.policy;
    child.binding = parent.binding;
    child.ilNext = parent.ilNext;
    child.ilGiven = parent.ilGiven;
    return child;
  }

  /** dup_task_struct() and get_pid(). */
  private makeTask(on: KernelCpu, name: string, parent: Task | undefined, cpus: readonly number[], now: number): Task {
    const { pages, memMap, slabs, tasks, traits } = this.parts;
    const task = new Task(this.nextPid++, name, parent, cpus, now);
    const stack = pages.alloc(on, GFP_KERNEL, this.stackOrder, OWNER['kernel stacks']);
    task.stack = kaddr(memMap.slotOf(stack), 0);
    const cache = traits.taskInStack ? undefined : slabs.cache('task_struct', TASK_BYTES, ALIGN);
    const object = cache?.alloc(on);
    task.at = cache === undefined || object === undefined ? task.stack : cache.addressOf(object);
    if (parent !== undefined && parent.at !== 0) on.readRange(parent.at, TASK_BYTES);
    on.writeRange(task.at, TASK_BYTES);
    // thread_info at the bottom, the saved registers at the top.
    on.write(task.stack);
    on.write(kaddr(memMap.slotOf(stack), STACK_FRAMES * FRAME_BYTES - 128));
    this.threads.set(task, { stack, object });
    tasks.set(task.pid, task);
    return task;
  }

  private freeThread(on: KernelCpu, task: Task): void {
    const thread = this.threads.get(task);
    if (thread === undefined) return;
    this.threads.delete(task);
    if (thread.object !== undefined) this.parts.slabs.cache('task_struct', TASK_BYTES, ALIGN).free(on, thread.object);
    this.parts.pages.free(on, thread.stack, this.stackOrder);
  }

  private get stackOrder(): number {
    return Math.max(0, Math.log2(STACK_FRAMES) - this.parts.memMap.shift);
  }
}
