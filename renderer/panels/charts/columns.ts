/** Reads the sample columns of a run: time, metrics, and the free pages of zones (`free:<node>:<zone>:<index>`). */
import type { Moment } from '../../../src/sim/engine/moment.ts';
import type { BootLayout, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';

/** The part of a Run that charts read. */
export interface SampledRun {
  readonly number?: number;
  /** `layout`: where it is known its watermarks are drawn. */
  readonly start?: { readonly profile: MachineProfile; readonly layout: BootLayout | null };
  readonly columns: readonly string[];
  /** Grows with every frame: reading it makes a component follow the run. */
  readonly frameCount: number;
  /** By time; grows as the samples do. */
  readonly moments?: readonly Moment[];
  column(id: string): readonly number[];
}

export interface ZoneAt {
  readonly node: number;
  readonly zone: ZoneName;
  readonly index: number;
}

const ZONES: readonly ZoneName[] = ['DMA', 'Normal', 'HighMem'];

/** The zone whose free pages a column holds; undefined where it holds something else. */
export function zoneOf(column: string): ZoneAt | undefined {
  const match = /^free:(\d+):([A-Za-z]+|\d):(\d+)$/.exec(column);
  if (match === null) return undefined;
  const zone = ZONES.find((name, number) => name === match[2] || String(number) === match[2]);
  return zone === undefined ? undefined : { node: Number(match[1]), zone, index: Number(match[3]) };
}

/** The columns that hold free pages, in the order of the samples. */
export function freeColumns(columns: readonly string[]): { readonly id: string; readonly at: ZoneAt }[] {
  return columns.flatMap((id) => {
    const at = zoneOf(id);
    return at === undefined ? [] : [{ id, at }];
  });
}

/** `HighMem 3`, and `HighMem 3 #1` for the second of several zones of a type. */
export function zoneLabel(at: ZoneAt): string {
  return `${at.zone} ${at.node}${at.index > 0 ? ` #${at.index}` : ''}`;
}
