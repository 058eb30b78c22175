/** What a chart shows of a run, as plain data: series in units of the axis, marks, and a sentence. */
import { formatNumber, formatShort, formatTime } from '../format.ts';
import type { Samples } from './decimate.ts';
import { MUTED, type SeriesLook } from './look.ts';
import { UNIT_TEXT, type Unit } from './sources.ts';

export interface Series {
  readonly id: string;
  readonly label: string;
  readonly look: SeriesLook;
  readonly samples: Samples;
}

/** A level line: a watermark. */
export interface Mark {
  readonly label: string;
  readonly value: number;
  readonly token: string;
  readonly dash: readonly number[];
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly axis: 'share' | 'linear' | 'log';
  /** Areas that add up to the whole. */
  readonly stacked: boolean;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  /** A value that the axis reaches, whatever the series do: charts that are compared end alike. */
  readonly holds?: number;
  /** Four markers along each line, so that they are told apart without colour. */
  readonly marked?: boolean;
  /** Where a log axis may end at the foot: less is drawn there. */
  readonly least: number;
  /** A value with as many figures as this chart needs. */
  readonly format: (value: number) => string;
  /** A value beside the axis. */
  readonly tick: (value: number) => string;
}

/** Made once: toLocaleString() makes one for every tick of every frame. */
const PLAIN = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
export const plain = (value: number): string => PLAIN.format(value);
const memory = (value: number): string =>
  value >= 100 ? formatNumber(value, 0) : Number.isFinite(value) ? plain(Number(value.toPrecision(3))) : '–';

/** How values of a unit are written, and what a log axis of them begins with. */
export const UNITS: Readonly<Record<Unit, Pick<ChartSpec, 'unit' | 'format' | 'tick' | 'least'>>> = {
  '%': {
    unit: UNIT_TEXT['%'],
    format: (value) => formatNumber(value, value > 99 && value < 100 ? 2 : 1),
    tick: (value) => `${plain(value)} %`,
    least: 0.01,
  },
  ns: {
    // Ticks and values add their own prefix: 10 ms.
    unit: 's',
    format: formatTime,
    // A round tick needs no decimals.
    tick: (value) => (value === 0 ? '0' : formatTime(value).replace(/\.0+ /, ' ')),
    least: 1,
  },
  '': {
    unit: UNIT_TEXT[''],
    format: formatShort,
    tick: (value) => formatShort(value).replace(/\.0+(?=\D|$)/, ''),
    least: 1,
  },
  // One page.
  MiB: { unit: UNIT_TEXT.MiB, format: memory, tick: plain, least: 1 / 256 },
};

/** True for a series that is drawn thin and grey behind the others until it is picked. */
export function isMuted({ look }: Series): boolean {
  return look === MUTED;
}

/** The last value of a series that is no gap. */
export function lastValue({ values }: Samples): number {
  for (let at = values.length - 1; at >= 0; at--) if (!Number.isNaN(values[at])) return values[at];
  return Number.NaN;
}

/** So many series are told in the sentence. */
const MOST_TOLD = 4;

/** The chart in a sentence, for those who do not see it: what every series comes to at the end. */
export function chartSentence(spec: ChartSpec, endNs: number): string {
  if (spec.series.length === 0) return `${spec.title}: nothing yet.`;
  const unit = spec.unit.split(',')[0];
  const told = spec.series.length > MOST_TOLD ? spec.series.filter((series) => !isMuted(series)) : spec.series;
  const ends = (told.length === 0 ? spec.series.slice(0, MOST_TOLD) : told).map(({ label, samples }) => {
    const low = samples.values[samples.extremes.lowest(0, samples.values.length)] ?? Number.NaN;
    return `${label} ${spec.format(lastValue(samples))} (least ${spec.format(low)})`;
  });
  const more = spec.series.length - ends.length;
  const marks = spec.marks.map((mark) => `${mark.label} ${spec.format(mark.value)}`);
  const rest = more > 0 ? [`and ${more} more series`] : [];
  return `${spec.title}, ${unit}, at ${formatTime(endNs)}: ${[...ends, ...marks, ...rest].join(', ')}.`;
}
