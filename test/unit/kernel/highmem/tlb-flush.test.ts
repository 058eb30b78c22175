/** TLB shootdown: who is interrupted, what the sender pays, and what lazy CPUs do. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import type { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import { smallKernel, type SmallKernel } from './parts.ts';

function loadedOn(kernel: SmallKernel, cpus: readonly number[]): Mm {
  const mm = kernel.mm();
  for (const cpu of cpus) kernel.tlb.loaded(kernel.on(cpu), mm);
  return mm;
}

/** What one flush of the mm from CPU 0 takes there, ns. */
function flushNs(kernel: SmallKernel, cpus: readonly number[]): number {
  const mm = loadedOn(kernel, cpus);
  kernel.tlb.mm(kernel.on(), mm);
  const start = kernel.on().core.clock;
  kernel.tlb.mm(kernel.on(), mm);
  return kernel.on().core.clock - start;
}

describe('a flush of one address space', () => {
  it('on one CPU is local: no lock, no IPI', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [0]);
    kernel.tlb.page(kernel.on(), mm, 5);
    kernel.tlb.mm(kernel.on(), mm);
    const { counters } = kernel.on().core;
    expect([counters[C.IPIS], counters[C.TLB_SHOOTDOWNS]]).toEqual([0, 0]);
    expect(kernel.parts.locks.acquisitions[LOCK.tlbstate_lock]).toBe(0);
  });

  it('interrupts each other CPU that has it loaded, once, under the one lock', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [0, 3, 4, 17]);
    const before = [3, 4, 5, 17].map((cpu) => kernel.on(cpu).core.clock);
    kernel.tlb.page(kernel.on(), mm, 5);
    const { counters } = kernel.on().core;
    expect([counters[C.IPIS], counters[C.TLB_SHOOTDOWNS]]).toEqual([3, 1]);
    expect(kernel.parts.locks.acquisitions[LOCK.tlbstate_lock]).toBe(1);
    const { irqNs, invlpgNs } = kernel.profile.kernel.flush;
    const took = [3, 4, 5, 17].map((cpu, i) => kernel.on(cpu).core.clock - before[i]);
    for (const i of [0, 1, 3]) expect(took[i]).toBeGreaterThanOrEqual(irqNs + invlpgNs);
    expect(took[2]).toBe(0);
  });

  it('costs the sender more with each receiver on NUMA-Q, and more for one across the ring', () => {
    const near = [1, 2, 3].map((n) =>
      flushNs(
        smallKernel(),
        Array.from({ length: n + 1 }, (_, cpu) => cpu),
      ),
    );
    const { icrNs } = smallKernel().profile.kernel.flush;
    // One more ICR write and one more transfer of the mask's line on the same quad.
    const each = icrNs + smallKernel().profile.machine.transferNs;
    expect(near[1] - near[0]).toBeCloseTo(each, 6);
    expect(near[2] - near[1]).toBeCloseTo(each, 6);
    const far = flushNs(smallKernel(), [0, 4]);
    expect(far - near[0]).toBeCloseTo(2500 - smallKernel().profile.machine.transferNs, -2);
  });

  it('is one write of the ICR on a flat SMP of eight CPUs, and acknowledged by each all the same', () => {
    const at = (n: number): number =>
      flushNs(
        smallKernel({ builtIn: 'smp-8way' }),
        Array.from({ length: n }, (_, cpu) => cpu),
      );
    const { transferNs } = smallKernel({ builtIn: 'smp-8way' }).profile.machine;
    expect(at(4) - at(3)).toBeCloseTo(transferNs, 6);
  });

  it('from a CPU that does not run it leaves that CPU’s TLB alone', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [3]);
    kernel.tlb.mm(kernel.on(), mm);
    expect(kernel.on().core.counters[C.IPIS]).toBe(1);
    expect([...mm.cpus]).toEqual([3]);
  });
});

describe('lazy TLBs', () => {
  it('keep a kernel thread’s CPU in the mask until the first flush, and then no more', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [0, 1]);
    kernel.tlb.loaded(kernel.on(1), undefined);
    expect([...mm.cpus]).toEqual([0, 1]);
    kernel.tlb.mm(kernel.on(), mm);
    expect([...mm.cpus]).toEqual([0]);
    kernel.tlb.mm(kernel.on(), mm);
    expect(kernel.on().core.counters[C.IPIS]).toBe(1);
  });

  it('reload CR3 where the bit was lost meanwhile, and not where it was not', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [0, 1]);
    const back = (flushed: boolean): number => {
      kernel.tlb.loaded(kernel.on(1), undefined);
      if (flushed) kernel.tlb.mm(kernel.on(), mm);
      const start = kernel.on(1).core.clock;
      kernel.tlb.loaded(kernel.on(1), mm);
      return kernel.on(1).core.clock - start;
    };
    back(false);
    expect(back(true) - back(false)).toBeGreaterThanOrEqual(kernel.profile.kernel.flush.flushNs);
    expect([...mm.cpus].sort()).toEqual([0, 1]);
  });

  it('leave the mm too when the kernel’s own range is flushed everywhere', () => {
    const kernel = smallKernel();
    const mm = loadedOn(kernel, [0, 1, 2]);
    kernel.tlb.loaded(kernel.on(2), undefined);
    kernel.tlb.all(kernel.on());
    expect([...mm.cpus]).toEqual([0, 1]);
    expect(kernel.on().core.counters[C.IPIS]).toBe(31);
  });
});

describe('a switch of address spaces', () => {
  it('moves the CPU from one mask to the other', () => {
    const kernel = smallKernel();
    const [first, second] = [kernel.mm(), kernel.mm()];
    kernel.tlb.loaded(kernel.on(), first);
    kernel.tlb.loaded(kernel.on(), second);
    expect([[...first.cpus], [...second.cpus]]).toEqual([[], [0]]);
    expect(kernel.tlb.activeMm(0)).toBe(second);
  });

  it('between threads costs a load of CR3 with a window per task only', () => {
    const between = (ukva: 'mm' | 'task'): number => {
      const kernel = smallKernel({ kernel: { ukva } });
      const mm = kernel.mm();
      const threads = [kernel.task(mm), kernel.task(mm)];
      let start = 0;
      for (const thread of [...threads, ...threads]) {
        start = kernel.on().core.clock;
        kernel.on().task = thread;
        kernel.tlb.loaded(kernel.on(), mm);
      }
      return kernel.on().core.clock - start;
    };
    expect(between('task') - between('mm')).toBeCloseTo(300, 6);
  });
});
