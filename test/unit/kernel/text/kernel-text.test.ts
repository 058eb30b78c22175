/** What entering a function of the kernel fetches, and what that takes: calculated by hand. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { FN } from '../../../../src/sim/kernel/functions.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { bootKernel, type KernelOrder } from '../../../support/kernel.ts';

/** do_fork: 600 instructions of 3.5 bytes, 2,100 bytes, 66 lines of 32 bytes. */
const INSTRUCTIONS = 600;
const LINES = 66;

function enter(on: KernelCpu, fn: number): { readonly ns: number; readonly fetched: number; readonly missed: number } {
  const { counters } = on.core;
  const [ns, fetched, missed] = [on.core.clock, counters[C.KERNEL_FETCHES], counters[C.KERNEL_FETCH_MISSES]];
  on.leave(on.enter(fn));
  return {
    ns: on.core.clock - ns,
    fetched: counters[C.KERNEL_FETCHES] - fetched,
    missed: counters[C.KERNEL_FETCH_MISSES] - missed,
  };
}

function booted(order: KernelOrder = {}): { readonly on: KernelCpu; readonly ns: number; readonly l2HitNs: number } {
  const { on, profile } = bootKernel({ builtIn: 'numaq-16g-4quad', ...order });
  const { instructionNs, l2 } = profile.machine.cpu;
  return { on: on(), ns: instructionNs, l2HitNs: l2.hitNs };
}

describe('entering a function of the kernel', () => {
  it('fetches the lines of its path, from memory the first time', () => {
    const { on, ns } = booted();
    const first = enter(on, FN.do_fork);
    expect([first.fetched, first.missed]).toEqual([LINES, LINES]);
    // 66 misses of 225 ns beside the instructions.
    expect(first.ns).toBeGreaterThanOrEqual(LINES * 225 + INSTRUCTIONS * ns);
  });

  it('takes its instructions alone once the path is in L1I', () => {
    const { on, ns } = booted();
    enter(on, FN.do_fork);
    const again = enter(on, FN.do_fork);
    expect([again.fetched, again.missed]).toEqual([LINES, 0]);
    expect(again.ns).toBeCloseTo(INSTRUCTIONS * ns, 6);
  });

  it('takes an L2 hit for each line that other functions have driven out of L1I', () => {
    const { on, ns, l2HitNs } = booted();
    for (let round = 0; round < 2; round++) for (const fn of Object.values(FN)) on.leave(on.enter(fn));
    const after = enter(on, FN.do_fork);
    expect(after.missed).toBeGreaterThan(0);
    expect(after.ns).toBeCloseTo(INSTRUCTIONS * ns + after.missed * l2HitNs, 6);
  });

  it('fetches nothing for loops within the function', () => {
    const { on, ns } = booted();
    const outer = on.enter(FN.zap_pte_range);
    const [clock, fetched] = [on.core.clock, on.core.counters[C.KERNEL_FETCHES]];
    on.work(10_000);
    expect(on.core.counters[C.KERNEL_FETCHES]).toBe(fetched);
    expect(on.core.clock - clock).toBeCloseTo(10_000 * ns, 6);
    on.leave(outer);
  });

  it('counts as remote what a CPU of another node fetches from memory, once', () => {
    const { on } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const [near, far] = [on(0), on(4)];
    enter(near, FN.do_fork);
    expect(near.core.counters[C.KERNEL_TEXT_REMOTE]).toBe(0);
    enter(far, FN.do_fork);
    const remote = far.core.counters[C.KERNEL_TEXT_REMOTE];
    expect(remote).toBe(LINES);
    enter(far, FN.do_fork);
    expect(far.core.counters[C.KERNEL_TEXT_REMOTE]).toBe(remote);
  });

  it('takes less text and more instructions with -Os', () => {
    const { on, ns } = booted({ kernel: { optimisation: '-Os' } });
    // 2,100 x 0.805 = 1,690.5 bytes: 53 lines; instructions x 1.08.
    expect(enter(on, FN.do_fork).fetched).toBe(53);
    expect(enter(on, FN.do_fork).ns).toBeCloseTo(INSTRUCTIONS * 1.08 * ns, 6);
  });

  it('fetches nothing where the machine does not, or the kernel has no code', () => {
    const { profile } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const without = { ...profile.machine.cpu, l1i: undefined };
    expect(enter(booted({ machine: { cpu: without } }).on, FN.do_fork).fetched).toBe(0);
    const counting = { ...profile.machine.cpu, instructions: 'count' as const };
    expect(enter(booted({ machine: { cpu: counting } }).on, FN.do_fork).fetched).toBe(0);
    const none = booted({ kernel: { codeKiB: 0 } });
    const { ns, fetched } = enter(none.on, FN.do_fork);
    expect(fetched).toBe(0);
    expect(ns).toBeCloseTo(INSTRUCTIONS * none.ns, 6);
  });
});

describe('the kernel text', () => {
  it('lies in low memory of the boot node that is not free, apart from its data', () => {
    const { kernel } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const { source } = kernel.text;
    expect(source).toBeDefined();
    if (source === undefined) return;
    const low = kernel.layout.nodes[0].zones.find(({ name }) => name === 'Normal');
    const data = kernel.data.claim(32) >> 7;
    for (const at of source.at) {
      const slot = at >> 7;
      expect(kernel.frames.homeOf(slot)).toBe(0);
      const pfn = kernel.frames.pfnOf(slot);
      expect(pfn).toBeGreaterThanOrEqual(low?.startPfn ?? Infinity);
      expect(pfn).toBeLessThan((low?.startPfn ?? 0) + (low?.present ?? 0) - kernel.zones[0][1].free);
      expect(slot).not.toBe(data);
    }
  });
});
