/** Copies of the kernel's text: what they cost, who fetches from where, and what a context switch does. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { boot } from '../../../../src/sim/kernel/boot/boot.ts';
import { FN } from '../../../../src/sim/kernel/functions.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { builtInById } from '../../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../../src/sim/profiles/resolve.ts';
import { profileSchema } from '../../../../src/sim/profiles/schema.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

type Text = 'one' | 'per-node' | 'per-node-as-posted';

const booted = (kernelText: Text, codeKiB?: number): BootedKernel =>
  bootKernel({
    builtIn: 'numaq-16g-4quad',
    kernel: { kernelText, ...(codeKiB === undefined ? {} : { codeKiB }) },
  });

/** A CPU switches to a task, as a lane does it. */
function switchTo({ kernel }: BootedKernel, on: KernelCpu, task: Task): void {
  if (task.mm === undefined) throw new Error('a task without an address space');
  on.task = task;
  kernel.tlb.loaded(on, task.mm);
  on.core.switchTo(task.mm.table);
}

/** Every function once, and the L2 misses that had to go to another node for it. */
function remoteOf(on: KernelCpu): number {
  const before = on.core.counters[C.KERNEL_TEXT_REMOTE];
  for (const fn of Object.values(FN)) on.leave(on.enter(fn));
  return on.core.counters[C.KERNEL_TEXT_REMOTE] - before;
}

function freeHigh({ kernel }: BootedKernel): readonly number[] {
  return kernel.zones.map((zones) =>
    zones.filter(({ layout }) => layout.name === 'HighMem').reduce((sum, zone) => sum + zone.freeFrames, 0),
  );
}

describe('copies of the kernel text', () => {
  it('take the text rounded up to 2 MiB of highmem of every node but the first', () => {
    const [one, each] = [booted('one'), booted('per-node')];
    const taken = freeHigh(one).map((free, node) => free - freeHigh(each)[node]);
    // 1,596 KiB: one block of 512 frames a node.
    expect(taken).toEqual([0, 512, 512, 512]);
    expect(each.kernel.replication?.bytes).toBe(3 * 2 * 1024 * 1024);
    // 2,049 KiB: two blocks.
    const [small, large] = [booted('one', 2049), booted('per-node', 2049)];
    expect(freeHigh(small).map((free, node) => free - freeHigh(large)[node])).toEqual([0, 1024, 1024, 1024]);
  });

  it('take 4 KiB of low memory for each address space', () => {
    const [one, each] = [booted('one'), booted('per-node')];
    const upper = [one, each].map(({ kernel, process }) => {
      const { mm } = process();
      return mm === undefined ? NaN : kernel.tables.upperBytes(mm.table);
    });
    expect(upper[1] - upper[0]).toBe(4096);
    const pmds = ({ kernel }: BootedKernel): number =>
      kernel.slabs.caches.find(({ name }) => name === 'pae_pmd')?.active ?? 0;
    // Three of user space, and the kernel's, of 4 KiB.
    expect([pmds(one), pmds(each)]).toEqual([3, 4]);
    expect(each.kernel.slabs.caches.find(({ name }) => name === 'pae_pmd')?.objectBytes).toBe(4096);
  });

  it('give their pmd page back with the address space', () => {
    const made = booted('per-node');
    const task = made.process();
    const pmds = (): number => made.kernel.slabs.caches.find(({ name }) => name === 'pae_pmd')?.active ?? 0;
    expect(pmds()).toBe(4);
    made.kernel.syscalls.exit(made.on(), task);
    expect(pmds()).toBe(0);
  });

  it('lie on their own nodes, at the same places as in the image', () => {
    const { kernel, on } = booted('per-node');
    const { source } = kernel.text;
    for (const node of [1, 2, 3]) {
      on(4 * node);
      const copy = kernel.replication?.initial(node);
      expect(copy).toBeDefined();
      if (copy === undefined || source === undefined) continue;
      expect([...copy.granules]).toEqual([...source.granules]);
      for (let fn = 0; fn < copy.at.length; fn++) {
        expect(kernel.frames.homeOf(copy.at[fn] >> 7)).toBe(node);
        expect(copy.at[fn] - copy.at[0]).toBe(source.at[fn] - source.at[0]);
      }
    }
  });

  it('are in frames that the allocator gives to nobody, so that nothing is ever written there', () => {
    const { kernel } = booted('per-node', 2049);
    for (const node of [1, 2, 3]) {
      const blocks = kernel.replication?.blocks[node] ?? [];
      expect(blocks).toHaveLength(2);
      let given = 0;
      for (const zone of kernel.zones[node]) {
        for (let order = 9; order >= 0; order--) {
          for (let page = zone.take(order); page >= 0; page = zone.take(order)) {
            given += 1 << order;
            for (const block of blocks) {
              if (page < block + 512 && block < page + (1 << order)) throw new Error(`block ${block} is given away`);
            }
          }
        }
        expect(zone.freeFrames).toBe(0);
      }
      expect(given).toBeGreaterThan(1e6);
    }
  });

  it('are fetched by their own node: no fetch of a single-threaded process leaves it', () => {
    const made = booted('per-node');
    for (const cpu of [0, 4, 9, 15]) {
      const task = made.process('single', cpu);
      switchTo(made, made.on(cpu), task);
      expect(remoteOf(made.on(cpu))).toBe(0);
    }
  });

  it('are fetched by nobody with the fault as posted: fetches are what they are without copies', () => {
    const remote = (text: Text): number => {
      const made = booted(text);
      const task = made.process('single', 5);
      const on = made.on(5);
      switchTo(made, on, task);
      const before = on.core.counters[C.KERNEL_TEXT_REMOTE];
      remoteOf(on);
      return on.core.counters[C.KERNEL_TEXT_REMOTE] - before;
    };
    // Lines that making the process has fetched from there already are not the same in both.
    expect(remote('per-node-as-posted')).toBeGreaterThan(400);
    expect(Math.abs(remote('per-node-as-posted') - remote('one'))).toBeLessThanOrEqual(8);
    expect(remote('per-node')).toBe(0);
  });

  it('stay with a process that moves to another node from its first switch there on', () => {
    const made = booted('per-node');
    const task = made.process('mover', 0);
    switchTo(made, made.on(0), task);
    expect(task.mm?.kernelTextNode).toBe(-1);
    const there = made.on(8);
    switchTo(made, there, task);
    expect(task.mm?.kernelTextNode).toBe(2);
    expect(there.core.counters[C.TEXT_SWITCHES]).toBe(1);
    expect(remoteOf(there)).toBe(0);
  });

  it('go from node to node with a process whose threads run on two, each time at a price', () => {
    const made = booted('per-node');
    const spans = made.process('threads', 0);
    const others = [made.process('other', 0), made.process('other', 4)];
    const cpus = [made.on(0), made.on(4)];
    for (let turn = 0; turn < 10; turn++) {
      for (const [place, on] of cpus.entries()) {
        switchTo(made, on, spans);
        switchTo(made, on, others[place]);
      }
    }
    // Ten turns on each node, each after the other's but the first; the other process of node 1 is taken there once.
    expect(cpus[0].core.counters[C.TEXT_SWITCHES]).toBe(9);
    expect(cpus[1].core.counters[C.TEXT_SWITCHES]).toBe(11);
  });

  it('of another node are what a CPU has after a global flush, while a thread has taken the pmds there', () => {
    const made = booted('per-node');
    const spans = made.process('threads', 0);
    const [near, far] = [made.on(0), made.on(4)];
    switchTo(made, near, spans);
    switchTo(made, far, spans);
    expect(remoteOf(near)).toBe(0);
    made.kernel.tlb.all(near);
    expect(remoteOf(near)).toBeGreaterThan(400);
    expect(remoteOf(far)).toBe(0);
  });

  it('need PAE and several nodes', () => {
    const refused = (builtIn: string): readonly string[] => {
      const plain = builtInById(builtIn)?.profile();
      const profile = profileSchema.parse({ ...plain, kernel: { ...plain?.kernel, kernelText: 'per-node' } });
      return boot(profile, traitsOf(profile.kernel, profile.machine)).issues.map(({ path }) => path);
    };
    expect(refused('pc-256m')).toEqual(['kernel.kernelText']);
    expect(refused('numaq-16g-4quad')).toEqual([]);
  });
});
