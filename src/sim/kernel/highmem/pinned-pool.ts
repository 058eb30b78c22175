/**
 * A pool of K atomic kmap slots a CPU: A. Arcangeli's proposal of March 2002, never merged. kmap() pins the task to its CPU
 * and takes the next slot; kunmap() gives it back, and unpins the task when it holds none. No lock, no IPI, no global
 * flush, nothing cached (so no page->virtual); the price is that the balancer may not move a pinned task.
 *
 * Model: slots go back in the reverse order, as a depth counter has it. Blocking at depth K: see pkmap.ts. No kmap outlives an
 * operation of the kernel here, and nobody balances yet, so in a run no move is ever refused.
 */
import { InvariantError } from '../../base/errors.ts';
import { after, FRAME_BYTES, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Task } from '../task.ts';

/** NR_CPUS of the kernels: slots are laid out for all of them, whether the CPUs exist or not. */
const NR_CPUS = 32;

export class PinnedPool {
  /** How often a kmap reached each depth, from 1. */
  readonly histogram: Float64Array;
  /** kmaps that found all slots of their CPU taken; moves that a pin forbade. */
  blocked = 0;
  refusedMoves = 0;
  private readonly depths: Int32Array;
  private readonly pages: Int32Array;
  /** Slots that each task holds; none is unpinned. */
  private readonly pins = new Map<Task, number>();

  /** `ptesAt`: of `cpus` x `slots` entries. */
  constructor(
    private readonly cpus: number,
    readonly slots: number,
    private readonly ptesAt: KAddr,
    private readonly pteBytes: number,
    private readonly invlpgNs: number,
  ) {
    this.histogram = new Float64Array(slots + 1);
    this.depths = new Int32Array(cpus);
    this.pages = new Int32Array(cpus * slots).fill(-1);
  }

  /** False where the CPU's slots are all taken. */
  map(on: KernelCpu, page: number): boolean {
    const depth = this.depths[on.cpu];
    if (depth === this.slots) {
      this.blocked++;
      return false;
    }
    const outer = on.enter(FN.kmap_pinned);
    const slot = on.cpu * this.slots + depth;
    this.pages[slot] = page;
    on.write(after(this.ptesAt, slot * this.pteBytes));
    on.spend(this.invlpgNs);
    this.depths[on.cpu] = depth + 1;
    this.histogram[depth + 1]++;
    if (on.task !== undefined) this.pins.set(on.task, (this.pins.get(on.task) ?? 0) + 1);
    on.leave(outer);
    return true;
  }

  unmap(on: KernelCpu, page: number): void {
    const depth = this.depths[on.cpu];
    const top = depth === 0 ? -1 : this.pages[on.cpu * this.slots + depth - 1];
    if (top !== page) throw new InvariantError('kunmap: not the page that was mapped last', { page, top, depth });
    this.depths[on.cpu] = depth - 1;
    if (on.task === undefined) return;
    const held = (this.pins.get(on.task) ?? 0) - 1;
    if (held > 0) this.pins.set(on.task, held);
    else this.pins.delete(on.task);
  }

  depth(cpu: number): number {
    return this.depths[cpu];
  }

  /** Asked by whoever would move a task to another CPU. */
  mayMove(task: Task): boolean {
    if (!this.pins.has(task)) return true;
    this.refusedMoves++;
    return false;
  }

  /** Kernel address space that the pool takes, bytes. */
  get spaceBytes(): number {
    const cpus = Math.max(NR_CPUS, this.cpus > NR_CPUS ? 2 * NR_CPUS : 0, this.cpus);
    return cpus * this.slots * FRAME_BYTES;
  }
}
