/** UKVA, kswapd's own window and the 4G/4G split: what each spares and what each costs instead. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { boot } from '../../../../src/sim/kernel/boot/boot.ts';
import { WINDOW_SLOTS } from '../../../../src/sim/kernel/highmem/kswapd-window.ts';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { builtInById } from '../../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../../src/sim/profiles/resolve.ts';
import { smallKernel } from './parts.ts';

describe('UKVA', () => {
  it('reaches the own pte pages without atomic kmaps, a foreign mm’s with one', () => {
    const { highmem, on, high, mm, task } = smallKernel({ kernel: { ukva: 'mm' } });
    const [own, other] = [mm(), mm()];
    on().task = task(own);
    for (let i = 0; i < 5; i++) {
      highmem.mapPtes(on(), high(0), own, 'KM_PTE0');
      highmem.unmapPtes(on(), high(0), own, 'KM_PTE0');
    }
    expect(on().core.counters[C.KMAPS_ATOMIC]).toBe(0);
    highmem.mapPtes(on(), high(1), other, 'KM_PTE2');
    highmem.unmapPtes(on(), high(1), other, 'KM_PTE2');
    expect(on().core.counters[C.KMAPS_ATOMIC]).toBe(1);
  });

  it('costs one write when a pte page is first used, nothing after', () => {
    const { highmem, on, high, mm, task } = smallKernel({ kernel: { ukva: 'mm' } });
    const own = mm();
    on().task = task(own);
    highmem.mapPtes(on(), high(0), own, 'KM_PTE0');
    const writes = on().core.counters[C.KERNEL_WRITES];
    highmem.mapPtes(on(), high(1), own, 'KM_PTE0');
    expect(on().core.counters[C.KERNEL_WRITES]).toBe(writes + 1);
    highmem.mapPtes(on(), high(1), own, 'KM_PTE0');
    expect(on().core.counters[C.KERNEL_WRITES]).toBe(writes + 1);
  });

  it('shoots down the mm’s CPUs when an entry changes, and only where there are several', () => {
    const { highmem, on, high, mm, task, tlb } = smallKernel({ kernel: { ukva: 'mm' } });
    const own = mm();
    on().task = task(own);
    tlb.loaded(on(), own);
    highmem.mapPtes(on(), high(0), own, 'KM_PTE0');
    highmem.forgetPtes(on(), high(0), own);
    expect(on().core.counters[C.IPIS]).toBe(0);
    tlb.loaded(on(1), own);
    tlb.loaded(on(9), own);
    highmem.mapPtes(on(), high(0), own, 'KM_PTE0');
    highmem.forgetPtes(on(), high(0), own);
    highmem.forgetPtes(on(), high(0), own);
    expect(on().core.counters[C.IPIS]).toBe(2);
  });

  it('has a kmap pool of the address space: its flush goes to its own CPUs only', () => {
    const { highmem, on, high, mm, task, tlb } = smallKernel({ kernel: { ukva: 'mm' } });
    const own = mm();
    on().task = task(own);
    tlb.loaded(on(), own);
    tlb.loaded(on(1), own);
    for (let i = 0; i < 256; i++) {
      highmem.kmap(on(), high(i));
      highmem.kunmap(on(), high(i));
    }
    expect([on().core.counters[C.KMAP_FLUSHES], on().core.counters[C.IPIS]]).toEqual([1, 1]);
    expect(highmem.pkmap.mappings).toBe(0);
  });

  it('per task takes no lock and sends no IPI, for a page of low memory a task', () => {
    const { highmem, on, high, mm, task, parts, given } = smallKernel({ kernel: { ukva: 'task' } });
    const own = mm();
    const tasks = [task(own), task(own), task(own)];
    for (const one of tasks) {
      on().task = one;
      for (let i = 0; i < 300; i++) {
        highmem.kmap(on(), high(i));
        highmem.kunmap(on(), high(i));
      }
    }
    expect(parts.locks.acquisitions[LOCK.kmap_lock]).toBe(0);
    expect(on().core.counters[C.IPIS]).toBe(0);
    expect([given.size, highmem.report().ukvaWindows]).toEqual([3, 3]);
    tasks[0].state = 'dead';
    on().task = task(own);
    highmem.kmap(on(), high(0));
    expect(given.size).toBe(3);
  });

  it('without memory for a window goes through the common pool, there and back', () => {
    const kernel = smallKernel({ kernel: { ukva: 'mm' } });
    const { highmem, on, high, mm, task } = kernel;
    kernel.starve = true;
    on().task = task(mm());
    highmem.kmap(on(), high(0));
    kernel.starve = false;
    highmem.kunmap(on(), high(0));
    expect(highmem.pkmap.census).toEqual({ free: 511, stale: 1, used: 0 });
  });
});

describe('kswapd’s own window', () => {
  it('maps 786,432 pages before it flushes, and then its own CPU only', () => {
    const { highmem, on, high } = smallKernel({ kernel: { kswapdWindow: true } });
    highmem.enterWindow(on(), 0);
    for (let i = 0; i < WINDOW_SLOTS; i++) highmem.kmap(on(), high(0));
    // 3 GB / 2 MB pte pages.
    expect(highmem.windows.census(0)).toEqual({ maps: WINDOW_SLOTS, wraps: 0, ptePages: 1536 });
    highmem.kmap(on(), high(0));
    highmem.kunmap(on(), high(0));
    expect(highmem.windows.census(0)).toMatchObject({ wraps: 1, ptePages: 1536 });
    expect(on().core.counters[C.IPIS] + on().core.counters[C.KMAP_FLUSHES]).toBe(0);
    highmem.leaveWindow(on());
    highmem.kmap(on(), high(0));
    expect(highmem.pkmap.mappings).toBe(1);
  });

  it('wraps within its first pte page when there is no memory for more', () => {
    const kernel = smallKernel({ kernel: { kswapdWindow: true } });
    kernel.starve = true;
    kernel.highmem.enterWindow(kernel.on(), 0);
    for (let i = 0; i < 1025; i++) kernel.highmem.kmap(kernel.on(), kernel.high(i));
    expect(kernel.highmem.windows.census(0)).toEqual({ maps: 1025, wraps: 2, ptePages: 1 });
  });

  it('is each kswapd’s own, and nobody else’s', () => {
    const { highmem, on, high } = smallKernel({ kernel: { kswapdWindow: true } });
    highmem.enterWindow(on(0), 0);
    highmem.enterWindow(on(4), 1);
    highmem.kmap(on(0), high(0));
    highmem.kmap(on(4), high(0));
    highmem.kmap(on(5), high(0));
    expect([highmem.windows.census(0)?.maps, highmem.windows.census(1)?.maps]).toEqual([1, 1]);
    expect(highmem.pkmap.mappings).toBe(1);
  });
});

describe('the 4G/4G split', () => {
  it('loads CR3 twice for every visit to the kernel, and empties the TLB each time', () => {
    const { highmem, on, profile } = smallKernel({ kernel: { flavour: '2.4.21-rhel3', split4g: true } });
    const visits = 7;
    for (let i = 0; i < visits; i++) {
      highmem.enterKernel(on());
      highmem.leaveKernel(on());
    }
    expect(on().core.counters[C.CR3_LOADS]).toBe(2 * visits);
    expect(on().core.clock).toBeCloseTo(2 * visits * profile.kernel.flush.flushNs);
  });

  it('walks the tables by hand for each user page copied', () => {
    const { highmem, on, mm, parts, page } = smallKernel({ kernel: { flavour: '2.4.21-rhel3', split4g: true } });
    const user = mm();
    user.table.addUpperPage(5, parts.memMap.slotOf(page(5000)));
    user.table.attach(5, parts.ptePages.make(parts.memMap.slotOf(page(5001)), 0), true);
    highmem.userPage(on(), user, 5);
    expect(on().core.counters[C.KERNEL_READS]).toBe(2);
  });

  it('costs nothing with a common address space', () => {
    const { highmem, on, mm } = smallKernel();
    highmem.enterKernel(on());
    highmem.userPage(on(), mm(), 5);
    highmem.leaveKernel(on());
    expect([on().core.clock, on().core.counters[C.CR3_LOADS]]).toEqual([0, 0]);
  });

  it('leaves a 64 GB machine 5.2 % more low memory than the published box had: its hole below 4 GB is not known', () => {
    const numaq = builtInById('numaq-64g-8quad')?.profile();
    if (numaq === undefined) throw new Error('no such machine');
    // One node, and 2.5.74 as it was: a flat mem_map of 44-byte struct pages. The NUMA-Q box's own hole is left out.
    const kernel = { ...numaq.kernel, flavour: '2.6.0', highpte: true, kvaRemap: false, split4g: true };
    const [pcHole] = numaq.machine.nodes[0].holes;
    const node = { ...numaq.machine.nodes[0], memoryMiB: 65_536, holes: [pcHole] };
    const machine = { ...numaq.machine, nodes: [node], interconnect: { kind: 'none' as const } };
    const layout = boot({ ...numaq, machine, kernel }, traitsOf(kernel, machine));
    expect(layout.issues).toEqual([]);
    // By hand: 4,096 - 32 - 128 MiB less 388 kB below 1 MB, mem_map, and what the profile reserves.
    const memMapKb = Math.ceil(((16_777_216 + 1) * 44) / 4096) * 4;
    const { codeKiB, dataKiB, reservedKiB } = kernel;
    expect(layout.meminfo.LowTotal).toBe(3936 * 1024 - 388 - memMapKb - codeKiB - dataKiB - reservedKiB);
    expect((layout.meminfo.LowTotal / 3_137_464 - 1) * 100).toBeCloseTo(5.2, 1);
  });

  it('is the same by the switch and by the border of user space', () => {
    const numaq = builtInById('numaq-16g-4quad')?.profile();
    if (numaq === undefined) throw new Error('no such machine');
    const kernel = { ...numaq.kernel, flavour: '2.4.21-rhel3' };
    const bySwitch = { ...numaq, kernel: { ...kernel, split4g: true } };
    const byBorder = { ...numaq, kernel, zones: { ...numaq.zones, userSpaceMiB: 4096 } };
    const layoutOf = (profile: typeof numaq): unknown => boot(profile, traitsOf(profile.kernel, profile.machine));
    expect(layoutOf(bySwitch)).toEqual(layoutOf(byBorder));
  });
});
