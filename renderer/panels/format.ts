/**
 * How the panels write numbers: thousands by comma, decimals by point, true minus, unit after a space, binary prefixes
 * for memory and SI for time. An unknown value is an en dash.
 */
const MINUS = '\u2212';
const THIN_SPACE = '\u2009';
const UNKNOWN = '\u2013';

const KIB = 1024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function trueMinus(text: string): string {
  return text.replace('-', MINUS);
}

/** A number with `decimals` digits after the point and thousands by comma: `2,074,112`, `−1.5`. */
export function formatNumber(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const fixed = value.toFixed(decimals);
  const [whole = '0', fraction] = fixed.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const negative = value < 0 && Number(fixed) !== 0;
  return `${negative ? MINUS : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** As many decimals as it takes to show three or four figures, and none that are zero at the end of a whole number. */
export function formatFigures(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (Number.isInteger(value)) return formatNumber(value);
  const size = Math.abs(value);
  return formatNumber(value, size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 ? 3 : 6);
}

/** A number as a field shows it: exact, with thousands by comma; nothing is rounded away. */
export function formatExact(value: number): string {
  const text = String(value);
  if (/e/i.test(text)) return trueMinus(text);
  const point = text.indexOf('.');
  return formatNumber(value, point < 0 ? 0 : text.length - point - 1);
}

/** Bytes with the binary prefix that leaves at least one whole unit: `628.0 MiB`, `90 KiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return UNKNOWN;
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= KIB && unit < BYTE_UNITS.length - 1) {
    value /= KIB;
    unit += 1;
  }
  const decimals = Number.isInteger(value) ? 0 : value >= 100 ? 1 : 2;
  return `${formatNumber(bytes < 0 ? -value : value, decimals)} ${BYTE_UNITS[unit]}`;
}

/** Bytes in MiB, without the unit. */
export function formatMiB(bytes: number, decimals = 1): string {
  return formatNumber(bytes / (KIB * KIB), decimals);
}

/** A duration in the unit for its size: ns below 10 µs, µs to 10 ms, ms to 10 s, then s. */
export function formatTime(ns: number): string {
  const size = Math.abs(ns);
  if (!Number.isFinite(ns)) return UNKNOWN;
  if (size < 1e4) return `${formatFigures(Number(ns.toFixed(1)))} ns`;
  if (size < 1e7) return `${formatNumber(ns / 1e3, 1)} µs`;
  if (size < 1e10) return `${formatNumber(ns / 1e6, 1)} ms`;
  return `${formatNumber(ns / 1e9, 2)} s`;
}

/** Virtual time to the microsecond, in groups of three after the point: `12.480 316 s`. */
export function formatClock(ns: number): string {
  if (!Number.isFinite(ns)) return UNKNOWN;
  const micros = Math.floor(ns / 1e3);
  const fraction = String(micros % 1e6).padStart(6, '0');
  return `${formatNumber(Math.floor(micros / 1e6))}.${fraction.slice(0, 3)}${THIN_SPACE}${fraction.slice(3)} s`;
}

/** A large count in short: `5.9k`, `1.24 M`, `12.0 G`. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return UNKNOWN;
  if (size >= 1e9) return `${formatNumber(value / 1e9, 2)} G`;
  if (size >= 1e6) return `${formatNumber(value / 1e6, 2)} M`;
  if (size >= 1e3) return `${formatNumber(value / 1e3, 1)}k`;
  return formatNumber(value, Number.isInteger(value) ? 0 : 1);
}

/** A share of 1 in per cent: `81 %`, `99.4 %`, `0.02 %`; never rounded to 0 or 100 where it is neither. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent !== 0 && Math.abs(percent) < 0.05) return `${formatNumber(percent, 2)} %`;
  const decimals = percent > 99.5 && percent < 100 ? 2 : 1;
  return `${formatNumber(percent, Number.isInteger(percent) ? 0 : decimals)} %`;
}

/** A value of a metric in its unit, as a report states it; the unit itself stands in a column of its own. */
export function formatMetric(value: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (unit === '%') return formatNumber(value, 2);
  return formatFigures(value);
}

/** 4 KiB frames as memory: `23,040 pages, 90 MiB`. */
export function formatPages(pages: number): string {
  return `${formatNumber(pages)} ${pages === 1 ? 'page' : 'pages'}, ${formatBytes(pages * 4 * KIB)}`;
}

/** Node, CPU or other small numbers as ranges: `0-3, 5`. */
export function formatRanges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let last = i;
    while (last + 1 < sorted.length && sorted[last + 1] === (sorted[last] ?? 0) + 1) last += 1;
    parts.push(last === i ? `${sorted[i]}` : `${sorted[i]}-${sorted[last]}`);
    i = last + 1;
  }
  return parts.join(', ');
}
