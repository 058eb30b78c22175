/**
 * Random streams of requests by several CPUs against zones by lists: the same page each time, and what must hold of a zone:
 * free blocks, per-CPU lists and pages in use are all of it, no two buddies are free, each pair bit is the exclusive or.
 */
import { describe, expect, it } from 'vitest';
import { GFP_ATOMIC, GFP_DMA, GFP_KERNEL, GFP_HIGHUSER, type Gfp } from '../../src/sim/kernel/alloc/gfp.ts';
import { OWNER } from '../../src/sim/kernel/page-flags.ts';
import type { Zone } from '../../src/sim/kernel/zone.ts';
import { profileOf } from '../unit/boot/machines.ts';
import { BootedAllocator } from '../unit/kernel/alloc/booted-allocator.ts';
import { Dice, seeds } from './naive/random.ts';
import { NaiveZone } from './naive/zone.ts';

interface Block {
  readonly page: number;
  readonly order: number;
}

const flavours = [
  { flavour: '2.4.22', pageMmuShift: 0 },
  { flavour: '2.6.0', pageMmuShift: 0 },
  { flavour: '2.6.0', pageMmuShift: 3 },
  { flavour: '2.6.11', pageMmuShift: 0 },
];

/** Two nodes, the second with high memory alone where the kernel remaps; some 3,000 page clusters in all. */
function machine(flavour: string, pageMmuShift: number): BootedAllocator {
  const memoryMiB = pageMmuShift === 0 ? 20 : 160;
  const kernel = { flavour, pageMmuShift };
  const nodes = [0, 1].map((id) => ({ id, cpus: 2, memoryMiB }));
  return new BootedAllocator(profileOf({ nodes, kernel, pae: false, zones: { dmaLimitMiB: 4 } }));
}

/** The zone as it is after boot, by lists. */
function twinOf(zone: Zone, allocator: BootedAllocator): NaiveZone {
  const { traits, layout } = allocator.parts;
  const twin = new NaiveZone(layout.maxOrder, traits.splitGives, zone.layout.batch);
  const free = new Uint8Array(zone.clusters + 1);
  for (let at = 0; at < zone.clusters; at++) {
    const order = zone.lists.freeBlockAt(at);
    if (order >= 0) free.fill(1, at, at + 2 ** order);
  }
  for (let from = 0; from < zone.clusters; from++) {
    if (free[from] === 0) continue;
    let to = from;
    while (free[to] === 1) to++;
    twin.buddy.release(from, to);
    from = to;
  }
  return twin;
}

function checkZone(zone: Zone, twin: NaiveZone, boot: number, where: string): void {
  const inUse = [...twin.allocated.values()].reduce((sum, order) => sum + 2 ** order, 0);
  let listed = 0;
  for (const [order, count] of zone.census.entries()) listed += count * 2 ** order;
  expect(listed, where).toBe(zone.free);
  expect(zone.onCpuLists, where).toBe(twin.onCpuLists);
  expect(zone.free + zone.onCpuLists + inUse, `${where}: free, on CPUs' lists and in use`).toBe(boot);
  expect(zone.owned[OWNER.free], where).toBe(zone.free + zone.onCpuLists);
  expect(zone.owned[OWNER.anonymous], where).toBe(inUse);

  const blocks = twin.buddy.blocksAnew(zone.clusters);
  const top = zone.census.length - 1;
  const wrong: string[] = [];
  for (let at = 0; at < zone.clusters; at++) {
    const order = zone.lists.freeBlockAt(at);
    if (order !== (blocks.get(at) ?? -1)) wrong.push(`block at ${at}`);
  }
  for (let order = 0; order < top; order++) {
    for (let at = 0; at < zone.clusters; at += 2 ** (order + 1)) {
      const first = zone.lists.freeBlockAt(at) === order;
      const second = at + 2 ** order < zone.clusters && zone.lists.freeBlockAt(at + 2 ** order) === order;
      if (first && second) wrong.push(`both buddies free at ${at}, order ${order}`);
      if (zone.lists.pairBit(at, order) !== (first !== second)) wrong.push(`pair bit at ${at}, order ${order}`);
    }
  }
  expect(wrong, where).toEqual([]);
}

describe.each(flavours)('the allocator of $flavour with PAGE_MMUSHIFT $pageMmuShift', ({ flavour, pageMmuShift }) => {
  it.each(seeds(3))('gives and takes what zones by lists do (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const allocator = machine(flavour, pageMmuShift);
    const { memMap, frames } = allocator.parts;
    const twins = allocator.zones.map((zone) => twinOf(zone, allocator));
    const atBoot = allocator.zones.map((zone) => zone.free);
    const clusterOf = (page: number, zone: Zone): number => {
      return (frames.pfnOf(memMap.slotOf(page)) - zone.base) / zone.clusterFrames;
    };
    const held: Block[] = [];
    const gfps: readonly Gfp[] = [GFP_ATOMIC, GFP_KERNEL, GFP_DMA, GFP_HIGHUSER, { ...GFP_HIGHUSER, cold: true }];
    const noWait = gfps.map((gfp): Gfp => ({ ...gfp, wait: false }));
    for (let step = 0; step < 3000; step++) {
      const where = `seed ${seed}, step ${step}`;
      const cpu = dice.below(4);
      const on = allocator.on(cpu);
      const wantsMore = step % 1500 < 900 ? 3 : 1;
      if (dice.below(4) < wantsMore || held.length === 0) {
        const gfp = dice.pick(noWait);
        const order = dice.chanceOf(7, 8) ? 0 : dice.below(5);
        const before = allocator.zones.map((zone) => zone.free);
        const page = allocator.pages.alloc(on, gfp, order, OWNER.anonymous);
        if (page < 0) continue;
        const number = memMap.zone[page];
        const zone = allocator.zones[number];
        expect(clusterOf(page, zone), where).toBe(twins[number].take(cpu, order, gfp.cold === true));
        // Nobody dips below half of half of the min mark (2.6.11), or a quarter of it, at the time of the decision.
        expect(before[number], where).toBeGreaterThanOrEqual(zone.marks.min >> 2);
        expect([memMap.count[page], memMap.owner[page]], where).toEqual([1, OWNER.anonymous]);
        held.push({ page, order });
      } else {
        const [{ page, order }] = held.splice(dice.below(held.length), 1);
        const cold = order === 0 && dice.chanceOf(1, 4);
        const number = memMap.zone[page];
        twins[number].giveBack(cpu, clusterOf(page, allocator.zones[number]), cold);
        if (cold) allocator.pages.putCold(on, page);
        else allocator.pages.free(on, page, order);
      }
      if (step % 600 !== 599) continue;
      for (const [i, zone] of allocator.zones.entries()) checkZone(zone, twins[i], atBoot[i], where);
    }
    for (const { page, order } of held) allocator.pages.free(allocator.on(0), page, order);
    for (let cpu = 0; cpu < 4; cpu++) allocator.pages.drain(allocator.on(cpu));
    expect(allocator.zones.map((zone) => zone.free)).toEqual(atBoot);
    expect(allocator.zones.map((zone) => zone.onCpuLists)).toEqual(atBoot.map(() => 0));
  });
});
