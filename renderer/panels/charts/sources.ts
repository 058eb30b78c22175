/** Every series that a run can be drawn by, in groups, with its name and unit: what the picker offers. */
import type { MetricSummary } from '../../../src/lab/contract.ts';
import { OWNER_LOOKS } from '../memory-owners.ts';
import { freeColumns, type SampledRun, zoneLabel, type ZoneAt } from './columns.ts';
import { CPU_PARTS, NODE_PARTS } from './moment-series.ts';

/** Series of one unit can share an axis. An empty one counts things per sample. */
export type Unit = '' | '%' | 'ns' | 'MiB';

export interface Source {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly unit: Unit;
  readonly description: string;
}

/** A unit as a chart's title and the picker say it. */
export const UNIT_TEXT: Readonly<Record<Unit, string>> = { '': 'per sample', '%': '%', ns: 'ns', MiB: 'MiB' };

const METRIC_GROUPS: Readonly<Record<Exclude<Unit, 'MiB'>, string>> = {
  '%': 'Shares, %',
  ns: 'Times, ns',
  '': 'Counts per sample',
};

/** All series of a run so far, in the order of the picker. CPUs, nodes, owners and links are those of the newest moment. */
export function sourcesOf(run: SampledRun, metrics: readonly MetricSummary[]): readonly Source[] {
  const sampled = new Set(run.columns);
  const ofMetrics = (unit: Exclude<Unit, 'MiB'>): Source[] =>
    metrics
      .filter((metric) => metric.unit === unit && sampled.has(metric.id))
      .map(({ id, label, description }): Source => ({ id, group: METRIC_GROUPS[unit], label, unit, description }));
  return [
    ...ofMetrics('%'),
    ...ofMetrics('ns'),
    ...ofMetrics(''),
    ...freeColumns(run.columns).map(({ id, at }): Source => ({
      id,
      group: 'Free memory of zones, MiB',
      label: `Free ${zoneLabel(at)}`,
      unit: 'MiB',
      description: `Free memory of ${zoneLabel(at)}.`,
    })),
    ...momentSources(run),
  ];
}

function momentSources(run: SampledRun): Source[] {
  const moment = run.moments?.at(-1);
  if (moment === undefined) return [];
  const cpus = Object.entries(CPU_PARTS).flatMap(([part, name]) =>
    moment.cpus.map(({ cpu, node }): Source => ({
      id: `cpu:${cpu}:${part}`,
      group: `CPUs: ${name}, %`,
      label: `CPU ${cpu} ${name}`,
      unit: '%',
      description: `Share of its time, node ${node}.`,
    })),
  );
  const nodes = Object.entries(NODE_PARTS).flatMap(([part, name]) =>
    moment.nodes.map(({ node }): Source => ({
      id: `node:${node}:${part}`,
      group: `Nodes: ${name}${part === 'migrations' ? '' : ', %'}`,
      label: `Node ${node} ${name}`,
      unit: part === 'migrations' ? '' : '%',
      description: part === 'migrations' ? 'Tasks that came from another node.' : `Of node ${node}: ${name}.`,
    })),
  );
  const owners = OWNER_LOOKS.flatMap(({ owner, label }) =>
    moment.zones
      .filter((zone) => owner in zone.owners)
      .map((zone): Source => {
        const name = zoneLabel(zone as ZoneAt);
        return {
          id: `owner:${zone.node}:${zone.zone}:${zone.index}:${owner}`,
          group: `Zones: ${label}, MiB`,
          label: `${name} ${label}`,
          unit: 'MiB',
          description: `What ${name} holds of it.`,
        };
      }),
  );
  const links = moment.links.map(({ from, to }): Source => ({
    id: `link:${from}:${to}`,
    group: 'Links, %',
    label: `Link ${from} → ${to}`,
    unit: '%',
    description: 'Of its bandwidth.',
  }));
  return [...cpus, ...nodes, ...owners, ...links];
}

/** The sources that have every word of `search` in their name, group or description. */
export function findSources(sources: readonly Source[], search: string): readonly Source[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sources;
  return sources.filter(({ id, group, label, description }) => {
    const text = `${id} ${group} ${label} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** By their groups, in the order in which they come. */
export function groupSources(sources: readonly Source[]): readonly (readonly [string, readonly Source[]])[] {
  const groups = new Map<string, Source[]>();
  for (const source of sources) {
    const same = groups.get(source.group);
    if (same === undefined) groups.set(source.group, [source]);
    else same.push(source);
  }
  return [...groups];
}

interface Known {
  readonly key: string;
  readonly sources: ReadonlyMap<string, Source>;
}
const known = new WeakMap<SampledRun, Known>();

/** As sourcesOf(), by id; made anew only where the run has more of them than before, since it is asked for with every frame. */
export function sourceMap(run: SampledRun, metrics: readonly MetricSummary[]): ReadonlyMap<string, Source> {
  const { cpus, nodes, zones, links } = run.moments?.at(-1) ?? { cpus: [], nodes: [], zones: [], links: [] };
  const key = [run.columns, cpus, nodes, zones, links].map(({ length }) => length).join(' ');
  const before = known.get(run);
  if (before?.key === key) return before.sources;
  const sources = new Map(sourcesOf(run, metrics).map((source) => [source.id, source]));
  known.set(run, { key, sources });
  return sources;
}
