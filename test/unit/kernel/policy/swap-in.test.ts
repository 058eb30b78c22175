/** Which node a page comes back to from swap: before 2.6.7 that of the CPU that asks, whatever the binding; then the policy's. */
import { describe, expect, it } from 'vitest';
import type { AddressSpace } from '../../../../src/sim/kernel/mm/address-space.ts';
import { pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { IDS, Quads } from './quads.ts';

const disk = {
  name: 'sda',
  kind: 'disk' as const,
  bandwidthMBps: 40,
  accessMs: 5,
  queueDepth: 1,
  dmaBits: 64 as const,
};
const nodes = IDS.map((id) => ({ id, cpus: 1, memoryMiB: 64, io: id === 0 ? [disk] : [] }));
const quadsWith = (kernel: ConstructorParameters<typeof Quads>[0]): Quads =>
  new Quads({ ...kernel, swapMiB: 64 }, { nodes });

/** A page that is on the swap device and in no cache. */
function swapOut(quads: Quads, task: Task, page: number): void {
  const { swap, reclaim } = quads.kernel;
  const on = quads.on(task);
  reclaim.writeback.waitOn(on, page);
  on.core.clock += task.waitNs;
  task.waitNs = 0;
  swap.remove(on, page);
}

function swapOutSegment(quads: Quads, task: Task, segment: AddressSpace, at: number): void {
  const { syscalls, pageCache } = quads.kernel;
  syscalls.munmap(quads.on(task), task, at, 1);
  const page = (segment.pages.get(0) ?? 0) - 1;
  pageCache.write(quads.on(task), page);
  swapOut(quads, task, page);
  expect(segment.pages.has(0)).toBe(false);
}

function swapOutPrivate(quads: Quads, task: Task, at: number): void {
  const { swap, rmap, memMap, ptePages, pages } = quads.kernel;
  const on = quads.on(task);
  const page = memMap.pageOf(pteNumber(ptePages.get(task.mm?.table.pteOf(at) ?? -1)));
  expect(swap.add(on, page)).toBe(true);
  // As page replacement does, which holds the page meanwhile.
  pages.get(on, page);
  // From 2.6.7 on a pte that was used of late is left, once.
  if (rmap.tryToUnmap(on, page) !== 'success') expect(rmap.tryToUnmap(on, page)).toBe('success');
  swap.write(on, page);
  pages.put(on, page);
  swapOut(quads, task, page);
  expect(quads.nodeOf(task, at)).toBe(-1);
}

describe('a page of a segment', () => {
  it.each(['membind', 'shmbind'] as const)('that %s bound comes back to the CPU that asks', (binding) => {
    const quads = quadsWith({ binding });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const segment = quads.segment('s', 1);
    if (binding === 'shmbind')
      syscalls.shmbind(quads.on(task), task, segment, { placement: 'firstref', hard: true, nodes: [6] });
    const at = quads.map(task, 1, segment);
    if (binding === 'membind') syscalls.membind(quads.on(task), task, at, 1, [3]);
    quads.touch(task, at, 1, 1);
    expect(quads.nodeOf(task, at)).toBe(6);
    swapOutSegment(quads, task, segment, at);
    const again = quads.map(task, 1, segment);
    quads.touch(task, again, 1, 1);
    expect(quads.nodeOf(task, again)).toBe(2);
  });

  it('that mbind bound comes back to its policy’s node', () => {
    const quads = quadsWith({ flavour: '2.6.11' });
    const task = quads.process();
    const segment = quads.segment('s', 1);
    const at = quads.map(task, 1, segment);
    quads.kernel.syscalls.mbind(quads.on(task), task, { vpn: at, pages: 1, mode: 'bind', nodes: [6], strict: false });
    quads.touch(task, at, 1, 1);
    swapOutSegment(quads, task, segment, at);
    const again = quads.map(task, 1, segment);
    quads.touch(task, again, 1, 1);
    expect(quads.nodeOf(task, again)).toBe(6);
  });
});

describe('a private page', () => {
  it('comes back to the CPU that asks in 2.6.0, and to its policy’s node in 2.6.11', () => {
    const comesBack = (flavour: string): number => {
      const quads = quadsWith({ flavour, placement: { policy: 'preferred', node: 4 } });
      const task = quads.process();
      const at = quads.map(task, 1);
      quads.touch(task, at, 1, 1);
      expect(quads.nodeOf(task, at)).toBe(4);
      swapOutPrivate(quads, task, at);
      quads.touch(task, at, 1, 1);
      return quads.nodeOf(task, at);
    };
    expect(comesBack('2.6.0')).toBe(2);
    expect(comesBack('2.6.11')).toBe(4);
  });

  it('of a task that mem_setbinding bound comes back within its nodes', () => {
    const quads = quadsWith({ flavour: '2.5.59' });
    const task = quads.process();
    quads.kernel.syscalls.memSetbinding(quads.on(task), task, [6], true);
    const at = quads.map(task, 1);
    quads.touch(task, at, 1, 1);
    swapOutPrivate(quads, task, at);
    quads.touch(task, at, 1, 1);
    expect(quads.nodeOf(task, at)).toBe(6);
  });
});
