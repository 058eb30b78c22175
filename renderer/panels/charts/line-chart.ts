/**
 * How Chart.js is set up for every chart of the lab: registered once, lines without smoothing or animation, axes whose ends
 * and ticks are given, colours from the tokens in force. A Chart stays outside $state, where a proxy would break it.
 */
import {
  BasicPlatform,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Plugin,
} from 'chart.js';
import { colour } from './look.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler);

export interface Point {
  x: number;
  y: number;
}
export type LineChart = Chart<'line', Point[]>;

export interface LineChartOptions {
  readonly plugins: Plugin<'line'>[];
  readonly log?: boolean;
  readonly padding?: {
    readonly top?: number;
    readonly right?: number;
    readonly left?: number;
    readonly bottom?: number;
  };
  /** For a picture that stands on no page: its pixel ratio. Left out: the chart follows the size of its frame. */
  readonly picture?: { readonly ratio: number };
}

/** A chart on a canvas, without data. */
export function makeLineChart(on: HTMLCanvasElement, options: LineChartOptions): LineChart {
  const { plugins, log = false, padding = { top: 4, right: 10 }, picture } = options;
  return new Chart<'line', Point[]>(on, {
    type: 'line',
    data: { datasets: [] },
    plugins,
    ...(picture === undefined ? {} : { platform: BasicPlatform }),
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: picture === undefined,
      maintainAspectRatio: false,
      ...(picture === undefined ? {} : { devicePixelRatio: picture.ratio }),
      events: [],
      layout: { padding },
      elements: { point: { radius: 0 }, line: { tension: 0, borderWidth: 1.75 } },
      scales: {
        x: {
          type: 'linear',
          grid: { display: false },
          ticks: { autoSkip: false, maxRotation: 0, minRotation: 0, padding: 2 },
        },
        y: { type: log ? 'logarithmic' : 'linear', border: { display: false }, ticks: { padding: 6 } },
      },
    },
  });
}

export interface AxisEnds {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly label: (value: number, index: number) => string;
  /** Labels right at their axis. */
  readonly close?: boolean;
}

/** Sets what an axis shows, in the colours of the theme in force; update() of the chart draws it. */
export function setAxis(chart: LineChart, which: 'x' | 'y', { min, max, ticks, label, close = false }: AxisEnds): void {
  const axis = (chart.options.scales as Record<'x' | 'y', Record<string, unknown>>)[which];
  Object.assign(axis, {
    min,
    max,
    ...(which === 'x'
      ? { border: { color: colour('--line-3') }, grid: { display: false, drawTicks: !close } }
      : { grid: { color: colour('--grid'), drawTicks: false } }),
    afterBuildTicks: (built: { ticks: { value: number }[] }) => {
      built.ticks = ticks.map((value) => ({ value }));
    },
  });
  Object.assign(axis['ticks'] as object, {
    ...(which === 'y' ? { padding: close ? 2 : 6 } : {}),
    color: colour('--text-3'),
    font: { family: colour('--sans'), size: 11 },
    callback: label,
  });
}
