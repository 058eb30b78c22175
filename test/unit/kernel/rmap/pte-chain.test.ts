/** pte_chains by themselves: their shape under random adds and removes, and what an element costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RMAP_STEPS } from '../../../../src/sim/base/counters.ts';
import { GFP_HIGHUSER } from '../../../../src/sim/kernel/alloc/gfp.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import type { Kernel } from '../../../../src/sim/kernel/kernel.ts';
import { OWNER, PG_DIRECT } from '../../../../src/sim/kernel/page-flags.ts';
import { PteChains } from '../../../../src/sim/kernel/rmap/pte-chain.ts';
import { bootKernel } from '../../../support/kernel.ts';

interface Chained {
  readonly kernel: Kernel;
  readonly on: KernelCpu;
  readonly chains: PteChains;
  readonly page: number;
}

function chained(highpte = false): Chained {
  const booted = bootKernel({ kernel: { rmap: 'pte_chain', highpte } });
  const { kernel } = booted;
  const on = booted.on();
  const page = kernel.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
  return { kernel, on, chains: new PteChains(kernel), page };
}

/** Adds a pte as a fault does: an element is made ready before the locks are taken. */
function add({ on, chains, page }: Pick<Chained, 'on' | 'chains' | 'page'>, pte: number): void {
  chains.prepare(on);
  chains.add(on, page, pte);
}

/** Used slots of each element of a page's chain, head first. */
function shape({ kernel, chains, page }: Chained): readonly number[] {
  const { pool } = chains;
  const used: number[] = [];
  if ((kernel.memMap.flags[page] & PG_DIRECT) !== 0) return used;
  for (let each = kernel.memMap.word[page] - 1; each >= 0; each = pool.nextOf(each)) {
    used.push(pool.slots - pool.firstOf(each));
  }
  return used;
}

describe('an element of a pte_chain', () => {
  // (L1 line - 4) / sizeof(pte_addr_t): mechanisms of 2.6.0 mm/rmap.c.
  it.each([
    ['a 32-byte line of 4-byte pointers', 32, false, 7],
    ['a 32-byte line of 8-byte pointers (highpte with PAE)', 32, true, 3],
    ['a 64-byte line of 4-byte pointers', 64, false, 15],
    ['a 64-byte line of 8-byte pointers', 64, true, 7],
    ['a 128-byte line of 4-byte pointers', 128, false, 31],
    ['a 128-byte line of 8-byte pointers', 128, true, 15],
  ])('in %s has its slots', (_, lineBytes, wide, slots) => {
    const { profile } = bootKernel();
    const { cpu } = profile.machine;
    const line = { lineBytes };
    const booted = bootKernel({
      kernel: { rmap: 'pte_chain', highpte: wide },
      machine: {
        pae: wide,
        cpu: { ...cpu, l1d: { ...cpu.l1d, ...line }, l2: { ...cpu.l2, ...line } },
      },
    });
    const { kernel } = booted;
    const chains = new PteChains(kernel);
    expect(chains.pool.slots).toBe(slots);
    const on = booted.on();
    const page = kernel.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
    const mappings = slots * 4;
    for (let pte = 1; pte <= mappings; pte++) add({ on, chains, page }, pte);
    // Bytes per mapping: a line for every NRPTE.
    expect(chains.pool.inUse * lineBytes).toBe((mappings / slots) * lineBytes);
    expect(kernel.slabs.caches.find(({ name }) => name === 'pte_chain')?.objectBytes).toBe(lineBytes);
  });
});

describe('the chain of a page', () => {
  it('holds what was added and not removed, with free slots in the head alone', () => {
    const each = chained();
    const { kernel, on, chains, page } = each;
    const { memMap } = kernel;
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 120 }), (picks) => {
        const ptes = new Set<number>();
        for (const pick of picks) {
          if (ptes.delete(pick)) chains.remove(on, page, pick);
          else {
            ptes.add(pick);
            add(each, pick);
          }
          expect([...chains.ptesOf(page)].sort((a, b) => a - b)).toEqual([...ptes].sort((a, b) => a - b));
          const used = shape(each);
          expect(used.slice(1).every((count) => count === chains.pool.slots)).toBe(true);
          expect(used.every((count) => count > 0)).toBe(true);
          const direct = (memMap.flags[page] & PG_DIRECT) !== 0;
          if (direct) expect(ptes.has(memMap.word[page])).toBe(true);
          if (ptes.size === 0) expect([direct, memMap.word[page]]).toEqual([false, 0]);
          if (ptes.size > 1) expect(direct).toBe(false);
        }
        for (const pte of ptes) chains.remove(on, page, pte);
        expect(chains.pool.inUse).toBe(0);
      }),
      { numRuns: 60, seed: 20 },
    );
  });

  it('fills the head downwards, and begins a new head when it is full', () => {
    const each = chained();
    const { chains, page } = each;
    const { slots } = chains.pool;
    for (let pte = 1; pte <= slots; pte++) add(each, pte);
    expect(shape(each)).toEqual([slots]);
    add(each, 100);
    expect(shape(each)).toEqual([1, slots]);
    expect(chains.ptesOf(page)[0]).toBe(100);
  });

  it('stays a chain when one entry is left, and is direct again after page_referenced()', () => {
    const each = chained();
    const { kernel, on, chains, page } = each;
    const task = bootTask(each);
    const pte = task.pteOf();
    add(each, pte);
    add(each, pte + 1);
    chains.remove(on, page, pte + 1);
    expect(kernel.memMap.flags[page] & PG_DIRECT).toBe(0);
    expect(shape(each)).toEqual([1]);
    chains.referenced(on, page);
    expect(kernel.memMap.flags[page] & PG_DIRECT).toBe(PG_DIRECT);
    expect(kernel.memMap.word[page]).toBe(pte);
    expect(chains.pool.inUse).toBe(0);
  });

  it('is searched a line at a time, from the newest entries on', () => {
    const { on, chains, page } = chained();
    const { slots } = chains.pool;
    for (let pte = 1; pte <= 5 * slots; pte++) add({ on, chains, page }, pte);
    const steps = (pte: number): number => {
      const before = on.core.counters[RMAP_STEPS];
      chains.remove(on, page, pte);
      return on.core.counters[RMAP_STEPS] - before;
    };
    expect(steps(5 * slots)).toBe(1);
    expect(steps(1)).toBe(5);
    expect(steps(2 * slots)).toBe(4);
  });

  it('takes elements from one that its CPU keeps ready', () => {
    const { on, chains, page } = chained();
    add({ on, chains, page }, 1);
    expect([chains.pool.inUse, chains.pool.spare]).toEqual([0, 1]);
    add({ on, chains, page }, 2);
    expect([chains.pool.inUse, chains.pool.spare]).toEqual([1, 0]);
    add({ on, chains, page }, 3);
    expect([chains.pool.inUse, chains.pool.spare]).toEqual([1, 1]);
  });

  it('gets no element that takes waiting for memory with locks held', () => {
    const { kernel, on, chains, page } = chained();
    add({ on, chains, page }, 1);
    expect(chains.tryPrepare(on)).toBe(true);
    add({ on, chains, page }, 2);
    kernel.pages.alloc = () => -1;
    let more = 0;
    // What the CPU's array and the slab hold already is there without a page.
    while (chains.tryPrepare(on) && more++ < 1000) chains.pool.take(on, 0, 0);
    expect(more).toBeGreaterThan(0);
    expect(more).toBeLessThan(1000);
  });

  it('stops the run where a pte is taken out that it does not have', () => {
    const { on, chains, page } = chained();
    add({ on, chains, page }, 1);
    expect(() => chains.remove(on, page, 2)).toThrow(/not in the chain/);
  });
});

/** A pte page with room for test entries. */
function bootTask({ kernel, on }: Chained): { pteOf(): number } {
  const task = kernel.syscalls.spawn('test', [0], 0);
  on.task = task;
  const { mm } = task;
  if (mm === undefined) throw new Error('a process without an address space');
  return {
    pteOf: () => {
      on.lock('page_table_lock', mm.at);
      const pte = kernel.tables.ensurePte(on, mm, 0x40000, true);
      on.unlock('page_table_lock', mm.at);
      return pte;
    },
  };
}
