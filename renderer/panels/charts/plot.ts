/**
 * Draws a ChartSpec over a stretch of time on a canvas, on the screen or as a picture. Up to four lines and all areas are
 * Chart.js's; lines beyond, thin and grey, are drawn here straight from the samples, since an element of Chart.js for each
 * point of sixty lines takes longer than a frame. Points are made once and used again.
 */
import { Chart, type ChartDataset, type Plugin } from 'chart.js';
import { formatExact } from '../format.ts';
import { areaPoints } from './areas.ts';
import { columnBounds, decimateInto, type Samples, type Span } from './decimate.ts';
import { type LineChart, makeLineChart, type LineChartOptions, type Point, setAxis } from './line-chart.ts';
import { colour, fillStyle } from './look.ts';
import { type ChartSpec, isMuted, type Mark, type Series } from './spec.ts';
import { linearTicks, logTicks, niceMax, spanTicks, timeUnit } from './ticks.ts';

/** What is drawn. */
export interface View {
  readonly spec: ChartSpec;
  readonly span: Span;
  /** A series that is looked at in the legend: drawn over the others. */
  readonly highlighted: string | null;
}

export interface PlotOptions extends Pick<LineChartOptions, 'padding' | 'picture'> {
  readonly log: boolean;
  readonly plugins?: Plugin<'line'>[];
  /** A repeated fill for areas; left out: patterns of the canvas itself. */
  readonly fill?: (look: Series['look']) => string | CanvasPattern;
  /** Lines without Path2D, for a canvas that knows none. */
  readonly direct?: boolean;
}

/** A line of a few samples is no line yet: their points are shown. */
const FEW = 8;
const FEW_RADIUS = 3;
const MUTED_WIDTH = 1;
/** Sixty lines behind the others are drawn in columns of two pixels: their peaks survive as well, in half the time. */
const MUTED_PIXELS = 2;
const TOP_WIDTH = 2.5;
/** A chart lower than this, px, has its labels right at their axes: what is left between them is for the plot. */
const LOW = 100;

export class Plot {
  readonly #chart: LineChart;
  readonly #fill: (look: Series['look']) => string | CanvasPattern;
  readonly #direct: boolean;
  #view: View | null = null;
  #foot = 0;
  /** Used again with every draw. */
  readonly #kept: number[] = [];
  readonly #points: Point[][] = [];
  #bounds: { readonly times: readonly number[]; readonly pixels: number; readonly columns: Int32Array }[] = [];

  constructor(on: HTMLCanvasElement, { log, plugins = [], fill, direct = false, ...rest }: PlotOptions) {
    this.#chart = makeLineChart(on, { ...rest, log, plugins: [this.#layers(), ...plugins] });
    this.#direct = direct;
    this.#fill = fill ?? ((look): string | CanvasPattern => fillStyle(this.#chart.ctx, look));
  }

  /** Where the axes leave room, in pixels of the frame; undefined before the first draw. */
  get area():
    { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } | undefined {
    return this.#chart.chartArea as LineChart['chartArea'] | undefined;
  }

  get chart(): LineChart {
    return this.#chart;
  }

  destroy(): void {
    this.#chart.destroy();
  }

  /** Lets a picture go without wiping what is drawn, as destroy() would. */
  release(): void {
    this.#chart.stop();
    delete Chart.instances[this.#chart.id];
  }

  draw(view: View): void {
    const chart = this.#chart;
    const { spec, span } = view;
    this.#view = view;
    this.#bounds = [];
    this.#setTime(span);
    this.#setValues(spec);
    const lines = spec.series.filter((series) => !isMuted(series));
    chart.data.datasets = spec.stacked
      ? this.#areas(lines)
      : lines.map((series, at) => this.#line(series, at, spec.marked));
    chart.update('none');
  }

  #setTime({ from, to }: Span): void {
    const unit = timeUnit(to - from);
    const width = this.area === undefined ? 240 : this.area.right - this.area.left;
    const ticks = spanTicks(from / unit.ns, to / unit.ns, Math.min(8, Math.max(2, Math.floor(width / 60))));
    setAxis(this.#chart, 'x', {
      close: this.#chart.height < LOW,
      min: from,
      max: to,
      ticks: ticks.map((tick) => tick * unit.ns),
      label: (value, index) => {
        const figure = formatExact(Number((value / unit.ns).toPrecision(12)));
        return index === ticks.length - 1 ? `${figure} ${unit.name}` : figure;
      },
    });
  }

  #setValues(spec: ChartSpec): void {
    let highest = spec.holds ?? 0;
    let lowest = Infinity;
    for (const { samples } of spec.series) {
      const columns = this.#columns(samples);
      const [from, to] = [columns[0], columns[columns.length - 1]];
      samples.extremes.find(from, to);
      const { low, high } = samples.extremes;
      if (high < 0) continue;
      highest = Math.max(highest, samples.values[high]);
      lowest = Math.min(lowest, samples.values[low]);
    }
    for (const { value } of spec.marks) lowest = Math.min(lowest, value);
    const log = spec.axis === 'log';
    const least = Math.max(spec.least, Number.isFinite(lowest) ? lowest : 0);
    this.#foot = log ? Math.max(spec.least, 10 ** Math.floor(Math.log10(least))) : 0;
    const top = spec.axis === 'share' ? 100 : log ? logTop(highest, this.#foot) : niceMax(highest || 1);
    const ticks = spec.axis === 'share' ? [0, 50, 100] : log ? logTicks(this.#foot, top) : linearTicks(top);
    const close = this.#chart.height < LOW;
    setAxis(this.#chart, 'y', { close, min: this.#foot, max: top, ticks, label: (value) => spec.tick(value) });
  }

  /** The pixel columns of the span for these samples; those of the same times are found once a draw. */
  #columns({ times }: Samples, pixels = 1): Int32Array {
    const known = this.#bounds.find((bounds) => bounds.times === times && bounds.pixels === pixels);
    if (known !== undefined) return known.columns;
    const width = this.area === undefined ? this.#chart.width : this.area.right - this.area.left;
    const columns = columnBounds(times, this.#view?.span ?? { from: 0, to: 1 }, width / pixels);
    this.#bounds.push({ times, pixels, columns });
    return columns;
  }

  #line({ look, samples }: Series, place: number, marked = false): ChartDataset<'line', Point[]> {
    const count = decimateInto(this.#kept, samples, this.#columns(samples));
    const data = (this.#points[place] ??= []);
    data.length = Math.min(data.length, count);
    for (let at = 0; at < count; at++) {
      const from = this.#kept[at];
      const point = (data[at] ??= { x: 0, y: 0 });
      point.x = samples.times[from];
      point.y = this.#height(samples.values[from]);
    }
    const paint = colour(look.token);
    return {
      data,
      borderColor: paint,
      borderDash: [...look.dash],
      backgroundColor: paint,
      pointRadius: count < FEW ? FEW_RADIUS : marked ? radii(count) : 0,
      pointStyle: look.marker,
      // The last of them stands on the edge: it is not cut in half.
      ...(count < FEW ? { clip: FEW_RADIUS + 1 } : {}),
      // Chart.js strokes a line whose segments may have styles of their own without a Path2D.
      ...(this.#direct ? { segment: {} } : {}),
    };
  }

  #areas(series: readonly Series[]): ChartDataset<'line', Point[]>[] {
    const positions = new Set<number>();
    for (const { samples } of series) {
      const count = decimateInto(this.#kept, samples, this.#columns(samples));
      for (let at = 0; at < count; at++) positions.add(this.#kept[at]);
    }
    const kept = [...positions].sort((a, b) => a - b);
    const width = this.area === undefined ? this.#chart.width : this.area.right - this.area.left;
    const samples = series.map((one) => one.samples);
    const points = areaPoints(samples, kept, this.#view?.span ?? { from: 0, to: 1 }, width);
    return series.map(({ look }, place) => ({
      data: points[place],
      borderWidth: 0,
      backgroundColor: this.#fill(look),
      fill: place === 0 ? 'origin' : '-1',
    }));
  }

  /** A log axis has no zero: what is less than its foot is drawn there. */
  #height(value: number): number {
    return value < this.#foot ? this.#foot : value;
  }

  #layers(): Plugin<'line'> {
    return {
      id: 'layers',
      beforeDatasetsDraw: ({ ctx }) => {
        for (const series of this.#view?.spec.series ?? [])
          if (isMuted(series)) this.#trace(ctx, series, colour(series.look.token), MUTED_WIDTH, MUTED_PIXELS);
      },
      afterDatasetsDraw: ({ ctx }) => {
        // Chart.js draws once while it is made.
        const { spec, highlighted } = this.#view ?? {};
        const top = spec?.stacked === true ? undefined : spec?.series.find(({ id }) => id === highlighted);
        if (top !== undefined) this.#trace(ctx, top, colour('--text-1'), TOP_WIDTH);
        if (spec !== undefined) this.#marks(ctx, spec.marks);
      },
    };
  }

  /** A line straight onto the canvas. */
  #trace(ctx: CanvasRenderingContext2D, { samples }: Series, paint: string, width: number, pixels = 1): void {
    const { chartArea, scales } = this.#chart;
    const count = decimateInto(this.#kept, samples, this.#columns(samples, pixels));
    ctx.save();
    ctx.beginPath();
    ctx.rect(chartArea.left, chartArea.top, chartArea.right - chartArea.left, chartArea.bottom - chartArea.top);
    ctx.clip();
    ctx.beginPath();
    let pen = false;
    for (let at = 0; at < count; at++) {
      const from = this.#kept[at];
      const value = samples.values[from];
      if (Number.isNaN(value)) {
        pen = false;
        continue;
      }
      const x = scales['x'].getPixelForValue(samples.times[from]);
      const y = scales['y'].getPixelForValue(this.#height(value));
      if (pen) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
      pen = true;
    }
    ctx.strokeStyle = paint;
    ctx.lineWidth = width;
    ctx.setLineDash([]);
    ctx.stroke();
    ctx.restore();
  }

  #marks(ctx: CanvasRenderingContext2D, marks: readonly Mark[]): void {
    const { chartArea, scales } = this.#chart;
    ctx.save();
    ctx.font = `11px ${colour('--sans')}`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.lineWidth = 1;
    const taken: number[] = [];
    for (const { label, value, token, dash } of marks) {
      const y = Math.round(scales['y'].getPixelForValue(value)) + 0.5;
      if (y < chartArea.top || y > chartArea.bottom) continue;
      ctx.strokeStyle = colour(token);
      ctx.setLineDash([...dash]);
      ctx.beginPath();
      ctx.moveTo(chartArea.left, y);
      ctx.lineTo(chartArea.right, y);
      ctx.stroke();
      // Above its line or below; a label that has room at neither is left to the sentence and the table.
      const foot = [y - 4, y + 11].find(
        (at) => at > chartArea.top + 8 && at < chartArea.bottom && taken.every((other) => Math.abs(other - at) >= 12),
      );
      if (foot === undefined) continue;
      taken.push(foot);
      const text = `${label}: ${this.#view?.spec.format(value) ?? ''}`;
      ctx.setLineDash([]);
      ctx.fillStyle = colour('--bg-1');
      ctx.fillRect(chartArea.left + 3, foot - 9, ctx.measureText(text).width + 4, 11);
      ctx.fillStyle = colour(token);
      ctx.fillText(text, chartArea.left + 5, foot);
    }
    ctx.restore();
  }
}

/** Of each point of a line: four of them are seen, evenly apart. */
function radii(count: number): number[] {
  const apart = Math.max(1, Math.floor(count / 4));
  return Array.from({ length: count }, (_, at) => (at % apart === Math.floor(apart / 2) ? 3.5 : 0));
}

function logTop(highest: number, foot: number): number {
  return 10 ** Math.max(Math.ceil(Math.log10(Math.max(highest, 1e-2))), Math.floor(Math.log10(foot)) + 1);
}
