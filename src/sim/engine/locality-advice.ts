/**
 * What binding could do for a segment, from who used which of its ranges: a range that lies on one node leaves remote
 * what the other nodes miss in it, so the least that binding whole ranges to single nodes could leave is what is left
 * when each lies where most of its misses come from. Deviation: it takes the counts as they are, although a run with
 * another binding would share its caches and queues differently.
 */
import type { BindingAdvice, RangeLocality } from './locality-report.ts';
import type { MissSum } from './locality-sums.ts';

/** Points of remote share that are not worth a binding. */
const NO_GAIN = 1;
/** Processes whose mean misses lie closer than this, as a ratio, wait alike. */
const ALIKE = 1.05;

export interface SegmentUse {
  readonly segment: string;
  readonly ranges: readonly RangeLocality[];
  /** Misses in the segment of each process that used it, with the id of the node that it ran on most. */
  readonly processes: readonly { readonly node: number; readonly sum: MissSum }[];
  /** Of all processes. */
  readonly all: MissSum;
  /** A miss at home that nobody delays, ns; and how many nodes have memory. */
  readonly localNs: number;
  readonly nodes: number;
}

export function adviceOf(use: SegmentUse): BindingAdvice {
  const { segment, ranges, processes, all } = use;
  const nodes: { range: string; node: number }[] = [];
  let stays = 0;
  for (const { name, from } of ranges) {
    const best = Object.entries(from).reduce<readonly [string, number]>((a, b) => (b[1] > a[1] ? b : a), ['-1', 0]);
    if (best[1] === 0) continue;
    nodes.push({ range: name, node: Number(best[0]) });
    stays += best[1];
  }
  const least = (100 * (all.misses - stays)) / all.misses;
  const actual = all.remoteShare;
  const means = processes.map(({ sum }) => sum.meanNs);
  const advice = {
    segment,
    actual,
    least,
    nodes,
    cannotHelp: actual - least <= NO_GAIN,
    slowestNs: means.reduce((a, b) => Math.max(a, b), 0),
    quickestNs: means.reduce((a, b) => Math.min(a, b), Infinity),
    meanNs: all.meanNs,
  };
  return { ...advice, text: [bindingText(use, advice), gainText(use, advice)].join(' ') };
}

type Figures = Omit<BindingAdvice, 'text'>;

function bindingText(
  { segment, ranges, nodes, all }: SegmentUse,
  { actual, least, nodes: best, cannotHelp }: Figures,
): string {
  const remote = `${percent(actual)} of the misses in ${segment} are remote`;
  if (!cannotHelp) {
    const list = best.map(({ range, node }) => (ranges.length === 1 ? `node ${node}` : `${range} to node ${node}`));
    return `${remote}; binding ${ranges.length === 1 ? 'it to ' : ''}${shortList(list)} would leave ${percent(least)}.`;
  }
  if (isUniform(ranges)) {
    return `${remote}, and every node that uses it does so alike: binding cannot help here (at best ${percent(least)}).`;
  }
  if (all.remote === 0) return `No miss in ${segment} is remote.`;
  if (nodes > 1 && actual < (100 * (nodes - 1)) / nodes - NO_GAIN) {
    return `${remote}: its ranges lie where they are used most, and no other nodes would leave less than ${percent(least)}.`;
  }
  return `${remote}, and binding its ranges to single nodes would leave ${percent(least)}: binding cannot help here.`;
}

/** Who waits for whom, and what interleaving would change. */
function gainText(use: SegmentUse, { slowestNs, quickestNs, meanNs }: Figures): string {
  const { processes, all, localNs, nodes } = use;
  if (processes.length < 2) return `Its process's mean miss takes ${timeText(meanNs)}.`;
  if (slowestNs <= quickestNs * ALIKE) {
    return `Its ${processes.length} processes wait alike: a mean miss takes ${timeText(meanNs)}.`;
  }
  const spread = `The slowest of its ${processes.length} processes waits ${timeText(slowestNs)} for a mean miss, the quickest ${timeText(quickestNs)}, all of them ${timeText(meanNs)}.`;
  if (all.remote === 0 || nodes < 2) return spread;
  const atHome = all.misses === all.remote ? localNs : (all.ns - all.remoteNs) / (all.misses - all.remote);
  const interleaved = (atHome + (nodes - 1) * (all.remoteNs / all.remote)) / nodes;
  const gain = processes.filter(({ sum }) => sum.meanNs > interleaved * ALIKE);
  const lose = processes.filter(({ sum }) => sum.meanNs * ALIKE < interleaved);
  const alike = `Interleaved, all would wait about ${timeText(interleaved)}`;
  if (gain.length === 0) return `${spread} ${alike}: nobody would gain.`;
  const gainers = `${count(gain.length)} on ${nodesText(gain)} would gain`;
  const losers = lose.length === 0 ? '' : `, ${count(lose.length)} on ${nodesText(lose)} would lose`;
  return `${spread} ${alike}: ${gainers}${losers}.`;
}

/** True where no node misses in a range more often than any other that uses it, but for NO_GAIN points. */
function isUniform(ranges: readonly RangeLocality[]): boolean {
  return ranges.every(({ from, misses }) => {
    const counts = Object.values(from);
    const best = counts.reduce((a, b) => Math.max(a, b), 0);
    return misses === 0 || (counts.length > 1 && (100 * best) / misses <= 100 / counts.length + NO_GAIN);
  });
}

const percent = (value: number): string => `${value.toFixed(1)} %`;
const count = (processes: number): string => `${processes} ${processes === 1 ? 'process' : 'processes'}`;

function timeText(ns: number): string {
  return ns >= 1000 ? `${(ns / 1000).toFixed(2)} µs` : `${ns.toFixed(0)} ns`;
}

function nodesText(processes: readonly { readonly node: number }[]): string {
  const ids = [...new Set(processes.map(({ node }) => node))].sort((a, b) => a - b);
  return `${ids.length === 1 ? 'node' : 'nodes'} ${shortList(ids.map(String))}`;
}

/** Up to eight of them, and how many more. */
function shortList(all: readonly string[]): string {
  const shown = all.slice(0, 8);
  if (all.length > 8) return `${shown.join(', ')} and ${all.length - 8} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}
