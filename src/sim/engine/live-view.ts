/**
 * What a screen sees of a run while it goes on: moments, markers, the requests for pages. A run has one where somebody
 * watches; it reads what the run counts and changes nothing of it.
 */
import { RequestLog } from '../kernel/alloc/request-log.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Lane } from './lane.ts';
import { Markers } from './markers.ts';
import type { Marker, Moment } from './moment.ts';
import { Moments } from './moments.ts';

/** News of a run for its screen. */
export interface LiveNews {
  /** Of sample rows, oldest first. */
  readonly moments: readonly Moment[];
  /** By time. */
  readonly markers: readonly Marker[];
  /** Markers of the whole run so far that were not kept (markers.ts). */
  readonly markersLeftOut: number;
}

export class LiveView {
  readonly markers: Markers;
  readonly requests: RequestLog;
  private moments: Moments | undefined;
  private made: Moment[] = [];

  constructor(
    private readonly kernel: Kernel,
    private readonly idOf: (place: number) => number,
  ) {
    const placeOf = (cpu: number): number => kernel.machine.placeOf(cpu);
    this.markers = new Markers(kernel.allZones, placeOf, idOf, (place) => this.moments?.came(place));
    this.requests = new RequestLog(kernel, (on, from) => this.markers.strayed(on, from));
  }

  /** Everything is ready, and the run begins. */
  begin(lanes: readonly Lane[]): void {
    this.moments = new Moments(this.kernel, lanes, this.idOf);
    this.kernel.pages.watch(this.requests);
  }

  row(timeNs: number): void {
    if (this.moments !== undefined) this.made.push(this.moments.row(timeNs));
  }

  /** The moment that the run stands at. */
  between(timeNs: number): Moment | undefined {
    return this.moments?.between(timeNs);
  }

  /** What is new since the last call; `all`: markers beyond `now` too, since nothing comes after them. */
  take(now: number, all: boolean): LiveNews {
    const { made, markers } = this;
    this.made = [];
    return { moments: made, markers: markers.take(now, all), markersLeftOut: markers.leftOut };
  }
}
