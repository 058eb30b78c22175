/**
 * The lock on the LRU lists: one pagemap_lru_lock for all (2.4, 2.5 until 2.5.32), or lru_lock of each zone in a line of
 * its own (2.5.33 on; rmap15 too). Either goes with any page replacement: where it is global the lists stay as they are.
 */
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';

const LINE_BYTES = 128;

export class LruLock {
  private readonly global: boolean;
  private readonly at: readonly KAddr[];

  constructor(parts: KernelParts) {
    this.global = parts.traits.lruLock === 'global';
    const shared = parts.data.claim(LINE_BYTES);
    this.at = parts.allZones.map(() => (this.global ? shared : parts.data.claim(LINE_BYTES)));
  }

  /** True when pages of the two zones are under one lock. */
  same(zone: number, other: number): boolean {
    return this.global || zone === other;
  }

  lock(on: KernelCpu, zone: number): void {
    on.lock(this.global ? 'pagemap_lru_lock' : 'zone.lru_lock', this.at[zone]);
  }

  unlock(on: KernelCpu, zone: number): void {
    on.unlock(this.global ? 'pagemap_lru_lock' : 'zone.lru_lock', this.at[zone]);
  }
}
