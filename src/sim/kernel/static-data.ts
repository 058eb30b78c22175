/**
 * Where the kernel's static data lies: struct zone, run queues, per-CPU areas, hash tables. Pieces are handed out from the
 * frames of kernel data that boot reserves in low memory (of the boot node), each at the start of a line of its own;
 * per-CPU areas are in one array there too, as in 2.6.0.
 */
import { after, FRAME_BYTES, type KAddr, kaddr } from '../base/units.ts';

const LINE_BYTES = 128;

export class StaticData {
  private used = 0;

  /** `slots`: of consecutive frames of kernel data. */
  constructor(
    private readonly firstSlot: number,
    private readonly frames: number,
  ) {}

  /** Where `bytes` of data lie, on lines of their own. Beyond the kernel's data frames pieces start over (a deviation that costs nothing but sharing). */
  claim(bytes: number): KAddr {
    const size = Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
    const room = this.frames * FRAME_BYTES;
    if ((this.used % room) + size > room) this.used = 0;
    const at = this.used;
    this.used += size;
    return after(kaddr(this.firstSlot, 0), at);
  }
}
