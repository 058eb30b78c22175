/** What a run says of nodes and zones, for their cards. */
import { formatNumber } from '../panels/format.ts';
import { freeColumns } from '../panels/charts/columns.ts';
import type { Run } from '../state/runs.svelte.ts';
import type { FreeOf } from './occupancy.ts';

/** Free pages of zones at the last sample of a run. */
export function freeFrom(run: Run | null): FreeOf {
  if (run === null || run.frameCount === 0) return () => undefined;
  const free = Object.fromEntries(
    freeColumns(run.columns).map(({ id, at }) => [`${at.node}:${at.zone}:${at.index}`, run.column(id).at(-1)]),
  );
  return (node, zone) => free[`${node.id}:${zone.name}:${zone.index}`];
}

/** Lines of a node's card from the report of a run that is done; none before. */
export function factsOf(run: Run | null, node: number): readonly (readonly [string, string])[] {
  const table = run?.report?.result.nodes;
  if (table === undefined) return [];
  const at = table.columns.indexOf('node');
  const row = table.rows.find((candidate) => candidate[at] === node);
  if (row === undefined) return [];
  return shown.flatMap(([column, label, write]) => {
    const place = table.columns.indexOf(column);
    return place < 0 ? [] : [[label, write(row[place])] as const];
  });
}

const percent = (value: number): string => `${formatNumber(value)} %`;
const shown: readonly (readonly [string, string, (value: number) => string])[] = [
  ['localShare', 'local', percent],
  ['remoteCacheHitRate', 'rc hit', percent],
];
