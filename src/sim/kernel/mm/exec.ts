/**
 * execve: do_execve(), exec_mmap() and load_elf_binary() of fs/exec.c and binfmt_elf.c, 2.6.0, for a program and its
 * shared libraries. Text is a private mapping of the file that is only read, data a private one that is written, bss and
 * heap anonymous memory after it; libraries follow from a third of user space up; the stack ends where user space ends,
 * and exec writes the strings on it.
 *
 * Left out: the dynamic linker as a program of its own, the page that data and bss share, the ELF tables' parsing; the
 * strings are written into the new stack directly (bprm's pages become it).
 */
import { FRAME_BYTES } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Image, ImageLayout } from '../syscalls.ts';
import type { Task } from '../task.ts';
import type { AddressSpace } from './address-space.ts';
import type { Faults } from './faults.ts';
import type { FileIo } from './file-io.ts';
import type { Mappings } from './mappings.ts';
import { populate } from './mlock.ts';
import type { Mm } from './mm.ts';
import type { Processes } from './process.ts';
import { VM_EXEC, VM_GROWSDOWN, VM_READ, VM_WRITE } from './vma.ts';

/** 0x08048000. */
const TEXT_VPN = 0x08048;
/** BINPRM_BUF_SIZE: what exec reads to know the format. */
const HEADER_BYTES = 128;

const pagesOf = (bytes: number): number => Math.ceil(bytes / FRAME_BYTES);

export class Exec {
  constructor(
    private readonly parts: KernelParts,
    private readonly processes: Processes,
    private readonly mappings: Mappings,
    private readonly faults: Faults,
    private readonly io: FileIo,
  ) {}

  /** `fileOf`: the file of a name with the bytes that its image needs, made when it is first named. */
  run(on: KernelCpu, task: Task, image: Image, fileOf: (name: string, bytes: number) => AddressSpace): ImageLayout {
    const outer = on.enter(FN.do_execve);
    const { rmap } = this.parts;
    const file = fileOf(image.file, FRAME_BYTES * (pagesOf(image.textBytes) + pagesOf(image.dataBytes)));
    this.io.read(on, task, file, 0, HEADER_BYTES);
    const mm = this.processes.makeMm(on);
    rmap.enterMm(on, mm, undefined);
    this.change(on, task, mm);
    task.name = image.file.slice(image.file.lastIndexOf('/') + 1);
    const stack = this.stack(on, mm, image.stackBytes);
    const { text, data, end } = this.segmentsOf(on, mm, TEXT_VPN, file, image.textBytes, image.dataBytes);
    if (image.bssBytes > 0) this.private(on, mm, end, pagesOf(image.bssBytes), '[bss]');
    mm.startBrk = end + pagesOf(image.bssBytes);
    mm.brk = mm.startBrk;
    const libraries = image.libraries.map((library) => {
      const textPages = pagesOf(library.textBytes);
      const dataPages = pagesOf(library.dataBytes);
      const from = fileOf(library.file, FRAME_BYTES * (textPages + dataPages));
      this.io.read(on, task, from, 0, HEADER_BYTES);
      const at = this.mappings.unmappedArea(on, mm, textPages + dataPages, 1);
      const placed = this.segmentsOf(on, mm, at, from, library.textBytes, library.dataBytes);
      return { text: placed.text, data: placed.data };
    });
    on.count(C.EXECS);
    on.leave(outer);
    return { text, data, bss: end, libraries, stack };
  }

  /** exec_mmap(): the old address space goes, or goes on without this task. */
  private change(on: KernelCpu, task: Task, mm: Mm): void {
    const old = task.mm;
    this.processes.run(task, mm);
    if (on.task === task) {
      this.parts.tlb.loaded(on, mm);
      on.core.switchTo(mm.table);
    }
    if (old !== undefined) this.processes.release(on, old);
  }

  /** setup_arg_pages(): the stack, with the strings on it; returns the lowest page written. */
  private stack(on: KernelCpu, mm: Mm, bytes: number): number {
    const pages = Math.max(1, pagesOf(bytes));
    const end = mm.table.vpns;
    const start = end - pages;
    const flags = VM_READ | VM_WRITE | VM_GROWSDOWN;
    const vma = this.mappings.map(on, mm, start, pages, flags, undefined, start, '[stack]');
    populate(on, this.parts, this.faults, vma, start, end);
    return start;
  }

  /** The two segments of a file (elf_map()); `end` is the page after them. */
  private segmentsOf(
    on: KernelCpu,
    mm: Mm,
    at: number,
    file: AddressSpace,
    textBytes: number,
    dataBytes: number,
  ): { readonly text: number; readonly data: number; readonly end: number } {
    const textPages = pagesOf(textBytes);
    const dataPages = pagesOf(dataBytes);
    const data = at + textPages;
    if (textPages > 0) this.mappings.map(on, mm, at, textPages, VM_READ | VM_EXEC, file, 0, file.name);
    if (dataPages > 0) this.mappings.map(on, mm, data, dataPages, VM_READ | VM_WRITE, file, textPages, file.name);
    return { text: at, data, end: data + dataPages };
  }

  private private(on: KernelCpu, mm: Mm, at: number, pages: number, name: string): void {
    this.mappings.map(on, mm, at, pages, VM_READ | VM_WRITE, undefined, at, name);
  }
}
