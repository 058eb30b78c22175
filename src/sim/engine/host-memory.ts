/**
 * What a run may take up of this computer: the caches of every CPU that runs, full, and 72 bytes for each
 * 4 KiB page that is mapped (struct page 44, pte 4, buddy lists 10, room to grow; measured 68 a page that a hog touches).
 * More than MOST_BYTES is refused before it starts rather than felt by everybody.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES, GIB, KIB } from '../base/units.ts';
import { MOST_WAYS } from '../hardware/l1.ts';
import { MOST_TLB_ENTRIES } from '../hardware/tlb.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import type { Program } from '../workloads/workload.ts';

const MOST_BYTES = 12 * GIB;
const BYTES_PER_LINE = 5;
const BYTES_PER_PAGE = 72;

/** How many CPUs have something to run. */
function cpusOf(programs: readonly Program[]): number {
  return new Set(
    programs.flatMap(({ streams, scripted }) => [...streams.map(({ cpu }) => cpu), ...(scripted?.cpus ?? [])]),
  ).size;
}

/** Bytes that the run would take up at most. An upper bound: caches fill and pages come as they are touched. */
function hostBytes(profile: MachineProfile, programs: readonly Program[]): number {
  const { cpu } = profile.machine;
  const caches = cpusOf(programs) * ((cpu.l2.kib * KIB) / cpu.l2.lineBytes) * BYTES_PER_LINE;
  const mapped = programs
    .flatMap((program) => program.addressSpaces.flatMap((space) => space.mappings))
    .reduce((sum, mapping) => sum + (mapping.end - mapping.start), 0);
  return caches + (mapped / FRAME_BYTES) * BYTES_PER_PAGE;
}

/** Throws InputError where the L1s or the TLBs of the CPUs that run are more than the hot tables hold. */
function refuseHotTables({ machine }: MachineProfile, cpus: number): void {
  const { l1d, l1i, dtlb, itlb } = machine.cpu;
  const lines = (cache: typeof l1i): number => (cache === undefined ? 1 : (cache.kib * KIB) / cache.lineBytes);
  const entries = (dtlb?.entries ?? 0) + (itlb ?? dtlb ?? { entries: 0 }).entries;
  const refuse = (path: string, what: string, most: number, found: number): void => {
    if (found * cpus <= most) return;
    const issue = makeIssue('run-too-large', path, `at most ${most} ${what} in all CPUs that run`, `${found * cpus}`);
    throw new InputError('', [issue]);
  };
  refuse('machine.cpu.l1d.kib', 'L1 lines', MOST_WAYS, lines(l1d) + 1 + lines(l1i));
  refuse('machine.cpu.dtlb.entries', 'TLB entries', MOST_TLB_ENTRIES, entries);
}

/** Throws InputError where a run would take up more than this computer should give. */
export function refuseTooLarge(profile: MachineProfile, programs: readonly Program[]): void {
  if (profile.machine.cpu.dtlb !== undefined) refuseHotTables(profile, cpusOf(programs));
  const bytes = hostBytes(profile, programs);
  if (bytes <= MOST_BYTES) return;
  const gib = (value: number): string => `${(value / GIB).toFixed(1)} GiB`;
  throw new InputError('', [
    makeIssue(
      'run-too-large',
      'workloads',
      `a run that takes up at most ${gib(MOST_BYTES)} of this computer's memory`,
      `${gib(bytes)}: run it on fewer CPUs, or with less memory`,
    ),
  ]);
}
