/** Requests to disks: what is bounced and how, what lies in low memory for them, and when they are done. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { Block } from '../../../../src/sim/kernel/block.ts';
import { PG_PRIVATE, PG_WRITEBACK } from '../../../../src/sim/kernel/page-flags.ts';
import { builtInById } from '../../../../src/sim/profiles/builtin/index.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { smallKernel, type SmallKernel } from '../highmem/parts.ts';

const PAGE_NS = 4096 * (1000 / 40);
const FOUR_GIB = 2 ** 20;

/** The 16 GB box with a disk of 40 MB/s and 5 ms, and a kernel of its own time (2.5.59: bios), or another. */
function withDisk(
  dmaBits: 24 | 32 | 64,
  kernel: Partial<MachineProfile['kernel']> = {},
): SmallKernel & { block: Block } {
  const plain = builtInById('numaq-16g-4quad')?.profile();
  if (plain === undefined) throw new Error('no such machine');
  const disk = { name: 'disk', kind: 'disk' as const, bandwidthMBps: 40, accessMs: 5, queueDepth: 1, dmaBits };
  const nodes = plain.machine.nodes.map((node, place) => ({
    ...node,
    memoryMiB: place === 0 ? 8192 : 2048,
    io: place === 0 ? [disk] : [],
  }));
  const made = smallKernel({ builtIn: 'numaq-16g-4quad', kernel, machine: { nodes } });
  return Object.assign(made, { block: new Block(made.parts) });
}

describe('a request', () => {
  it('is done when the disk says so: 5 ms and 4 KiB at 40 MB/s, the next block without a seek', () => {
    const { block, on, low } = withDisk(64);
    const first = block.submit(on(), 0, 100, low(0), false);
    const start = first - 5e6 - PAGE_NS;
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThan(5000);
    expect(block.submit(on(), 0, 101, low(1), false)).toBeCloseTo(first + PAGE_NS);
    expect([on().core.counters[C.PGPGIN], on().core.counters[C.PGPGOUT]]).toEqual([2, 0]);
  });

  it('keeps a bio in low memory until it is done', () => {
    const { block, on, low, active } = withDisk(64);
    for (let i = 0; i < 10; i++) block.submit(on(), 0, i, low(i), true);
    expect(active('bio')).toBe(10);
    on().spend(1e9);
    block.submit(on(), 0, 50, low(11), true);
    expect(active('bio')).toBe(1);
  });

  it('congests its queue from 113 requests on', () => {
    const { block, on, low } = withDisk(64);
    for (let i = 0; i < 112; i++) block.submit(on(), 0, i, low(0), true);
    expect(block.congested(0, on().now)).toBe(false);
    block.submit(on(), 0, 112, low(0), true);
    expect(block.congested(0, on().now)).toBe(true);
    expect(block.congested(0, 1e12)).toBe(false);
  });
});

describe('bouncing', () => {
  it('is decided page by page, by what the device reaches', () => {
    const reach = { 24: 2 ** 12, 32: FOUR_GIB, 64: Infinity } as const;
    fc.assert(
      fc.property(fc.constantFrom(24, 32, 64), fc.integer({ min: 1, max: 2 ** 21 - 11_000 }), (bits, pfn) => {
        const { block, page } = withDisk(bits);
        expect(block.bounces(0, page(pfn), 1)).toBe(pfn >= reach[bits]);
      }),
      { numRuns: 60 },
    );
  });

  it('copies a write when it is submitted, by a persistent kmap, and a read by KM_BOUNCE_READ', () => {
    const { block, on, page, given } = withDisk(32);
    const high = page(FOUR_GIB + 5);
    block.submit(on(), 0, 7, high, true);
    const { counters } = on().core;
    expect([counters[C.KMAPS], counters[C.KMAPS_ATOMIC], counters[C.BOUNCED_PAGES]]).toEqual([1, 0, 1]);
    block.submit(on(), 0, 8, high, false);
    expect([counters[C.KMAPS], counters[C.KMAPS_ATOMIC], counters[C.BOUNCED_PAGES]]).toEqual([1, 1, 2]);
    // A low page for each, beside the 64 that the pool keeps.
    expect(given.size).toBe(64 + 2);
    on().spend(1e9);
    block.submit(on(), 0, 9, high, false);
    expect(given.size).toBe(64 + 1);
  });

  it('leaves pages within reach alone, highmem or not', () => {
    const { block, on, page, highmem } = withDisk(32);
    const within = page(FOUR_GIB - 40_000);
    expect(highmem.isHigh(within)).toBe(true);
    block.submit(on(), 0, 7, within, true);
    expect([on().core.counters[C.KMAPS], on().core.counters[C.BOUNCED_PAGES]]).toEqual([0, 0]);
  });

  it.each([
    ['2.5.59', 32, 64],
    ['2.4.22', 32, 32],
    ['2.5.59', 24, 16],
  ] as const)('by %s with a reach of %i bits falls back on a pool of %i pages, then waits', (flavour, bits, pool) => {
    const kernel = withDisk(bits, { flavour });
    const { block, on, page } = kernel;
    const mm = kernel.mm();
    on().task = kernel.task(mm);
    const high = page(FOUR_GIB + 5);
    const first = block.submit(on(), 0, 0, high, true);
    kernel.starve = true;
    for (let i = 1; i <= pool; i++) block.submit(on(), 0, i, high, true);
    expect(on().task?.waitNs).toBe(0);
    expect(on().now).toBeLessThan(first);
    block.submit(on(), 0, pool + 1, high, true);
    // The allocator's own page came back first, to the allocator; then the first of the pool's.
    expect(on().now).toBeGreaterThanOrEqual(first + PAGE_NS - 1);
  });

  it('of ISA devices takes pages of the DMA zone', () => {
    const { block, on, page, given, parts } = withDisk(24);
    block.submit(on(), 0, 7, page(FOUR_GIB + 5), true);
    for (const taken of given) expect(parts.frames.pfnOf(parts.memMap.slotOf(taken))).toBeLessThan(4096);
  });
});

describe('buffer heads', () => {
  it('stay with their page in 2.4, one a 4 KiB block, and hold a reference to it', () => {
    const { block, on, low, active, parts } = withDisk(64, { flavour: '2.4.22', pageMmuShift: 2 });
    const page = low(0);
    parts.memMap.count[page] = 1;
    block.submit(on(), 0, 0, page, true);
    block.submit(on(), 0, 0, page, true);
    expect([active('buffer_head'), active('bio')]).toEqual([4, 0]);
    expect(parts.memMap.count[page]).toBe(2);
    expect(parts.memMap.flags[page] & PG_PRIVATE).toBe(PG_PRIVATE);
    expect(block.releaseBuffers(on(), page)).toBe(true);
    expect([active('buffer_head'), parts.memMap.count[page], parts.memMap.flags[page] & PG_PRIVATE]).toEqual([0, 1, 0]);
  });

  it('go back only when the page is not being written', () => {
    const { block, on, low, parts } = withDisk(64, { flavour: '2.4.22' });
    const page = low(0);
    block.submit(on(), 0, 0, page, true);
    parts.memMap.flags[page] |= PG_WRITEBACK;
    expect(block.releaseBuffers(on(), page)).toBe(false);
    parts.memMap.flags[page] &= ~PG_WRITEBACK;
    expect(block.releaseBuffers(on(), page)).toBe(true);
  });

  it('are made by 2.6 for pages in part only', () => {
    const { block, on, low, active } = withDisk(64);
    block.submit(on(), 0, 0, low(0), true);
    expect(active('buffer_head')).toBe(0);
    block.submit(on(), 0, 1, low(1), true, 1024);
    expect(active('buffer_head')).toBe(1);
    expect(block.releaseBuffers(on(), low(0))).toBe(true);
  });
});
