/** Machines and workloads that the simulator has no room for are refused with the field that is too large. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { builtIn, pattern, runWorkloads } from './runs.ts';

type Cpu = MachineProfile['machine']['cpu'];

function attempt(id: string, change: (cpu: Cpu) => Partial<Cpu>, bytes = 65_536): () => unknown {
  const profile = builtIn(id);
  const cpu = { ...profile.machine.cpu, ...change(profile.machine.cpu) };
  const changed = { ...profile, machine: { ...profile.machine, cpu } };
  return () => runWorkloads(changed, [pattern('random', [0], 100, bytes)]);
}
const l1 = (kib: number) => (cpu: Cpu) => ({ l1d: { ...cpu.l1d, kib } });

describe('a run', () => {
  it.each(['caches-only', 'numaq-16g-4quad'])('of a large L1 goes, and of one without end does not (%s)', (id) => {
    expect(attempt(id, l1(16_384))).not.toThrow();
    expect(attempt(id, l1(2 ** 21))).toThrow('machine.cpu.l1d.kib: expected at most');
    expect(attempt(id, l1(2 ** 21))).toThrow(InputError);
    // And nothing stays behind of what was refused.
    expect(attempt(id, l1(16))).not.toThrow();
  });

  it('of a TLB of 65,536 ways goes', () => {
    const tlb = { entries: 65_536, ways: 65_536 };
    expect(attempt('numaq-16g-4quad', () => ({ dtlb: tlb, itlb: tlb }))).not.toThrow();
  });

  it('of a cache simulator over more lines than have numbers does not', () => {
    expect(attempt('caches-only', () => ({}), 2 ** 40)).toThrow(InputError);
  });
});
