/** What a request goes through when memory is short, kernel by kernel, with page replacement as a script. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { InputError } from '../../../../src/sim/base/errors.ts';
import {
  GFP_ATOMIC,
  GFP_ATOMIC_NOWARN,
  GFP_HIGHUSER,
  GFP_KERNEL,
  type Gfp,
} from '../../../../src/sim/kernel/alloc/gfp.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

/** 24 MiB: DMA and Normal, no high memory. */
function small(flavour: string, nodes = 1, zones: Partial<MachineProfile['zones']> = {}): BootedAllocator {
  const each = Array.from({ length: nodes }, (_, id) => ({ id, cpus: 1, memoryMiB: 24 }));
  return new BootedAllocator(profileOf({ nodes: each, kernel: { flavour }, zones }));
}

/** Takes all pages of a machine that ignore the marks, and lists them. */
function exhaust(allocator: BootedAllocator, owner: number = OWNER.anonymous): number[] {
  const on = allocator.on();
  const task = on.task;
  if (task !== undefined) task.memalloc = true;
  const pages: number[] = [];
  for (;;) {
    const page = allocator.pages.alloc(on, GFP_HIGHUSER, 0, owner);
    if (page < 0) break;
    pages.push(page);
  }
  if (task !== undefined) task.memalloc = false;
  allocator.log.length = 0;
  return pages;
}

/** Page replacement that frees pages of a stock, `count` at a time. */
const freeing = (allocator: BootedAllocator, stock: number[], count: number): BootedAllocator['reclaim'] => {
  return (on: KernelCpu) => {
    const freed = stock.splice(0, count);
    for (const page of freed) allocator.pages.free(on, page, 0);
    return freed.length;
  };
};

const want = (allocator: BootedAllocator, gfp: Gfp = GFP_KERNEL, order = 0): number => {
  return allocator.pages.alloc(allocator.on(), gfp, order, OWNER.anonymous);
};

describe('2.6.0 under pressure', () => {
  it('gives a task that reclaims (PF_MEMALLOC) the last page, and then fails it without reclaim', () => {
    const allocator = small('2.6.0');
    const total = allocator.zones.reduce((sum, zone) => sum + zone.free, 0);
    expect(exhaust(allocator)).toHaveLength(total);
    expect(allocator.zones.map((zone) => zone.free)).toEqual([0, 0]);
  });

  it('wakes kswapd for every zone of the list, and fails a caller that cannot wait without reclaim', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    expect(want(allocator, GFP_ATOMIC)).toBe(-1);
    expect(allocator.log).toEqual(['wake Normal0', 'wake DMA0']);
    expect(allocator.pages.counts.failures).toBe(2);
  });

  it('counts no failure of a caller that has another way (__GFP_NOWARN)', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    const { failures } = allocator.pages.counts;
    expect(want(allocator, GFP_ATOMIC_NOWARN)).toBe(-1);
    expect(allocator.pages.counts.failures).toBe(failures);
  });

  it('reclaims for the first zone’s class and takes what comes above the min marks', () => {
    const allocator = small('2.6.0');
    const stock = exhaust(allocator);
    allocator.reclaim = freeing(allocator, stock, 2000);
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    expect(allocator.log).toEqual(['wake Normal0', 'wake DMA0', 'reclaim Normal0']);
  });

  it('waits a fiftieth of a second and reclaims again, without walking the low marks again', () => {
    const allocator = small('2.6.0');
    const stock = exhaust(allocator);
    const { min } = allocator.zone('Normal').marks;
    // The first page freed comes last: pages of DMA, 2.6.0's list goes downwards.
    stock.sort((a, b) => b - a);
    // On the CPU's list up to 96 do not count as free.
    allocator.reclaim = freeing(allocator, stock, Math.ceil((min + 96) / 3));
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    const rounds = allocator.log.filter((line) => line.startsWith('reclaim')).length;
    expect(rounds).toBeGreaterThan(1);
    expect(allocator.log.filter((line) => line.startsWith('wake'))).toHaveLength(2);
    expect(allocator.on().task?.waitNs).toBe((rounds - 1) * 2e7);
  });

  it('fails a block larger than order 3 after one reclaim, and any request with __GFP_NORETRY', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    expect(want(allocator, GFP_KERNEL, 4)).toBe(-1);
    expect(want(allocator, { ...GFP_KERNEL, noRetry: true })).toBe(-1);
    const round = ['wake Normal0', 'wake DMA0', 'reclaim Normal0'];
    expect(allocator.log).toEqual([...round, ...round]);
  });

  it('ends in the out-of-memory report after ten reclaims that freed nothing', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    expect(() => want(allocator)).toThrow(InputError);
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(10);
  });

  it('lets page replacement itself take pages below every mark, and never reclaims within reclaim', () => {
    const allocator = small('2.6.0');
    const stock = exhaust(allocator);
    let within = -1;
    allocator.reclaim = (on) => {
      for (const page of stock.splice(0, 200)) allocator.pages.free(on, page, 0);
      within = within < 0 ? allocator.pages.alloc(on, GFP_KERNEL, 0, OWNER.slab) : within;
      return 200;
    };
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    expect(within).toBeGreaterThanOrEqual(0);
  });
});

describe('2.6.11 under pressure', () => {
  it('looks for a zone above its high mark when reclaim makes no progress, ten times, and then ends', () => {
    const allocator = small('2.6.11');
    exhaust(allocator);
    expect(() => want(allocator)).toThrow('Out of memory');
    const reclaims = Array.from({ length: 10 }, () => 'reclaim Normal0');
    expect(allocator.log).toEqual(['wake Normal0', 'wake DMA0', ...reclaims]);
  });

  it('takes no page between the min and the high mark that came from elsewhere than its own reclaim', () => {
    const allocator = small('2.6.11');
    const stock = exhaust(allocator);
    const normal = allocator.zone('Normal');
    const reached: number[] = [];
    allocator.reclaim = (on) => {
      // Somebody else frees: page replacement says that it made no progress.
      for (const page of stock.splice(0, 40)) allocator.pages.free(on, page, 0);
      reached.push(normal.free);
      return 0;
    };
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    const { high } = normal.marks;
    expect(reached.at(-1)).toBeGreaterThan(high);
    expect(reached.slice(0, -1).every((free) => free <= high)).toBe(true);
  });

  it('goes on reclaiming as long as there is progress', () => {
    const allocator = small('2.6.11');
    const stock = exhaust(allocator);
    stock.sort((a, b) => b - a);
    allocator.reclaim = freeing(allocator, stock, 30);
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    expect(allocator.log.length).toBeGreaterThan(4);
  });
});

describe('2.4.22 under pressure', () => {
  it('wakes kswapd for the class zone alone', () => {
    const allocator = small('2.4.22');
    exhaust(allocator);
    expect(want(allocator, GFP_ATOMIC)).toBe(-1);
    expect(allocator.log).toEqual(['wake Normal0']);
  });

  it('hands the page that the task freed while reclaiming to the task itself, whatever the marks', () => {
    const allocator = small('2.4.22');
    const stock = exhaust(allocator);
    const [first, second] = stock;
    allocator.reclaim = freeing(allocator, stock, 2);
    expect(want(allocator)).toBe(first);
    // The other one went to its zone.
    expect(allocator.zones.map((zone) => zone.free)).toEqual(second === undefined ? [0, 0] : [0, 1]);
  });

  it('frees a kept block of another order, and goes round again', () => {
    const allocator = small('2.4.22');
    const stock = exhaust(allocator);
    let rounds = 0;
    allocator.reclaim = (on) => {
      // Single pages for a request of two: first one only, then enough to merge above the marks.
      for (const page of stock.splice(0, rounds++ === 0 ? 1 : 1000)) allocator.pages.free(on, page, 0);
      return 1;
    };
    expect(want(allocator, GFP_KERNEL, 1)).toBeGreaterThanOrEqual(0);
    expect(rounds).toBe(2);
    const free = allocator.zones.reduce((sum, zone) => sum + zone.free, 0);
    expect(free).toBe(1001 - 2);
  });

  it('ends in the report after ten reclaims that freed nothing', () => {
    const allocator = small('2.4.22');
    exhaust(allocator);
    expect(() => want(allocator)).toThrow('Out of memory');
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(10);
  });
});

describe('pages under write', () => {
  // Ten rounds without any come after those in which the last ones are written.
  it.each([
    ['2.4.22', 10 + 5],
    ['2.6.0', 10 + 5],
    ['2.6.11', 10 + 5],
  ])('put off the end of memory until they are written (%s)', (flavour, rounds) => {
    const allocator = small(flavour);
    exhaust(allocator);
    allocator.writing = 5;
    expect(() => want(allocator)).toThrow('Out of memory');
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(rounds);
  });
});

describe('swap space', () => {
  const flavours = ['2.4.22', '2.6.0', '2.6.11'];

  it.each(flavours)('puts off the end of memory while there are pages for it (%s)', (flavour) => {
    const allocator = small(flavour);
    const stock = exhaust(allocator);
    allocator.swap.free = 100;
    let rounds = 0;
    // Page replacement has to look at them all before it finds one to swap.
    allocator.reclaim = (on) => {
      if (++rounds < 50) return 0;
      for (const page of stock.splice(0, 2000)) allocator.pages.free(on, page, 0);
      return 2000;
    };
    expect(want(allocator)).toBeGreaterThanOrEqual(0);
    expect(rounds).toBe(50);
  });

  it('does not help where no page is left for it', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    allocator.swap.free = 100;
    allocator.listed = 0;
    expect(() => want(allocator)).toThrow('Out of memory');
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(10);
  });

  it.each(flavours)('does not help where the kernel itself has all of the zones (%s)', (flavour) => {
    const allocator = small(flavour);
    exhaust(allocator, OWNER.slab);
    allocator.swap.free = 100;
    // Pages of other zones, which the request may not use.
    allocator.listed = 5000;
    expect(() => want(allocator)).toThrow('Out of memory');
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(10);
  });

  it.each(flavours)('does not help where each page was looked at four times and cannot go (%s)', (flavour) => {
    const allocator = small(flavour);
    const pages = exhaust(allocator).length;
    allocator.swap.free = 100;
    allocator.listed = pages;
    allocator.reclaim = (on) => {
      on.count(C.PGSCAN, pages / 2);
      on.count(C.PGREFILL, pages / 2);
      return 0;
    };
    expect(() => want(allocator)).toThrow('Out of memory');
    // Three rounds of hope, and ten without.
    expect(allocator.log.filter((line) => line.startsWith('reclaim'))).toHaveLength(13);
  });
});

describe('the out-of-memory report', () => {
  it('is the failed request and sysrq-M: marks, lists and free blocks of each zone', () => {
    const allocator = small('2.6.0');
    exhaust(allocator);
    let message = '';
    try {
      want(allocator, GFP_KERNEL, 1);
    } catch (error) {
      message = error instanceof InputError ? error.message : String(error);
    }
    const { min, low, high } = allocator.zone('Normal').marks;
    expect(message).toContain('Out of memory: task 0: page allocation failure. order:1, mode:0xd0');
    const normal = `Node 0 Normal free:0kB min:${4 * min}kB low:${4 * low}kB high:${4 * high}kB active:12kB inactive:0kB`;
    expect(message).toContain(normal);
    expect(message).toContain('Node 0 DMA: 0*4kB 0*8kB 0*16kB');
    expect(message).toContain('Free swap: 0kB');
  });
});

describe('what is counted', () => {
  it('counts looks at zones, refusals by marks, and requests refused although pages were free', () => {
    const allocator = small('2.6.0');
    const on = allocator.on();
    const dma = allocator.zone('DMA');
    const normal = allocator.zone('Normal');
    while (normal.free + 2 * normal.marks.low > 0 && allocator.pages.alloc(on, GFP_ATOMIC, 0, OWNER.anonymous) >= 0);
    expect(dma.free + normal.free).toBeGreaterThan(0);
    expect(allocator.pages.counts.refusedThoughFree).toBe(1);
    expect(allocator.pages.visits).toBe(dma.visits + normal.visits);
    expect(normal.refusals).toBeGreaterThan(0);
    expect(allocator.pages.counts.failedAt).toBeGreaterThan(allocator.pages.counts.pressureAt);
  });

  it('counts entries of fall-back zones, which come last', () => {
    const allocator = small('2.6.0', 1, { fallbackShare: 0.25 });
    const on = allocator.on();
    const entriesAt: number[] = [];
    for (let i = 0; ; i++) {
      const page = allocator.pages.alloc(on, { ...GFP_KERNEL, wait: false }, 0, OWNER.anonymous);
      if (page < 0) break;
      if (allocator.pages.zoneOf(page).layout.fallback) entriesAt.push(i);
      else expect(entriesAt).toEqual([]);
    }
    expect(allocator.pages.counts.fallbackEntries).toBe(entriesAt.length);
    expect(entriesAt.length).toBeGreaterThan(100);
    // Woken before the first of them.
    expect(allocator.log[0]).toBe('wake Normal0');
  });

  it('lets CPUs begin at zones of their own where a type has several', () => {
    const zonesPerType = { dma: 1, normal: 2, highmem: 1 };
    const nodes = [{ id: 0, cpus: 2, memoryMiB: 48 }];
    const allocator = new BootedAllocator(profileOf({ nodes, kernel: { flavour: '2.6.0' }, zones: { zonesPerType } }));
    const zones = [0, 1].map((cpu) => {
      const page = allocator.pages.alloc(allocator.on(cpu), GFP_KERNEL, 0, OWNER.anonymous);
      return allocator.pages.zoneOf(page).layout.index;
    });
    expect(zones).toEqual([0, 1]);
    expect(allocator.pages.visits).toBe(2);
  });
});
