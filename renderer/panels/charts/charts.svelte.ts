/**
 * The charts of the window: which there are, in what order, what the commands act on, and what they share: the zoom, the
 * cursor, the runs that pinned ones stay with. The charts themselves are kept in the window's settings.
 */
import { readStored, writeStored } from '../../state/stored.ts';
import { type ChartDef, chartOf, defaultCharts, MOST_PICKED, readCharts } from './chart-def.ts';
import type { SampledRun } from './columns.ts';
import { ZoomState } from './zoom.svelte.ts';

const STORED = 'charts';

export class ChartsState {
  /** In the order of the screen: pinned ones first. */
  list = $state.raw<readonly ChartDef[]>(readCharts(readStored(STORED)) ?? defaultCharts());
  /** The chart that had the focus last: commands act on it. */
  #current = $state.raw<string | null>(null);
  /** The one that has the whole place; null: all stand side by side. */
  enlarged = $state.raw<string | null>(null);
  /** The chart whose name is being typed. */
  renaming = $state.raw<string | null>(null);
  /** The chart that the picker chooses series for, or `new`. */
  picking = $state.raw<string | null>(null);
  /** The chart that was just made or moved: it is brought into sight. */
  sought = $state.raw<string | null>(null);
  /** Virtual time under the pointer in any of the charts, ns. */
  cursorNs = $state.raw<number | null>(null);
  readonly zoom = new ZoomState();
  /** Runs that pinned charts stay with. */
  #held = $state.raw<readonly { readonly id: string; readonly run: SampledRun }[]>([]);
  #removed = $state.raw<readonly { readonly chart: ChartDef; readonly at: number }[]>([]);
  /** The run that was looked at last. */
  #looked: SampledRun | null = null;

  /** The chart that commands act on; undefined where there is none. */
  get current(): ChartDef | undefined {
    return this.find(this.#current) ?? this.list[0];
  }

  get canPutBack(): boolean {
    return this.#removed.length > 0;
  }

  find(id: string | null): ChartDef | undefined {
    return this.list.find((chart) => chart.id === id);
  }

  focus(id: string): void {
    this.#current = id;
  }

  /** A new chart of these series, at the end; returns its id. */
  add(title: string, series: readonly string[]): string {
    const id = this.#freshId();
    this.#keep([...this.list, chartOf(id, title, series)]);
    this.#current = id;
    this.sought = id;
    return id;
  }

  remove(id: string): void {
    const at = this.list.findIndex((chart) => chart.id === id);
    if (at < 0) return;
    this.#removed = [...this.#removed, { chart: this.list[at], at }];
    if (this.enlarged === id) this.enlarged = null;
    this.#keep(this.list.filter((chart) => chart.id !== id));
    this.#current = (this.list[at] ?? this.list[at - 1])?.id ?? null;
  }

  /** Puts the chart back that was removed last. */
  putBack(): void {
    const last = this.#removed.at(-1);
    if (last === undefined) return;
    this.#removed = this.#removed.slice(0, -1);
    // The charts of the beginning may have come back meanwhile.
    if (this.find(last.chart.id) !== undefined) return this.putBack();
    this.#keep([...this.list.slice(0, last.at), last.chart, ...this.list.slice(last.at)]);
    this.#current = last.chart.id;
    this.sought = last.chart.id;
  }

  /** Changes a chart in place. */
  change(id: string, part: Partial<Omit<ChartDef, 'id'>>): void {
    this.#keep(this.list.map((chart) => (chart.id === id ? { ...chart, ...part } : chart)));
  }

  /** Gives a chart these series instead of those it has; a chart of the beginning becomes one of chosen series. */
  choose(id: string, series: readonly string[]): void {
    const picked = this.find(id)?.picked.filter((one) => series.includes(one)) ?? [];
    this.change(id, { preset: null, series, picked });
  }

  /** Puts a series of many in full colour, or back; a fifth one takes the place of the first. */
  pick(id: string, series: string): void {
    const picked = this.find(id)?.picked ?? [];
    const next = picked.includes(series) ? picked.filter((one) => one !== series) : [...picked, series];
    this.change(id, { picked: next.slice(-MOST_PICKED) });
  }

  /** Moves a chart by `step` places among those that are pinned as it is. */
  move(id: string, step: number): void {
    const at = this.list.findIndex((chart) => chart.id === id);
    this.place(id, at + step);
  }

  /** Moves a chart to a place of the row. */
  place(id: string, to: number): void {
    const moving = this.find(id);
    if (moving === undefined) return;
    const others = this.list.filter((chart) => chart.id !== id);
    const at = Math.min(Math.max(0, to), others.length);
    this.#keep([...others.slice(0, at), moving, ...others.slice(at)]);
    this.sought = id;
  }

  /** Pins a chart to the run that it shows, or lets it go. */
  pin(id: string, run: SampledRun | null): void {
    const pinned = this.find(id)?.pinned === true;
    const others = this.#held.filter((held) => held.id !== id);
    this.#held = pinned || run === null ? others : [...others, { id, run }];
    this.change(id, { pinned: !pinned });
  }

  /** The run that a chart shows where `chosen` is the one on the screen. */
  runOf(chart: ChartDef, chosen: SampledRun): SampledRun {
    return (chart.pinned ? this.#held.find(({ id }) => id === chart.id)?.run : undefined) ?? chosen;
  }

  /** After a start of the window a pinned chart stays with the first run that it shows. */
  hold(chosen: SampledRun): void {
    const loose = this.list.filter((chart) => chart.pinned && !this.#held.some(({ id }) => id === chart.id));
    if (loose.length > 0) this.#held = [...this.#held, ...loose.map(({ id }) => ({ id, run: chosen }))];
  }

  /** Told which run is looked at: where another one has not come to the stretch that is shown, all of it is shown. */
  look(run: SampledRun): void {
    if (run === this.#looked) return;
    this.#looked = run;
    this.cursorNs = null;
    const { span } = this.zoom;
    if (span !== null && span.from >= (run.column('timeNs').at(-1) ?? 0)) this.zoom.reset();
  }

  /** The charts that a new window has. */
  restore(): void {
    this.#held = [];
    this.enlarged = null;
    this.#keep(defaultCharts());
  }

  #freshId(): string {
    // One that was removed keeps its name: it may be put back.
    const taken = [...this.list, ...this.#removed.map(({ chart }) => chart)].map(({ id }) => id);
    for (let number = 1; ; number++) if (!taken.includes(`chart-${number}`)) return `chart-${number}`;
  }

  #keep(list: readonly ChartDef[]): void {
    // Stable: within the pinned and within the others the order stays.
    this.list = [...list.filter(({ pinned }) => pinned), ...list.filter(({ pinned }) => !pinned)];
    writeStored(STORED, this.list);
  }
}
