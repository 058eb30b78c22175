/**
 * kmap_atomic(): arch/i386/mm/highmem.c and asm-i386/kmap_types.h of 2.6.0. A fixmap slot for each type and CPU; to map is
 * to write the pte and to invalidate the page in the own TLB. No lock, no IPI; the caller may not sleep, and a type does
 * not nest on a CPU. To unmap is nothing: the stale translation stays until the slot is used again. That a slot has one
 * user at a time is always checked here, as kernels do with CONFIG_DEBUG_HIGHMEM.
 */
import { InvariantError } from '../../base/errors.ts';
import { after, type KAddr } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';

/** enum km_type of 2.6.0, in its order. */
export const kmTypes = [
  'KM_BOUNCE_READ',
  'KM_SKB_SUNRPC_DATA',
  'KM_SKB_DATA_SOFTIRQ',
  'KM_USER0',
  'KM_USER1',
  'KM_BIO_SRC_IRQ',
  'KM_BIO_DST_IRQ',
  'KM_PTE0',
  'KM_PTE1',
  'KM_PTE2',
  'KM_IRQ0',
  'KM_IRQ1',
  'KM_SOFTIRQ0',
  'KM_SOFTIRQ1',
] as const;
export type KmTypeName = (typeof kmTypes)[number];
export const KM_TYPE_NR = kmTypes.length;
const numberOf = Object.fromEntries(kmTypes.map((name, index) => [name, index])) as Readonly<
  Record<KmTypeName, number>
>;

export class AtomicKmaps {
  /** Page that each slot was mapped for by its present user, -1 for none. */
  private readonly live: Int32Array;

  /** `ptesAt`: the fixmap's page table, of `cpus` x KM_TYPE_NR entries. */
  constructor(
    cpus: number,
    private readonly ptesAt: KAddr,
    private readonly pteBytes: number,
    private readonly invlpgNs: number,
  ) {
    this.live = new Int32Array(cpus * KM_TYPE_NR).fill(-1);
  }

  map(on: KernelCpu, page: number, type: KmTypeName): void {
    const outer = on.enter(FN.kmap_atomic);
    const slot = numberOf[type] + KM_TYPE_NR * on.cpu;
    if (this.live[slot] >= 0) {
      throw new InvariantError(`kmap_atomic: ${type} is in use on CPU ${on.cpu}`, { page, holds: this.live[slot] });
    }
    this.live[slot] = page;
    on.write(after(this.ptesAt, slot * this.pteBytes));
    on.spend(this.invlpgNs);
    on.count(C.KMAPS_ATOMIC);
    on.leave(outer);
  }

  unmap(on: KernelCpu, page: number, type: KmTypeName): void {
    const slot = numberOf[type] + KM_TYPE_NR * on.cpu;
    if (this.live[slot] !== page) {
      throw new InvariantError(`kunmap_atomic: ${type} of CPU ${on.cpu} holds another page`, {
        page,
        holds: this.live[slot],
      });
    }
    this.live[slot] = -1;
  }

  /** Slots in use on a CPU. */
  depth(cpu: number): number {
    let depth = 0;
    for (let type = 0; type < KM_TYPE_NR; type++) if (this.live[cpu * KM_TYPE_NR + type] >= 0) depth++;
    return depth;
  }
}
