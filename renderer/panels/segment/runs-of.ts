/** Which runs are of a designed segment, and what was simulated of its ranges. Pure. */
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import type { Run } from '../../state/runs.svelte.ts';
import type { RangeSide } from '../locality/RangeTable.svelte';

/** The design of the first segment that a run is of; null where it has none. */
export function designOf(workloads: readonly WorkloadSpec[]): SegmentDesign | null {
  const spec = workloads.find((workload) => workload.kind === 'segment');
  return spec?.kind === 'segment' ? spec.design : null;
}

/** The last run of exactly this design on exactly this machine: of another kernel's it would belie the prediction beside it. */
export function lastRunOf(
  design: SegmentDesign | null,
  profile: MachineProfile | null,
  runs: readonly Run[],
): Run | undefined {
  if (design === null) return undefined;
  return runs.find(({ start }) => isSame(designOf(start.workloads), design) && isSame(start.profile, profile));
}

/** Plain data that is alike: an edit that is undone gives the same again, in another object. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Where the ranges of a run lay at its end, and how much of their use was remote, by name. */
export function simulatedRanges(run: Run | undefined): ReadonlyMap<string, RangeSide> {
  const ranges = run?.report?.result.locality?.ranges ?? [];
  return new Map(
    ranges.map(({ name, pages, onNodes, misses, remoteShare, meanNs }) => [
      name,
      {
        onNodes,
        pages,
        remote: misses === 0 ? undefined : remoteShare / 100,
        meanNs: misses === 0 ? undefined : meanNs,
      },
    ]),
  );
}
