/** kmap, kmap_atomic and pinned kmaps: what each costs, and what each promises. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { breakEvenSlots } from '../../../../src/sim/kernel/highmem/break-even.ts';
import { KM_TYPE_NR, kmTypes } from '../../../../src/sim/kernel/highmem/kmap-atomic.ts';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { smallKernel } from './parts.ts';

describe('a page of low memory', () => {
  it('has its address: no kmap of it costs anything', () => {
    const { highmem, on, low } = smallKernel();
    const cpu = on();
    highmem.kmap(cpu, low(0));
    highmem.kmapAtomic(cpu, low(0), 'KM_USER0');
    highmem.mapPtes(cpu, low(1), undefined, 'KM_PTE0');
    highmem.unmapPtes(cpu, low(1), undefined, 'KM_PTE0');
    highmem.kunmapAtomic(cpu, low(0), 'KM_USER0');
    highmem.kunmap(cpu, low(0));
    expect(cpu.core.clock).toBe(0);
    expect(cpu.core.counters[C.KMAPS] + cpu.core.counters[C.KMAPS_ATOMIC]).toBe(0);
  });

  it('ends where the published box has its low memory end', () => {
    const { highmem, page } = smallKernel();
    expect([highmem.isHigh(page(68_607)), highmem.isHigh(page(68_608))]).toEqual([false, true]);
  });

  it('is every page of a 64-bit machine', () => {
    const { highmem, page } = smallKernel({ builtIn: 'altix-64n' });
    expect(highmem.isHigh(page(2_000_000))).toBe(false);
  });
});

describe('persistent kmaps', () => {
  it('of a page that is mapped already are reused, even when nobody uses them any more', () => {
    const { highmem, on, high } = smallKernel();
    for (let i = 0; i < 3; i++) {
      highmem.kmap(on(), high(0));
      highmem.kunmap(on(), high(0));
    }
    expect([on().core.counters[C.KMAPS], on().core.counters[C.KMAP_MISSES]]).toEqual([3, 1]);
    expect(highmem.pkmap.census).toEqual({ free: 511, stale: 1, used: 0 });
  });

  it('flush every CPU once in as many new mappings as there are slots', () => {
    const { highmem, on, high } = smallKernel();
    for (let i = 0; i < 2000; i++) {
      highmem.kmap(on(), high(i));
      highmem.kunmap(on(), high(i));
    }
    // 31 other CPUs, and floor(2,000 / 512) wraps of the cursor.
    expect(on().core.counters[C.KMAP_FLUSHES]).toBe(3);
    expect(on().core.counters[C.IPIS]).toBe(3 * 31);
    expect(highmem.report().clearedPerFlush).toBeCloseTo((511 + 512 + 512) / 3);
  });

  it('flush more often the more slots are kept in use', () => {
    const flushes = (kept: number): number => {
      const { highmem, on, high } = smallKernel();
      for (let i = 0; i < kept; i++) highmem.kmap(on(), high(i));
      const before = highmem.pkmap.flushes;
      for (let i = kept; i < kept + 2000; i++) {
        highmem.kmap(on(), high(i));
        highmem.kunmap(on(), high(i));
      }
      return highmem.pkmap.flushes - before;
    };
    // S usable slots: 2,000 / 512 and 2,000 / 112.
    expect(flushes(0)).toBe(3);
    expect([17, 18]).toContain(flushes(400));
  });

  it('flush less with the pool of 1,024 of 2.4.19-pre1-aa1', () => {
    const { highmem, parts } = smallKernel({ builtIn: 'numaq-4g-4quad', kernel: { flavour: '2.4.19-pre1-aa1' } });
    expect(parts.traits.lastPkmap).toBe(1024);
    expect(highmem.pkmap.counts).toHaveLength(1024);
  });

  it('with all slots in use sleep: what cannot be served stops the run, and the non-blocking kind says no', () => {
    const { highmem, on, high } = smallKernel();
    for (let i = 0; i < 512; i++) highmem.kmap(on(), high(i));
    expect(highmem.kmapNonblock(on(), high(512))).toBe(false);
    expect(() => highmem.kmap(on(), high(512))).toThrow(/every slot is in use/);
    highmem.kunmap(on(), high(7));
    expect(highmem.kmapNonblock(on(), high(512))).toBe(true);
  });

  it('are a bug to unmap twice', () => {
    const { highmem, on, high } = smallKernel();
    highmem.kmap(on(), high(0));
    highmem.kunmap(on(), high(0));
    expect(() => highmem.kunmap(on(), high(0))).toThrow(/nobody has mapped/);
  });

  it('on one CPU say from how many cleared slots on a flush is cheaper than an invlpg for each', () => {
    expect(breakEvenSlots({ invlpgNs: 100, flushNs: 300, wantedEntries: 64, refillNs: 25 })).toBe(19);
    const single = smallKernel({ builtIn: 'laptop-1g' }).highmem.report(0);
    expect(single.breakEven).toBeCloseTo(300 / 140);
    expect(smallKernel().highmem.report().breakEven).toBeUndefined();
  });
});

describe('atomic kmaps', () => {
  it('have fourteen types, in the order of 2.6.0', () => {
    expect(KM_TYPE_NR).toBe(14);
    expect([kmTypes.indexOf('KM_BOUNCE_READ'), kmTypes.indexOf('KM_USER0'), kmTypes.indexOf('KM_PTE0')]).toEqual([
      0, 3, 7,
    ]);
  });

  it('take no lock and send no IPI; to unmap costs nothing', () => {
    const { highmem, on, high, parts } = smallKernel();
    const cpu = on(2);
    highmem.kmapAtomic(cpu, high(0), 'KM_USER0');
    const mapped = cpu.core.clock;
    highmem.kunmapAtomic(cpu, high(0), 'KM_USER0');
    expect(mapped).toBeGreaterThanOrEqual(140);
    expect(cpu.core.clock).toBe(mapped);
    expect(parts.locks.acquisitions.every((taken) => taken === 0)).toBe(true);
    expect(cpu.core.counters[C.IPIS]).toBe(0);
  });

  it('have at most one user a CPU and type, whatever the stream', () => {
    const types = ['KM_USER0', 'KM_USER1', 'KM_PTE0', 'KM_PTE1', 'KM_PTE2', 'KM_BOUNCE_READ'] as const;
    const step = fc.record({
      cpu: fc.nat(3),
      type: fc.constantFrom(...types),
      page: fc.nat(5),
      map: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { highmem, on, high } = smallKernel();
        const live = new Map<string, number>();
        for (const { cpu, type, page, map } of steps) {
          const key = `${cpu} ${type}`;
          const act = (): void => {
            if (map) highmem.kmapAtomic(on(cpu), high(page), type);
            else highmem.kunmapAtomic(on(cpu), high(page), type);
          };
          if (map ? live.has(key) : live.get(key) !== page) expect(act).toThrow();
          else {
            act();
            if (map) live.set(key, page);
            else live.delete(key);
          }
          const held = [...live.keys()].filter((known) => known.startsWith(`${cpu} `)).length;
          expect(highmem.atomic.depth(cpu)).toBe(held);
          expect(on(cpu).core.counters[C.IPIS]).toBe(0);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('pte pages in highmem', () => {
  it('are reached by an atomic kmap, nested where two tables are walked', () => {
    const { highmem, on, high } = smallKernel();
    highmem.mapPtes(on(), high(0), undefined, 'KM_PTE0');
    highmem.mapPtes(on(), high(1), undefined, 'KM_PTE1');
    expect(() => highmem.mapPtes(on(), high(2), undefined, 'KM_PTE1')).toThrow(/in use/);
    highmem.unmapPtes(on(), high(1), undefined, 'KM_PTE1');
    highmem.unmapPtes(on(), high(0), undefined, 'KM_PTE0');
    expect(on().core.counters[C.KMAPS_ATOMIC]).toBe(2);
  });

  it('take persistent kmaps in 2.4.19-pre1-aa1', () => {
    const { highmem, on, high, parts } = smallKernel({
      builtIn: 'numaq-4g-4quad',
      kernel: { flavour: '2.4.19-pre1-aa1' },
    });
    highmem.mapPtes(on(), high(0), undefined, 'KM_PTE0');
    highmem.unmapPtes(on(), high(0), undefined, 'KM_PTE0');
    expect([on().core.counters[C.KMAPS], on().core.counters[C.KMAPS_ATOMIC]]).toEqual([1, 0]);
    expect(parts.locks.acquisitions[LOCK.kmap_lock]).toBe(2);
  });
});

describe('pinned kmaps', () => {
  const order = { kernel: { kmap: 'per-cpu' as const, kmapSlots: 3 } };

  it('take neither lock nor IPI nor flush, and cache nothing', () => {
    const { highmem, on, high, parts } = smallKernel(order);
    for (let i = 0; i < 100; i++) {
      highmem.kmap(on(), high(i % 4));
      highmem.kunmap(on(), high(i % 4));
    }
    expect(on().core.counters[C.KMAP_FLUSHES] + on().core.counters[C.IPIS]).toBe(0);
    expect(parts.locks.acquisitions.every((taken) => taken === 0)).toBe(true);
    expect(highmem.report().pinnedDepths).toEqual([0, 100, 0, 0]);
  });

  it('go K deep on a CPU, whatever others do, and then block', () => {
    const depths = fc.array(fc.record({ cpu: fc.nat(2), map: fc.boolean() }), { maxLength: 80 });
    fc.assert(
      fc.property(depths, (steps) => {
        const { highmem, on, high } = smallKernel(order);
        const stacks = [0, 1, 2].map((): number[] => []);
        for (const [i, { cpu, map }] of steps.entries()) {
          const stack = stacks[cpu];
          if (map) {
            const page = high(i % 7);
            expect(highmem.kmapNonblock(on(cpu), page)).toBe(stack.length < 3);
            if (stack.length < 3) stack.push(page);
          } else {
            const page = stack.pop();
            if (page !== undefined) highmem.kunmap(on(cpu), page);
          }
          expect(highmem.pinned.depth(cpu)).toBe(stack.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('pin their task to its CPU: moves are refused, and counted', () => {
    const { highmem, on, high, mm, task } = smallKernel(order);
    const holder = task(mm());
    on().task = holder;
    highmem.kmap(on(), high(0));
    highmem.kmap(on(), high(1));
    expect(highmem.mayMove(holder)).toBe(false);
    highmem.kunmap(on(), high(1));
    expect(highmem.mayMove(holder)).toBe(false);
    highmem.kunmap(on(), high(0));
    expect(highmem.mayMove(holder)).toBe(true);
    expect(highmem.report().refusedMoves).toBe(2);
  });

  it('take address space for every CPU that might be: 3 slots x 32 x 4 KB', () => {
    expect(smallKernel(order).highmem.pinned.spaceBytes).toBe(3 * 32 * 4096);
  });

  it('take four bytes off struct page of 2.4, 64 MB on 64 GB', () => {
    const bytes = (kmap: 'pool' | 'per-cpu'): number =>
      smallKernel({ builtIn: 'numaq-4g-4quad', kernel: { kmap } }).parts.traits.structPage.bytes;
    expect(bytes('pool') - bytes('per-cpu')).toBe(4);
    expect(16_777_216 * 4).toBe(64 * 2 ** 20);
  });
});
