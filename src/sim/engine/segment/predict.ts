/**
 * What a segment's design comes to on a machine, in milliseconds and without a run: the machine is booted, the design's
 * script goes through the kernel's own calls (dry-run.ts), pages are asked of the lists that kernel/policy names
 * (placing.ts), and references are taken to fall on them as designed (shares.ts).
 *
 * What it does not know: caches, queueing, reclaim and swap, and what else runs on the machine.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { segmentPolicyAt } from '../../kernel/proc/numa-maps.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { SegmentDesign } from '../../workloads/segment/design.ts';
import { cpusOf, type SegmentMachine, segmentMachineOf } from '../../workloads/segment/machine.ts';
import { type SeenRange, seenRanges } from '../../workloads/segment/mapping.ts';
import { processesOf, segmentCpus } from '../../workloads/segment/places.ts';
import { programOf, segmentScript } from '../../workloads/segment/script.ts';
import { bootKernel } from '../boot-kernel.ts';
import { DryRun } from './dry-run.ts';
import { type FirstUser, placeFirstReferences } from './first-references.ts';
import { Placing } from './placing.ts';
import type { GroupPrediction, NodePrediction, RangePrediction, SegmentPrediction } from './prediction.ts';
import { pteBytesOf } from './pte-bytes.ts';
import { type Shares, sharesOf } from './shares.ts';
import { warningsOf } from './warnings.ts';

/** Throws InputError for a machine that does not boot, or a design that does not fit it. */
export function predictSegment(profile: MachineProfile, design: SegmentDesign): SegmentPrediction {
  const machine = segmentMachineOf(profile);
  const script = segmentScript(design, machine);
  const kernel = bootKernel(profile);
  const free = kernel.zones.map((zones) => zones.reduce((sum, zone) => sum + zone.freeFrames, 0));
  const seen = seenRanges(design);
  const placing = new Placing(kernel, rangesOf(seen));
  const dry = new DryRun(kernel, script, placing);
  const users = start(design, machine, dry);
  dry.run();
  if (design.initialiser === 'nobody' && !design.huge) placeFirstReferences(design, seen, users, placing);

  const shares = sharesOf(design, machine, seen, placing);
  const miss = (from: number, home: number): number => kernel.machine.interconnect.missNs(from, home);
  const means = shares.processes.map(({ place, byPlace }) => weighted(byPlace, (home) => miss(place, home)));
  const ranges = rangePredictions(seen, placing, shares, kernel);
  const nodes = nodePredictions(kernel, free, ranges, placing, shares);
  return {
    ranges,
    nodes,
    groups: groupPredictions(design, kernel, shares, means),
    matrix: kernel.layout.nodes.length > MOST_COLUMNS ? [] : matrixOf(shares, kernel.layout.nodes.length),
    remotePercent: percent(shares.ranges.reduce((sum, { remote }) => sum + remote, 0)),
    meanMissNs: meanOf(shares.matrix, miss),
    slowestMissNs: Math.max(...means),
    pteBytes: pteBytesOf(design, kernel.profile, kernel.traits),
    calls: dry.calls,
    warnings: warningsOf(design, kernel, ranges, dry.calls, placing),
    cpus: segmentCpus(design, machine),
  };
}

/** The creator, and of users that do the same on one node one for all. */
function start(design: SegmentDesign, machine: SegmentMachine, dry: DryRun): readonly FirstUser[] {
  dry.actor('creator', 'creator', cpusOf(machine, design.creator.node));
  const alike = new Map<string, { readonly user: FirstUser; count: number }>();
  for (const process of processesOf(design, machine)) {
    const program = programOf(design, process);
    const key = `${program} ${process.node}`;
    const known = alike.get(key);
    if (known !== undefined) known.count++;
    else {
      const actor = dry.actor(program, design.users[process.group].name, process.cpus);
      alike.set(key, { user: { ...actor, weight: 1, group: process.group, processes: 1 }, count: 1 });
    }
  }
  return [...alike.values()].map(({ user, count }) => ({ ...user, processes: count }));
}

function rangesOf(seen: readonly SeenRange[]): Readonly<Record<string, readonly { name: string; offset: number }[]>> {
  const of: Record<string, { name: string; offset: number }[]> = {};
  for (const { segment, offset, range } of seen) (of[segment] ??= []).push({ name: range.name, offset });
  return of;
}

function rangePredictions(
  seen: readonly SeenRange[],
  placing: Placing,
  shares: Shares,
  { layout }: Kernel,
): readonly RangePrediction[] {
  return seen.map(({ range, segment, offset, bytes }, index) => {
    const space = placing.named(segment);
    const byPlace = space === undefined ? new Float64Array(layout.nodes.length) : placing.pagesIn(space, offset, bytes);
    const nodes = layout.nodes
      .map(({ id }, place) => ({ node: id, pages: Math.round(byPlace[place]) }))
      .filter(({ pages }) => pages > 0)
      .sort((a, b) => a.node - b.node);
    const policy = space === undefined ? 'default' : segmentPolicyAt(space, offset / FRAME_BYTES);
    const { all, remote } = shares.ranges[index];
    return {
      name: range.name,
      pages: Math.ceil(bytes / FRAME_BYTES),
      nodes,
      numaMaps: [policy, ...nodes.map(({ node, pages }) => `N${node}=${pages}`)].join(' '),
      remotePercent: all === 0 ? 0 : percent(remote / all),
    };
  });
}

function nodePredictions(
  { layout, traits }: Kernel,
  free: readonly number[],
  ranges: readonly RangePrediction[],
  { spilled }: Placing,
  shares: Shares,
): readonly NodePrediction[] {
  return layout.nodes.map(({ id }, place) => {
    const gave = [...(spilled.get(place) ?? new Map<number, number>()).values()];
    return {
      node: id,
      freePages: free[place],
      segmentPages: ranges.reduce((sum, { nodes }) => sum + (nodes.find(({ node }) => node === id)?.pages ?? 0), 0),
      spilledPages: gave.reduce((sum, clusters) => sum + clusters, 0) << traits.mmuShift,
      processes: shares.processes.filter((process) => process.place === place).length,
      servedPercent: percent([...shares.matrix.values()].reduce((sum, from) => sum + from[place], 0)),
    };
  });
}

function groupPredictions(
  design: SegmentDesign,
  { layout }: Kernel,
  { processes }: Shares,
  means: readonly number[],
): readonly GroupPrediction[] {
  return design.users.map(({ name }, group) => {
    const members = processes.flatMap((process, at) =>
      process.group === group ? [{ ...process, mean: means[at] }] : [],
    );
    const remote = members.reduce((sum, { place, byPlace }) => sum + 1 - byPlace[place], 0);
    return {
      name,
      processes: members.length,
      nodes: [...new Set(members.map(({ place }) => layout.nodes[place].id))].sort((a, b) => a - b),
      remotePercent: percent(remote / members.length),
      meanMissNs: members.reduce((sum, { mean }) => sum + mean, 0) / members.length,
    };
  });
}

/** Of more nodes there is no matrix. */
const MOST_COLUMNS = 64;

function matrixOf({ matrix }: Shares, nodes: number): readonly (readonly number[])[] {
  const none = new Float64Array(nodes);
  return Array.from({ length: nodes }, (_, place) => Array.from(matrix.get(place) ?? none, percent));
}

function meanOf(matrix: Shares['matrix'], miss: (from: number, home: number) => number): number {
  let sum = 0;
  for (const [from, row] of matrix) sum += weighted(row, (home) => miss(from, home));
  return sum;
}

/** Places without a share are not asked for: of thousands of nodes few have pages. */
function weighted(row: Float64Array, ns: (home: number) => number): number {
  let sum = 0;
  for (let home = 0; home < row.length; home++) if (row[home] > 0) sum += row[home] * ns(home);
  return sum;
}

/** In percent, without the noise of sums. */
const percent = (share: number): number => Math.round(share * 1e8) / 1e6;
