/** The workload's phases as stretches of time: each from its marker to the next. Pure. */
import type { Marker } from '../../../src/sim/engine/moment.ts';
import type { Range } from './scale.ts';

export interface Phase extends Range {
  readonly name: string;
}

/** Phases of a run that has come to `endNs`; before its first marker, and without one, it is named `title`. */
export function phasesOf(markers: readonly Marker[], title: string, endNs: number): readonly Phase[] {
  const starts = markers.filter(({ kind }) => kind === 'phase');
  const named = starts.map(({ timeNs, text }) => ({ from: timeNs, name: text }));
  const all = named[0]?.from === 0 ? named : [{ from: 0, name: title }, ...named];
  return all
    .map(({ from, name }, at) => ({ from, to: Math.min(all[at + 1]?.from ?? endNs, endNs), name }))
    .filter(({ from, to }) => to > from);
}
