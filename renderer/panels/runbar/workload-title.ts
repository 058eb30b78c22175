/** What a workload is called in one line: each program and the CPUs that it runs on. Pure. */
import type { LibrarySummary, PatternSummary } from '../../../src/lab/contract.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import { formatRanges, formatShort } from '../format.ts';

/** The registries that programs and patterns are named by. */
export interface Named {
  readonly patterns: readonly PatternSummary[];
  readonly library: readonly LibrarySummary[];
}

/** A workload as it was given to a run: `Shell script on CPUs 0-15 + sort.lackey.gz on CPU 3`. */
export function workloadsTitle(workloads: readonly WorkloadSpec[], named: Named): string {
  return workloads
    .map((workload) =>
      workload.kind === 'segment'
        ? segmentTitle(workload.design)
        : `${specName(workload, named)} ${cpusText(workload.cpus)}`,
    )
    .join(' + ');
}

function specName(workload: Exclude<WorkloadSpec, { kind: 'segment' }>, { patterns, library }: Named): string {
  if (workload.kind === 'trace') return workload.trace.name;
  if (workload.kind === 'script') return workload.script.title ?? 'Script';
  const [id, registry] = workload.kind === 'program' ? [workload.program, library] : [workload.pattern, patterns];
  return registry.find((entry) => entry.id === id)?.title ?? id;
}

/** A segment with its binding: runs of one design differ in that. `Pool, mbind: interleave 0-3`. */
export function segmentTitle(design: SegmentDesign): string {
  return `${design.title}, ${bindingText(design)}`;
}

/** `mbind: interleave 0-3, bind 0`: the call, and what it asks for; `not bound` where there is no call. */
function bindingText({ binding, ranges }: SegmentDesign): string {
  if (binding.call === 'none') return 'not bound';
  const asked = ranges.map(({ policy: { mode, nodes } }) => [mode, formatRanges(nodes)].join(' ').trim());
  return `${binding.call}: ${[...new Set(asked.filter((each) => each !== 'none'))].join(', ')}`;
}

/** `on CPU 3`, `on CPUs 0-15`; of scattered ones how many. */
export function cpusText(cpus: readonly number[]): string {
  if (cpus.length === 0) return 'on no CPU';
  if (cpus.length === 1) return `on CPU ${cpus[0]}`;
  const ranges = formatRanges(cpus);
  return ranges.length > 20 ? `on ${formatShort(cpus.length)} CPUs` : `on CPUs ${ranges}`;
}
