/** What a choice of series comes to: the charts that it needs, one for each unit, and their names. */
import type { Source, Unit } from './sources.ts';
import { UNIT_TEXT } from './sources.ts';

export interface Wanted {
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly string[];
}

/** One chart for each unit of the chosen series, in the order in which they were chosen. */
export function chartsFor(chosen: readonly string[], sources: ReadonlyMap<string, Source>): readonly Wanted[] {
  const byUnit = new Map<Unit, Source[]>();
  for (const id of chosen) {
    const source = sources.get(id);
    if (source === undefined) continue;
    const same = byUnit.get(source.unit) ?? [];
    byUnit.set(source.unit, [...same, source]);
  }
  return [...byUnit].map(([unit, of]) => ({ unit, title: titleOf(of), series: of.map(({ id }) => id) }));
}

/** Why a choice makes more than one chart; empty where it makes one. */
export function whySplit(wanted: readonly Wanted[]): string {
  if (wanted.length < 2) return '';
  const parts = wanted.map(
    ({ unit, series }) => `${series.length} ${unit === '' ? 'counted' : 'in'} ${UNIT_TEXT[unit]}`,
  );
  return `Units differ and a chart has one axis: ${parts.join(', ')}. That makes ${wanted.length} charts.`;
}

/** Names up to two series; more by what they have in common. */
function titleOf(sources: readonly Source[]): string {
  if (sources.length <= 2) return sources.map(({ label }) => label).join(', ');
  const groups = [...new Set(sources.map(({ group }) => group.replace(/, [^,]*$/, '')))];
  return groups.length === 1 ? groups[0] : `${sources[0].label} and ${sources.length - 1} more`;
}
