/** A zone by lists: the naive buddy system, and for each CPU a hot and a cold array of pages, the head first. */
import { NaiveBuddy } from './buddy.ts';

interface Pages {
  readonly list: number[];
  readonly low: number;
  readonly high: number;
}

export class NaiveZone {
  readonly buddy: NaiveBuddy;
  /** Blocks in use: first cluster to order. */
  readonly allocated = new Map<number, number>();
  private readonly cpus = new Map<string, Pages>();

  constructor(
    maxOrder: number,
    splitGives: 'upper' | 'lower',
    /** 0: no per-CPU sets. */
    readonly batch: number,
  ) {
    this.buddy = new NaiveBuddy(maxOrder, splitGives);
  }

  get onCpuLists(): number {
    return [...this.cpus.values()].reduce((sum, { list }) => sum + list.length, 0);
  }

  take(cpu: number, order: number, cold: boolean): number {
    let block: number;
    if (order > 0 || this.batch === 0) block = this.buddy.take(order);
    else {
      const { list, low } = this.setOf(cpu, cold);
      if (list.length <= low) {
        for (let i = 0; i < this.batch; i++) {
          const page = this.buddy.take(0);
          if (page >= 0) list.push(page);
        }
      }
      block = list.shift() ?? -1;
    }
    if (block >= 0) this.allocated.set(block, order);
    return block;
  }

  giveBack(cpu: number, block: number, cold: boolean): void {
    const order = this.allocated.get(block) ?? 0;
    this.allocated.delete(block);
    if (order > 0 || this.batch === 0) {
      this.buddy.giveBack(block, order);
      return;
    }
    const { list, high } = this.setOf(cpu, cold);
    if (list.length >= high) for (let i = 0; i < this.batch; i++) this.buddy.giveBack(list.pop() ?? -1, 0);
    list.unshift(block);
  }

  private setOf(cpu: number, cold: boolean): Pages {
    const key = `${cpu} ${cold}`;
    const known = this.cpus.get(key);
    if (known !== undefined) return known;
    const set = cold
      ? { list: [], low: 0, high: 2 * this.batch }
      : { list: [], low: 2 * this.batch, high: 6 * this.batch };
    this.cpus.set(key, set);
    return set;
  }
}
