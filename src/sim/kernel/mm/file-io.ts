/**
 * read(), write() and fsync() through the page cache: do_generic_mapping_read() and generic_file_aio_write() of
 * mm/filemap.c, 2.6.0, with a read-ahead window per reader and file.
 *
 * The copy between the user's buffer and the page is charged on the page's side: its lines, and an instruction for each
 * 4 bytes. Where the user's buffer lies is not known here: what 4G/4G walks by hand to reach it is the way to the top of the
 * stack, once for each 4 KiB. Left out: O_DIRECT, O_SYNC, block allocation and other metadata.
 */
import { FRAME_BYTES, kaddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { clearHighpage } from '../highmem/highpage.ts';
import type { KernelParts } from '../parts.ts';
import { sleepUntil } from '../reclaim/writeback.ts';
import type { Task } from '../task.ts';
import type { AddressSpace } from './address-space.ts';
import type { Files } from './files.ts';
import { Readahead } from './readahead.ts';

const BYTES_PER_INSTRUCTION = 4;

export class FileIo {
  /** By pid and then by file: f_ra of what the task has open. */
  private readonly windows = new Map<number, Map<number, Readahead>>();
  private readonly pageBytes: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly files: Files,
  ) {
    this.pageBytes = FRAME_BYTES << parts.traits.mmuShift;
  }

  /** Reads up to the end of the file. */
  read(on: KernelCpu, task: Task, space: AddressSpace, offset: number, bytes: number): void {
    const outer = on.enter(FN.do_generic_mapping_read);
    this.files.inodes.bring(on, space);
    const end = Math.min(offset + bytes, space.bytes);
    const window = this.windowOf(task, space);
    const submit = (first: number, count: number): void => this.files.readAhead(on, space, first, count);
    for (let at = offset; at < end;) {
      const index = Math.floor(at / this.pageBytes);
      const length = Math.min(end, (index + 1) * this.pageBytes) - at;
      if (space.kind === 'file') window.access(index, submit);
      const page = this.cached(on, space, index);
      this.parts.reclaim.markAccessed(on, page);
      this.copy(on, task, page, at % this.pageBytes, length, false);
      this.parts.pages.put(on, page);
      at += length;
    }
    on.leave(outer);
  }

  /** Writes; the file grows where it ends before. */
  write(on: KernelCpu, task: Task, space: AddressSpace, offset: number, bytes: number): void {
    const outer = on.enter(FN.generic_file_write);
    const { pages, reclaim } = this.parts;
    this.files.inodes.bring(on, space);
    for (let at = offset; at < offset + bytes;) {
      const index = Math.floor(at / this.pageBytes);
      const within = at % this.pageBytes;
      const length = Math.min(offset + bytes - at, this.pageBytes - within);
      const page = this.prepare(on, space, index, within, length);
      this.copy(on, task, page, within, length, true);
      at += length;
      if (at > space.bytes) {
        space.bytes = at;
        on.write(space.at);
      }
      this.files.dirty(on, page);
      reclaim.markAccessed(on, page);
      pages.put(on, page);
      if (space.kind === 'file') reclaim.throttle(on);
    }
    on.leave(outer);
  }

  /** Writes the file's dirty pages and waits for them. */
  fsync(on: KernelCpu, space: AddressSpace): void {
    const outer = on.enter(FN.writeback_inodes);
    const { writeback } = this.parts.reclaim;
    let done = on.now;
    for (const index of [...space.dirty].sort((a, b) => a - b)) {
      const page = (space.pages.get(index) ?? 0) - 1;
      const at = this.files.write(on, page);
      if (at > on.now) writeback.started(on, page, at);
    }
    for (const slot of space.pages.values()) done = Math.max(done, writeback.doneAt(slot - 1) || 0);
    sleepUntil(on, done);
    writeback.settle(on);
    on.leave(outer);
  }

  /** The task is gone: so are its open files. */
  forget(task: Task): void {
    this.windows.delete(task.pid);
  }

  private cached(on: KernelCpu, space: AddressSpace, index: number): number {
    if (space.kind !== 'file') return this.files.obtain(on, space, index);
    const page = this.files.find(on, space, index);
    if (page >= 0) {
      this.files.waitFor(on, page);
      return page;
    }
    if (!this.files.inodes.onDisk(space, index)) return this.files.hole(on, space, index);
    return this.files.wanted(on, space, index);
  }

  /** prepare_write(): the page, with what the write leaves of it read from disk or cleared. */
  private prepare(on: KernelCpu, space: AddressSpace, index: number, within: number, length: number): number {
    const { files } = this;
    if (space.kind !== 'file') return files.obtain(on, space, index);
    const found = files.find(on, space, index);
    if (found >= 0) {
      files.waitFor(on, found);
      return found;
    }
    const start = index * this.pageBytes;
    const kept = within > 0 || start + length < Math.min(space.bytes, start + this.pageBytes);
    if (kept && files.inodes.onDisk(space, index)) return files.wanted(on, space, index);
    const page = files.fresh(on, space, index);
    // What is not written is cleared: whole frames of it as a stream, the rest line by line.
    const rest = this.pageBytes - length;
    const frames = Math.floor(rest / FRAME_BYTES);
    if (frames > 0) clearHighpage(on, this.parts, page, frames);
    const at = kaddr(this.parts.memMap.slotOf(page), within === 0 ? length : 0);
    if (rest % FRAME_BYTES > 0) on.writeRange(at, rest % FRAME_BYTES);
    files.add(on, space, index, page);
    return page;
  }

  /** copy_to_user() or copy_from_user() of part of a page, mapped for the while. */
  private copy(on: KernelCpu, task: Task, page: number, from: number, bytes: number, write: boolean): void {
    const { highmem, memMap } = this.parts;
    const outer = on.enter(FN.file_copy);
    if (task.mm !== undefined) {
      const { mm } = task;
      for (let done = 0; done < bytes; done += FRAME_BYTES) highmem.userPage(on, mm, mm.table.vpns - 1);
    }
    if (this.parts.traits.copiesByKmap) highmem.kmap(on, page);
    else highmem.kmapAtomic(on, page, 'KM_USER0');
    const at = kaddr(memMap.slotOf(page), from);
    if (write) on.writeRange(at, bytes);
    else on.readRange(at, bytes);
    on.work(bytes / BYTES_PER_INSTRUCTION);
    if (this.parts.traits.copiesByKmap) highmem.kunmap(on, page);
    else highmem.kunmapAtomic(on, page, 'KM_USER0');
    on.leave(outer);
  }

  private windowOf(task: Task, space: AddressSpace): Readahead {
    let windows = this.windows.get(task.pid);
    if (windows === undefined) this.windows.set(task.pid, (windows = new Map()));
    let window = windows.get(space.id);
    if (window === undefined) windows.set(space.id, (window = new Readahead(this.parts.traits.mmuShift)));
    return window;
  }
}
