/**
 * What the Pentium III machines share: P6 cores with 32-byte lines, and the one-quad costs that were measured on a
 * 4-CPU 700 MHz Pentium III. Each source is written once, here, and named by the machines.
 */
import type { MachineProfileInput } from '../schema.ts';

type Machine = MachineProfileInput['machine'];
type Sources = Readonly<Record<string, string>>;

/** Intel’s list of what CPUID’s cache descriptors mean. */
export const CPUID = 'Intel application note 241618, CPUID cache descriptors';
const P6_CACHES = `${CPUID} 08h, 0Ch (L1), 43h, 84h, 85h (L2), 01h, 03h (TLBs)`;
export const MCKENNEY_COSTS = 'P. E. McKenney, dissertation 2004: costs on a 4-CPU 700 MHz P-III SMP';
export const MCKENNEY_LATENCY = 'P. E. McKenney, latencytrend spreadsheet (perfbook)';
export const HEARSAY = 'assumed: hearsay, no primary source';

/** What the dissertation measured at 700 MHz, ns. A transfer between caches is the middle of 113 to 170. */
const AT_700 = { instructionNs: 0.7, l2HitNs: 12.9, transferNs: 141.5, atomicNs: 58.2 };

const scaled = (ns: number, clockMHz: number): number => Math.round(((ns * 700) / clockMHz) * 100) / 100;

/** A locked instruction on a line of its own, with the cycles that it took a P-III; and what to say of it. */
export const atomicNsAt = (clockMHz: number): number => scaled(AT_700.atomicNs, clockMHz);
export const ATOMIC_SCALED = 'assumed: the cycles measured on a 700 MHz P-III, scaled by the clock';

/** A P6 core of this clock and L2 (512 KiB has 4 ways, 1 MiB and 2 MiB have 8). Core times go with the clock. */
export function p6Cpu(name: string, clockMHz: number, l2Kib: number): Machine['cpu'] {
  const atThisClock = (ns: number): number => scaled(ns, clockMHz);
  return {
    name,
    clockMHz,
    instructionNs: atThisClock(AT_700.instructionNs),
    l1i: { kib: 16, ways: 4, lineBytes: 32 },
    l1d: { kib: 16, ways: 4, lineBytes: 32 },
    l2: { kib: l2Kib, ways: l2Kib === 512 ? 4 : 8, lineBytes: 32, hitNs: atThisClock(AT_700.l2HitNs) },
    itlb: { entries: 32, ways: 4 },
    dtlb: { entries: 64, ways: 4 },
  };
}

/** Cache-line transfer between two CPUs of a bus, ns. */
export const p6TransferNs = AT_700.transferNs;

/** Sources of p6Cpu(), p6TransferNs and atomicNsAt(), but for the CPU's clock and the size of its L2. */
export function p6Sources(clockMHz: number): Sources {
  const measured = clockMHz === 700;
  const core = measured ? MCKENNEY_COSTS : 'assumed: measured at 700 MHz, scaled by the clock';
  return {
    'machine.cpu.instructionNs': core,
    'machine.cpu.l1i': P6_CACHES,
    'machine.cpu.l1d': P6_CACHES,
    'machine.cpu.l2': P6_CACHES,
    'machine.cpu.l2.hitNs': core,
    'machine.cpu.itlb': P6_CACHES,
    'machine.cpu.dtlb': P6_CACHES,
    'kernel.atomicNs': measured ? `${MCKENNEY_COSTS}: atomic increment` : ATOMIC_SCALED,
    'machine.transferNs': measured
      ? `${MCKENNEY_COSTS}: 113 to 170 ns, its middle`
      : 'assumed: as measured on a 700 MHz P-III SMP (113 to 170 ns, its middle)',
  };
}

/** The PC’s hole below 1 MiB, as e820 has it (0-0x9fc00, then 1 MB): frames 0x9f to 0xff, as a frame in part is no RAM. */
export const PC_HOLE = { startKiB: 0x9fc00 / 1024, endKiB: 1024 };

/** No source gives what the exception and the way back from it cost on these machines. */
export const P6_FAULT_NS = 600;
export const P6_FAULT_SOURCE = 'assumed: no source; some 400 cycles at 700 MHz';
