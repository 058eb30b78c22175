/** What a run says of nodes, CPUs, zones and links: at a moment of it, or from its report. Pure. */
import { freeColumns } from '../panels/charts/columns.ts';
import type { CpuMoment, Moment } from '../../src/sim/engine/moment.ts';
import type { Table } from '../../src/sim/engine/report.ts';
import type { Run } from '../state/runs.svelte.ts';
import type { FreeOf, OwnedOf } from './occupancy.ts';

/** Of a node; shares are 0 to 1. */
export interface NodeFacts {
  /** Shares of the misses of its CPUs; null where there were none. */
  readonly local: number | null;
  readonly remoteCache: number | null;
  /** Of the memory bus. */
  readonly bus: number | null;
  /** Tasks that came from another node; null where only the whole run's are known. */
  readonly migrations: number | null;
}

/** Load of a link between two nodes (ids), 0 to 1. `toward` is true where the busier way is from the first to the second. */
export interface LinkLoad {
  readonly share: number;
  readonly toward: boolean;
}

/** All of a run that the drawing shows. */
export interface RunFacts {
  readonly freeOf: FreeOf;
  readonly ownedOf: OwnedOf;
  /** Zones (`node:zone:index`) of which something is known. */
  readonly zones: readonly {
    readonly node: number;
    readonly zone: string;
    readonly index: number;
    /** In clusters, as watermarks are. */
    readonly free: number;
  }[];
  readonly owners: ReadonlySet<string>;
  readonly node: (id: number) => NodeFacts | undefined;
  /** CPUs that run, by number; undefined for those on which nothing does. */
  readonly cpu: (cpu: number) => CpuMoment | undefined;
  /** True where states of CPUs are known: those without one are idle. */
  readonly hasCpus: boolean;
  readonly load: (from: number, to: number) => LinkLoad | undefined;
}

const NOTHING: RunFacts = {
  freeOf: () => undefined,
  ownedOf: () => undefined,
  zones: [],
  owners: new Set(),
  node: () => undefined,
  cpu: () => undefined,
  hasCpus: false,
  load: () => undefined,
};

/** What is known: of the moment where there is one, otherwise of the run's report and samples. */
export function factsOf(run: Run | null, moment: Moment | null): RunFacts {
  if (run === null) return NOTHING;
  return moment === null ? factsFromReport(run) : factsAt(moment);
}

function factsAt(moment: Moment): RunFacts {
  const nodes = new Map(moment.nodes.map((node) => [node.node, node]));
  const cpus = new Map(moment.cpus.map((cpu) => [cpu.cpu, cpu]));
  const zones = new Map(moment.zones.map((zone) => [`${zone.node}:${zone.zone}:${zone.index}`, zone]));
  return {
    freeOf: () => undefined,
    ownedOf: (node, zone) => zones.get(`${node.id}:${zone.name}:${zone.index}`),
    zones: moment.zones,
    owners: ownersOf(moment.zones),
    node: (id) => {
      const node = nodes.get(id);
      if (node === undefined) return undefined;
      const some = node.local + node.remoteCache + node.remote > 0;
      const { bus, migrations } = node;
      return { local: some ? node.local : null, remoteCache: some ? node.remoteCache : null, bus, migrations };
    },
    cpu: (cpu) => cpus.get(cpu),
    hasCpus: true,
    load: loadsOf(moment.links.map(({ from, to, utilisation }) => ({ from, to, share: utilisation }))),
  };
}

function factsFromReport(run: Run): RunFacts {
  const proc = (run.report ?? (run.state === 'paused' ? run.interim : null))?.result.proc?.zones ?? [];
  const zones = new Map(proc.map((zone) => [`${zone.node}:${zone.zone}:${zone.index}`, zone]));
  const shift = run.start.profile.kernel.pageMmuShift;
  const sampled = run.frameCount === 0 ? [] : freeColumns(run.columns);
  const free = new Map(
    sampled.map(({ id, at }) => [`${at.node}:${at.zone}:${at.index}`, { ...at, free: run.column(id).at(-1) ?? 0 }]),
  );
  const nodes = nodesOf(run);
  const links = rowsOf(run.report?.result.links).map((row) => ({
    from: row['from'] ?? -1,
    to: row['to'] ?? -1,
    share: (row['utilisation'] ?? 0) / 100,
  }));
  return {
    freeOf: (node, zone) => free.get(`${node.id}:${zone.name}:${zone.index}`)?.free,
    ownedOf: (node, zone) => zones.get(`${node.id}:${zone.name}:${zone.index}`),
    zones: proc.length > 0 ? proc : [...free.values()].map((zone) => ({ ...zone, free: zone.free >> shift })),
    owners: ownersOf(proc),
    node: (id) => nodes.get(id),
    cpu: () => undefined,
    hasCpus: false,
    load: loadsOf(links),
  };
}

function ownersOf(zones: readonly { readonly owners: Readonly<Record<string, number>> }[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { owners } of zones) {
    for (const owner of Object.keys(owners)) if (owners[owner] > 0) found.add(owner);
  }
  return found;
}

function nodesOf(run: Run): ReadonlyMap<number, NodeFacts> {
  const result = run.report?.result;
  const cpus = rowsOf(result?.cpus);
  return new Map(
    rowsOf(result?.nodes).map((row): [number, NodeFacts] => {
      const id = row['node'] ?? -1;
      const own = cpus.filter((cpu) => cpu['node'] === id);
      const sum = (columns: readonly string[]): number =>
        own.reduce((total, cpu) => columns.reduce((part, column) => part + (cpu[column] ?? 0), total), 0);
      const local = sum(['servedLocal', 'servedTransfer']);
      const cached = sum(['servedRemoteCache']);
      const all = local + cached + sum(['servedRemote', 'servedRemoteOwner']);
      const bus = row['busUtilisation'];
      return [
        id,
        {
          local: all === 0 ? null : local / all,
          remoteCache: all === 0 ? null : cached / all,
          bus: bus === undefined ? null : bus / 100,
          migrations: null,
        },
      ];
    }),
  );
}

/** The busier direction of each link. */
function loadsOf(
  links: readonly { readonly from: number; readonly to: number; readonly share: number }[],
): (from: number, to: number) => LinkLoad | undefined {
  const shares = new Map(links.map(({ from, to, share }) => [`${from}-${to}`, share]));
  return (from, to) => {
    const there = shares.get(`${from}-${to}`);
    const back = shares.get(`${to}-${from}`);
    if (there === undefined && back === undefined) return undefined;
    return { share: Math.max(there ?? 0, back ?? 0), toward: (there ?? 0) >= (back ?? 0) };
  };
}

type Row = Readonly<Record<string, number | undefined>>;

function rowsOf(table: Table | undefined): readonly Row[] {
  if (table === undefined) return [];
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column, row[at]])));
}
