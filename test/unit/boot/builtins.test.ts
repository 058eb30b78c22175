/** The built-in machines boot, and the published ones come out as published. */
import { describe, expect, it } from 'vitest';
import { bootLog } from '../../../src/sim/interop/boot-log.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { builtins } from '../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';

function bootBuiltIn(id: string): BootLayout {
  const builtin = builtins.find((candidate) => candidate.id === id);
  if (builtin === undefined) throw new Error(`no built-in ${id}`);
  const profile = builtin.profile();
  return boot(profile, traitsOf(profile.kernel, profile.machine));
}

describe('built-in machines', () => {
  it.each(builtins.map((builtin) => [builtin.id, builtin] as const))('%s boots', (id, builtin) => {
    const profile = builtin.profile();
    const layout = boot(profile, traitsOf(profile.kernel, profile.machine));
    expect(layout.issues).toEqual([]);
    expect(layout.failure).toBeUndefined();
    expect(bootLog(profile, layout)).toContain(profile.title);
    expect(layout.nodes.length, id).toBe(profile.machine.nodes.length);
  });

  it('numaq-64g-8quad is the box of the log', () => {
    const layout = bootBuiltIn('numaq-64g-8quad');
    expect([layout.maxLowPfn, layout.lowmemMiB, layout.highmemMiB]).toEqual([68608, 268, 64632]);
    expect(layout.meminfo).toEqual({
      LowTotal: 176076,
      LowFree: 144180,
      HighTotal: 65134592,
      MemTotal: 65310668,
      reserved: 98252,
    });
    expect(layout.messages.some(({ text }) => text.includes('wrong zone alignment'))).toBe(false);
  });

  it('numaq-64g-8quad without highpte has 56 MiB more low memory, by struct pages of 40 bytes instead of 44', () => {
    const builtin = builtins.find(({ id }) => id === 'numaq-64g-8quad');
    if (builtin === undefined) throw new Error('no such machine');
    const profile = builtin.profile();
    const largePages = (frames: number, bytes: number): number => Math.ceil(((frames + 1) * bytes) / 2 ** 21) * 2;
    const made = [true, false].map((highpte) => {
      const kernel = { ...profile.kernel, highpte };
      const traits = traitsOf(kernel, profile.machine);
      const layout = boot({ ...profile, kernel }, traits);
      // By hand: six nodes of 2,097,152 frames and one of 2,095,104.
      const windows =
        6 * largePages(2_097_152, traits.structPage.bytes) + largePages(2_095_104, traits.structPage.bytes);
      expect(layout.lowmemMiB).toBe(896 - windows);
      return [traits.structPage.bytes, traits.chainSlots, layout.lowmemMiB];
    });
    expect(made).toEqual([
      [44, 3, 268],
      [40, 7, 324],
    ]);
  });

  it('numaq-16g-4quad is the box of the log, with its alignment message', () => {
    const layout = bootBuiltIn('numaq-16g-4quad');
    expect([layout.maxLowPfn, layout.lowmemMiB, layout.highmemMiB]).toEqual([197120, 770, 15488]);
    expect(layout.meminfo).toMatchObject({ HighTotal: 15728640, reserved: 45388 });
    expect(layout.messages.some(({ text }) => text === 'BUG: wrong zone alignment, it will crash')).toBe(true);
  });

  it('numaq-64g-8quad-pgcl32k has about 2.8 times the low memory', () => {
    const layout = bootBuiltIn('numaq-64g-8quad-pgcl32k');
    expect(layout.maxmemPfn).toBe(213504);
    expect(layout.lowmemMiB / 268).toBeCloseTo(2.8, 1);
    // Its log: LowTotal 751,936 kB, 4.27 times the other's; it counts holes and freed init memory in whole clusters.
    expect(layout.meminfo).toMatchObject({ HighTotal: 65198080, reserved: 15936, LowTotal: 751936 + 40 });
    expect(layout.meminfo.LowTotal / 176076).toBeCloseTo(4.27, 2);
    expect(layout.messages.filter(({ kind }) => kind === 'kernel')).toEqual([]);
  });
});
