/** The shared segment of a replay: a range of the trace's own addresses, as text and as a choice of its regions. */
import type { TraceInfo } from '../../../src/sim/workloads/trace.ts';
import { formatBytes } from '../format.ts';
import type { FieldReading } from '../inspector/check-field.ts';

interface SharedRange {
  readonly start: number;
  readonly end: number;
}

const REGION_BYTES = 2 ** 24;

/** `0x4000000-0x4200000`; empty where there is none. */
export function rangeText(range: SharedRange | undefined): string {
  return range === undefined ? '' : `0x${range.start.toString(16)}-0x${range.end.toString(16)}`;
}

/** Reads a range of addresses, hexadecimal with or without 0x; nothing typed is no segment. */
export function readRange(typed: string): FieldReading<SharedRange | undefined> {
  if (typed.trim() === '') return { ok: true, value: undefined };
  const match = /^\s*(?:0x)?([0-9a-f]{1,13})\s*[-\u2013]\s*(?:0x)?([0-9a-f]{1,13})\s*$/i.exec(typed);
  const message = 'Expected two addresses, such as 0x4000000-0x4200000.';
  if (match === null) return { ok: false, issue: { message } };
  const start = Number.parseInt(match[1], 16);
  const end = Number.parseInt(match[2], 16);
  if (end <= start) return { ok: false, issue: { message: 'Expected an end above the start.' } };
  return { ok: true, value: { start, end } };
}

/** What the trace touches, region by region, as ranges that can be shared, whole pages around what is touched. */
export function regionChoices(trace: TraceInfo): { readonly range: SharedRange; readonly label: string }[] {
  return trace.regions.map((region) => {
    const start = region.base * REGION_BYTES + Math.floor(region.touchedStart / 4096) * 4096;
    const end = region.base * REGION_BYTES + Math.ceil(region.touchedEnd / 4096) * 4096;
    const range = { start, end };
    return { range, label: `${rangeText(range)}, ${formatBytes(end - start)}` };
  });
}
