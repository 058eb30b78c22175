/** What a run says of nodes and zones, for their cards. */
import { formatNumber } from '../panels/format.ts';
import { freeColumns } from '../panels/charts/columns.ts';
import type { Table } from '../../src/sim/engine/report.ts';
import type { Run } from '../state/runs.svelte.ts';
import type { FreeOf, OwnedOf } from './occupancy.ts';

/** Free pages of zones at the last sample of a run. */
export function freeFrom(run: Run | null): FreeOf {
  if (run === null || run.frameCount === 0) return () => undefined;
  const free = Object.fromEntries(
    freeColumns(run.columns).map(({ id, at }) => [`${at.node}:${at.zone}:${at.index}`, run.column(id).at(-1)]),
  );
  return (node, zone) => free[`${node.id}:${zone.name}:${zone.index}`];
}

/** Owners of the zones' pages: at the end of a run, or when it was looked at last while it is paused. */
export function ownedFrom(run: Run | null): OwnedOf {
  const zones = (run?.report ?? (run?.state === 'paused' ? run.interim : null))?.result.proc?.zones ?? [];
  const known = new Map(zones.map((zone) => [`${zone.node}:${zone.zone}:${zone.index}`, zone]));
  return (node, zone) => known.get(`${node.id}:${zone.name}:${zone.index}`);
}

/** Load of the link between two nodes, in %: the busier direction. Undefined until a run is done. */
export function loadsFrom(run: Run | null): (from: number, to: number) => number | undefined {
  const rows = rowsOf(run?.report?.result.links);
  const loads: Record<string, number> = {};
  for (const row of rows) {
    for (const key of [`${row['from']}-${row['to']}`, `${row['to']}-${row['from']}`]) {
      loads[key] = Math.max(loads[key] ?? 0, row['utilisation'] ?? 0);
    }
  }
  return (from, to) => loads[`${from}-${to}`];
}

/** Lines of nodes' cards, by id, from the report of a run that is done; none before. */
export function factsFrom(run: Run | null): (node: number) => readonly Fact[] {
  const result = run?.report?.result;
  const cpus = rowsOf(result?.cpus);
  const facts: Record<number, Fact[]> = {};
  for (const row of rowsOf(result?.nodes)) {
    const node = row['node'] ?? -1;
    const misses = servedOf(cpus.filter((cpu) => cpu['node'] === node));
    const lines: Fact[] = [];
    if (misses !== null) lines.push(['local', percent(misses)]);
    if (row['busUtilisation'] !== undefined) lines.push(['bus', percent(row['busUtilisation'])]);
    facts[node] = lines;
  }
  return (node) => facts[node] ?? [];
}

/** A label and its value. */
type Fact = readonly [string, string];

/** Share of the misses of these CPUs that their own node served, in %; null where there were none. */
function servedOf(cpus: readonly Row[]): number | null {
  const sum = (columns: readonly string[]): number =>
    cpus.reduce((total, cpu) => columns.reduce((own, column) => own + (cpu[column] ?? 0), total), 0);
  const local = sum(['servedLocal', 'servedTransfer']);
  const all = local + sum(['servedRemoteCache', 'servedRemote', 'servedRemoteOwner']);
  return all === 0 ? null : (100 * local) / all;
}

type Row = Readonly<Record<string, number | undefined>>;

function rowsOf(table: Table | undefined): readonly Row[] {
  if (table === undefined) return [];
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column, row[at]])));
}

const percent = (value: number): string => `${formatNumber(value, value > 0 && value < 10 ? 1 : 0)} %`;
