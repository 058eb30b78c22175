/**
 * The kernel's door for programs: what the interpreter of a workload calls, one method a system call. Addresses are
 * virtual page numbers, lengths pages of 4 KiB, as the ABI has them whatever the page cluster. Implemented in mm/
 * (process.ts, mappings.ts, files.ts, shm.ts). Each charges its time to `on` and its waits to the task.
 */
import type { KernelCpu } from './cpu.ts';
import type { AddressSpace } from './mm/address-space.ts';
import type { BindMode, CallResult, MbindRequest, ShmBinding } from './policy/mempolicy.ts';
import type { Sysctls } from './sysctl.ts';
import type { Task } from './task.ts';

/** A program's image for exec: sizes in bytes; the files are made when they are first named. */
export interface Image {
  /** Path of the program's file: processes of one name share its text. */
  readonly file: string;
  readonly textBytes: number;
  /** Initialised data (private mapping of the file) and bss. */
  readonly dataBytes: number;
  readonly bssBytes: number;
  /** Shared libraries, mapped from 0x40000000 up. */
  readonly libraries: readonly { readonly file: string; readonly textBytes: number; readonly dataBytes: number }[];
  /** Bytes of stack that exec itself writes (arguments, environment). */
  readonly stackBytes: number;
}

/** Where exec put things, as vpns: the interpreter touches them by these. */
export interface ImageLayout {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
  readonly libraries: readonly { readonly text: number; readonly data: number }[];
  /** Lowest page of the stack that exec wrote. */
  readonly stack: number;
}

/** A named part of a shared segment, in bytes. */
export interface SegmentPart {
  readonly name: string;
  readonly bytes: number;
}

export interface MmapRequest {
  readonly pages: number;
  /** Undefined: anonymous. */
  readonly file?: AddressSpace;
  /** Page (4 KiB) of the file at which the mapping begins. */
  readonly pgoff: number;
  readonly shared: boolean;
  readonly writable: boolean;
  /** MAP_FIXED at this vpn. */
  readonly at?: number;
  readonly locked?: boolean;
  readonly name?: string;
}

export interface Syscalls {
  /** A process out of nothing (as init's child that is about to exec): an address space with nothing mapped. */
  spawn(name: string, cpus: readonly number[], now: number): Task;
  fork(on: KernelCpu, parent: Task): Task;
  /** The child runs in the parent's address space until it execs or exits; the caller keeps the parent waiting. */
  vfork(on: KernelCpu, parent: Task): Task;
  /** clone(CLONE_VM): a thread. */
  clone(on: KernelCpu, parent: Task): Task;
  exec(on: KernelCpu, task: Task, image: Image): ImageLayout;
  exit(on: KernelCpu, task: Task): void;

  mmap(on: KernelCpu, task: Task, request: MmapRequest): number;
  munmap(on: KernelCpu, task: Task, vpn: number, pages: number): void;
  mprotect(on: KernelCpu, task: Task, vpn: number, pages: number, writable: boolean): void;
  /** Returns the new start; it moves where it cannot grow in place. */
  mremap(on: KernelCpu, task: Task, vpn: number, pages: number, newPages: number): number;
  remapFilePages(on: KernelCpu, task: Task, vpn: number, pages: number, pgoff: number): void;
  /** Grows (or with a negative number shrinks) the heap; returns the old end. */
  brk(on: KernelCpu, task: Task, pages: number): number;
  mlock(on: KernelCpu, task: Task, vpn: number, pages: number): void;
  munlock(on: KernelCpu, task: Task, vpn: number, pages: number): void;

  /** The file of this name, made with `bytes` on the first disk when it is not there (its pages are on disk, not in memory). */
  file(name: string, bytes: number): AddressSpace;
  /** A new empty file (creat): inode and dentry from their slabs. */
  create(on: KernelCpu, name: string): AddressSpace;
  read(on: KernelCpu, task: Task, file: AddressSpace, offset: number, bytes: number): void;
  write(on: KernelCpu, task: Task, file: AddressSpace, offset: number, bytes: number): void;
  truncate(on: KernelCpu, file: AddressSpace, bytes: number): void;
  unlink(on: KernelCpu, file: AddressSpace): void;
  fsync(on: KernelCpu, file: AddressSpace): void;
  /**
   * shmget(): the segment of this name, made when it is first named; `huge`: hugetlb pages. shmat is mmap of it, shared.
   * `parts` of it, one after the other, are told apart by reports alone.
   */
  segment(on: KernelCpu, name: string, bytes: number, huge: boolean, parts?: readonly SegmentPart[]): AddressSpace;

  /** Binding calls (policy/): nodes by id. What they return is the kernel's errno, ENOSYS where the kernel has no such call. */
  setMempolicy(on: KernelCpu, task: Task, mode: BindMode, nodes: readonly number[]): CallResult;
  mbind(on: KernelCpu, task: Task, request: MbindRequest): CallResult;
  shmbind(on: KernelCpu, task: Task, segment: AddressSpace, binding: ShmBinding): CallResult;
  membind(on: KernelCpu, task: Task, vpn: number, pages: number, cpus: readonly number[]): CallResult;
  memSetbinding(on: KernelCpu, task: Task, nodes: readonly number[], strict: boolean): CallResult;
  /** sched_setaffinity(): CPUs by number. */
  setAffinity(on: KernelCpu, task: Task, cpus: readonly number[]): CallResult;
  /** The task wants to run on a node, by id, from here on (sched/affinity.ts). */
  place(on: KernelCpu, task: Task, node: number): CallResult;

  sysctl(on: KernelCpu, name: keyof Sysctls, value: number): void;
}
