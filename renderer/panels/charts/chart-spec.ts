/** A chart as a person made it (its series, names, picks) laid over a run: the ChartSpec that is drawn. */
import type { Selection } from '../../state/selection.svelte.ts';
import type { ChartDef } from './chart-def.ts';
import { type SampledRun, zoneOf } from './columns.ts';
import { LINES, MUTED } from './look.ts';
import { PRESETS } from './presets.ts';
import { seriesOf } from './run-series.ts';
import type { Source } from './sources.ts';
import { type ChartSpec, type Series, UNITS } from './spec.ts';
import { lowMarks, zoneMarks } from './watermarks.ts';

export interface Shown {
  readonly run: SampledRun;
  readonly selection: Selection;
  /** By id, of this run. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** What `def` shows of a run. Series that the run does not have are left out. */
export function chartSpec(def: ChartDef, { run, selection, sources }: Shown): ChartSpec {
  const spec = def.preset === null ? chosen(def, { run, selection, sources }) : null;
  if (spec !== null) return spec;
  const preset = PRESETS[def.preset ?? 'references'](run, selection);
  return { ...preset, id: def.id, title: def.title };
}

function chosen(def: ChartDef, { run, selection, sources }: Shown): ChartSpec {
  const found = def.series.flatMap((id) => sources.get(id) ?? []);
  const unit = found[0]?.unit ?? '';
  const known = found.filter((source) => source.unit === unit);
  // A few are all in colour; of many those that were picked.
  const coloured = known.length <= LINES.length ? known.map(({ id }) => id) : def.picked;
  const series = known.flatMap(({ id, label }): Series[] => {
    const samples = seriesOf(run).samples(id);
    if (samples === undefined) return [];
    const place = coloured.indexOf(id);
    return [{ id, label, look: LINES[place] ?? MUTED, samples }];
  });
  const free = series.flatMap(({ id }) => zoneOf(id) ?? []);
  const log = def.log || (free.length > 0 && free.length === series.length);
  const layout = run.start?.layout ?? null;
  const marks =
    free.length === 1 ? zoneMarks(layout, free[0], selection) : lowMarks(layout, free.slice(0, 2), selection);
  const words = UNITS[unit];
  return {
    id: def.id,
    title: def.title,
    ...words,
    unit: `${words.unit}${log ? ', log scale' : ''}`,
    axis: log ? 'log' : unit === '%' ? 'share' : 'linear',
    stacked: false,
    series,
    marks,
  };
}
