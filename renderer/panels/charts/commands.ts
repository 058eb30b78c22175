/** Charts as commands of the palette, keys and each chart's menu. They act on the chart that had the focus last. */
import type { Command } from '../../state/commands.ts';
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import type { ResultsView } from '../results/results-view.svelte.ts';
import type { ChartDef } from './chart-def.ts';
import type { ChartsState } from './charts.svelte.ts';
import type { Span } from './decimate.ts';
import { panned, scaled } from './zoom.svelte.ts';

interface Charting {
  readonly view: ViewState;
  readonly runs: RunsState;
  readonly results: ResultsView;
  readonly charts: ChartsState;
  readonly playhead: PlayheadState;
}

/** Ids `chart.…` act on one chart, `charts.…` on all. */
export function chartCommands({ view, runs, results, charts, playhead }: Charting): readonly Command[] {
  const shown = (): boolean => {
    if (runs.current === null || runs.current.frameCount === 0) return false;
    return view.screen === 'runs' || (view.screen === 'lab' && view.isOpen('bottom') && results.tab === 'charts');
  };
  const whole = (): Span => ({ from: 0, to: Math.max(1, runs.current?.timeNs ?? 1) });
  const span = (): Span => charts.zoom.span ?? whole();
  /** What a key zooms towards: what is looked at. */
  const centre = (): number => {
    const { from, to } = span();
    const at = charts.cursorNs ?? playhead.ns;
    return at !== null && at >= from && at <= to ? at : (from + to) / 2;
  };

  const one = (
    id: string,
    title: string,
    keys: readonly string[],
    words: string,
    act: (chart: ChartDef) => void,
    enabled: (chart: ChartDef) => boolean = () => true,
  ): Command => ({
    id,
    title,
    keys,
    words: `chart ${words}`,
    enabled: () => shown() && charts.current !== undefined && enabled(charts.current),
    run: () => {
      if (charts.current !== undefined) act(charts.current);
    },
  });
  const all = (
    id: string,
    title: string,
    keys: readonly string[],
    words: string,
    run: () => void,
    enabled: () => boolean = () => true,
  ): Command => ({ id, title, keys, words: `charts ${words}`, enabled: () => shown() && enabled(), run });
  const zoomed = (): boolean => charts.zoom.span !== null;

  return [
    all('charts.add', 'Add a chart…', ['A'], 'new metric series pick counter', () => (charts.picking = 'new')),
    one(
      'chart.series',
      'Choose the series of the chart…',
      ['E'],
      'metric overlay pick',
      ({ id }) => (charts.picking = id),
    ),
    one('chart.table', 'Chart as a table or back', ['T'], 'numbers rows', ({ id, table }) =>
      charts.change(id, { table: !table }),
    ),
    one('chart.legend', 'Legend on or off', ['L'], 'names values', ({ id, legend }) =>
      charts.change(id, { legend: !legend }),
    ),
    one(
      'chart.log',
      'Log scale on or off',
      ['Shift+L'],
      'logarithmic axis',
      ({ id, log }) => charts.change(id, { log: !log }),
      ({ preset }) => preset === null,
    ),
    one('chart.enlarge', 'Enlarge the chart or put it back', ['Alt+Enter'], 'full maximise large', ({ id }) => {
      charts.enlarged = charts.enlarged === id ? null : id;
    }),
    one('chart.pin', 'Pin the chart to its run, or let it go', ['Shift+P'], 'keep hold stay', ({ id }) =>
      charts.pin(id, runs.current),
    ),
    one('chart.rename', 'Rename the chart', ['F2'], 'title name', ({ id }) => (charts.renaming = id)),
    one('chart.left', 'Move the chart to the left', ['Alt+Shift+ArrowLeft'], 'order', ({ id }) => charts.move(id, -1)),
    one('chart.right', 'Move the chart to the right', ['Alt+Shift+ArrowRight'], 'order', ({ id }) =>
      charts.move(id, 1),
    ),
    one('chart.remove', 'Remove the chart', ['Shift+Delete'], 'delete close', ({ id }) => charts.remove(id)),
    all(
      'charts.putBack',
      'Put the removed chart back',
      ['Shift+Insert'],
      'restore undo remove',
      () => charts.putBack(),
      () => charts.canPutBack,
    ),
    all('charts.restore', 'Charts as in a new window', ['Shift+A'], 'default reset', () => charts.restore()),
    all('charts.zoomIn', 'Zoom the charts in', ['Alt+='], 'closer time', () =>
      charts.zoom.show(scaled(span(), whole(), centre(), 0.5)),
    ),
    all(
      'charts.zoomOut',
      'Zoom the charts out',
      ['Alt+-'],
      'wider time',
      () => charts.zoom.show(scaled(span(), whole(), centre(), 2)),
      zoomed,
    ),
    all(
      'charts.earlier',
      'Earlier part of the charts',
      ['('],
      'pan left time',
      () => charts.zoom.show(panned(span(), whole(), -0.5)),
      zoomed,
    ),
    all(
      'charts.later',
      'Later part of the charts',
      [')'],
      'pan right time',
      () => charts.zoom.show(panned(span(), whole(), 0.5)),
      zoomed,
    ),
    all(
      'charts.zoomUndo',
      'Undo the zoom of the charts',
      ['Backspace', 'Alt+ArrowLeft'],
      'back before',
      () => charts.zoom.undo(),
      () => charts.zoom.canUndo,
    ),
    all(
      'charts.zoomAll',
      'Show all of the run in the charts',
      ['Alt+0'],
      'zoom reset whole',
      () => charts.zoom.reset(),
      zoomed,
    ),
  ];
}
