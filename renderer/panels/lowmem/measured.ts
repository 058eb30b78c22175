/** The runs of this window that differ in nothing but the page cluster, as points of the frontier. Pure. */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';

/** What a run at one cluster size came to. */
export interface Measured {
  /** Bytes of clusters in use that nothing is in, at the end. */
  readonly unusedBytes: number;
  readonly faults: number;
}

/** A run as it was started, newest first in a list of them. */
export interface Started {
  readonly start: {
    readonly profile: MachineProfile;
    readonly workloads: readonly WorkloadSpec[];
    readonly seed: number;
  };
  readonly report: RunReport | null;
}

/** The machine at another cluster size; nothing else of it changes. */
export function atCluster(profile: MachineProfile, shift: number): MachineProfile {
  return { ...profile, kernel: { ...profile.kernel, pageMmuShift: shift } };
}

/** Equal for runs that differ in the page cluster alone; names and sources change nothing of a run. */
function likeness({ profile, workloads, seed }: Started['start']): string {
  const { machine, kernel, zones } = atCluster(profile, 0);
  return JSON.stringify([machine, kernel, zones, workloads, seed]);
}

/** By PAGE_MMUSHIFT 0 to 6: the newest run that is done of this start at that cluster; null where there is none. */
export function measuredClusters(runs: readonly Started[], start: Started['start']): (Measured | null)[] {
  const alike = likeness(start);
  const points: (Measured | null)[] = Array.from({ length: 7 }, () => null);
  for (const run of runs) {
    const shift = run.start.profile.kernel.pageMmuShift;
    const result = run.report?.result;
    if (result === undefined || points[shift] !== null || result.proc === null) continue;
    if (likeness(run.start) !== alike) continue;
    const { anonymous, pageCache, pageTables } = result.proc.unused;
    points[shift] = { unusedBytes: anonymous + pageCache + pageTables, faults: result.totals['faults'] ?? 0 };
  }
  return points;
}
