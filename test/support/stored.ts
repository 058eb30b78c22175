/**
 * What programs have stored, frame by frame and block by block: the model keeps no data, so a test that asks what a
 * program reads follows every clear, copy and disk transfer of the kernel from outside.
 */
import { pteNumber } from '../../src/sim/hardware/pte-pages.ts';
import type { Kernel } from '../../src/sim/kernel/kernel.ts';
import type { Mm } from '../../src/sim/kernel/mm/mm.ts';

export class Stored {
  private readonly frames = new Map<number, number>();
  private readonly blocks = new Map<number, number>();

  constructor(private readonly kernel: Kernel) {
    const { pages, block, memMap } = kernel;
    const size = 1 << memMap.shift;
    const { clear, copy } = pages;
    pages.clear = (on, page, count = size) => {
      for (let i = 0; i < count; i++) this.frames.delete(memMap.slotOf(page) + i);
      clear.call(pages, on, page, count);
    };
    pages.copy = (on, from, to, count = size) => {
      for (let i = 0; i < count; i++) this.carry(memMap.slotOf(from) + i, memMap.slotOf(to) + i);
      copy.call(pages, on, from, to, count);
    };
    const { submit } = block;
    block.submit = (on, device, at, page, write, bytes = size * 4096) => {
      for (let i = 0; i < Math.ceil(bytes / 4096); i++) {
        const slot = memMap.slotOf(page) + i;
        if (write) this.blocks.set(at + i, this.frames.get(slot) ?? 0);
        else this.frames.set(slot, this.blocks.get(at + i) ?? 0);
      }
      return submit.call(block, on, device, at, page, write, bytes);
    };
  }

  /** Puts a value on the disk. */
  onDisk(block: number, value: number): void {
    this.blocks.set(block, value);
  }

  read(mm: Mm, vpn: number): number {
    return this.frames.get(this.slotOf(mm, vpn)) ?? 0;
  }

  write(mm: Mm, vpn: number, value: number): void {
    this.frames.set(this.slotOf(mm, vpn), value);
  }

  private slotOf(mm: Mm, vpn: number): number {
    return pteNumber(this.kernel.ptePages.get(mm.table.pteOf(vpn)));
  }

  private carry(from: number, to: number): void {
    const value = this.frames.get(from);
    if (value === undefined) this.frames.delete(to);
    else this.frames.set(to, value);
  }
}
