/**
 * What happens when in a run, for the timeline of a screen: markers (moment.ts), made of what kernel and tasks report
 * (kernel/events.ts, TaskTimeline) and of a look at the zones. Times are virtual, so that the same run gives the same
 * markers; nothing of the run changes.
 *
 * Of what happens again and again the first FIRST of a kind are kept, and after that one whose time is a GROWTH-th later
 * than the one kept before: the whole run has some of them. Zones are looked at every LOOK_NS, between rounds: what goes
 * below a mark and back within that time is not seen.
 */
import { grouped } from '../base/grouped.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { KernelEvent, KernelEvents } from '../kernel/events.ts';
import type { Task } from '../kernel/task.ts';
import type { Zone } from '../kernel/zone.ts';
import type { Marker, MarkerKind } from './moment.ts';
import type { TaskTimeline } from './script-run.ts';

const FIRST = 32;
const GROWTH = 16;
/** Of all kinds. */
const MOST_MARKERS = 400;
const LOOK_NS = 4096;
/** Every so many zones more are looked at half as often. */
const ZONES_A_LOOK = 64;

export class Markers implements KernelEvents, TaskTimeline {
  /** Those that were not kept. */
  leftOut = 0;
  /** Moments worth a stop: faults that wait for a disk, reclaim, wakes of kswapd, moves of tasks, phases. */
  events = 0;
  private made: Marker[] = [];
  private count = 0;
  private readonly kept = new Map<MarkerKind, { count: number; last: number }>();
  private readonly remote = new Set<number>();
  private readonly migrants = new Set<string>();
  /** By zone: it was below its mark, and has not been above `high` since. */
  private readonly below: Uint8Array;
  private readonly interval: number;
  private nextLook = 0;

  /** `placeOf`: place of a CPU's node; `idOf`: id of the node at a place; `came`: is told of tasks that come to a node. */
  constructor(
    private readonly zones: readonly Zone[],
    private readonly placeOf: (cpu: number) => number,
    private readonly idOf: (place: number) => number,
    private readonly came: (place: number) => void,
  ) {
    this.below = new Uint8Array(zones.length);
    this.interval = LOOK_NS * Math.ceil(zones.length / ZONES_A_LOOK);
  }

  /** Markers of before `now`, which every CPU has reached, by time; of an `ended` run all. */
  take(now: number, ended: boolean): readonly Marker[] {
    const ready = this.made.filter(({ timeNs }) => ended || timeNs < now).sort((a, b) => a.timeNs - b.timeNs);
    this.made = this.made.filter((marker) => !ready.includes(marker));
    return ready;
  }

  /** A round begins at `now`. */
  look(now: number): void {
    if (now < this.nextLook) return;
    this.nextLook = now + this.interval;
    const { zones, below } = this;
    for (let at = 0; at < zones.length; at++) {
      const zone = zones[at];
      const { free } = zone;
      if (below[at] === 1) {
        if (free > zone.marks.high) below[at] = 0;
      } else if (free <= zone.marks.low && zone.lockTakes > 0) {
        below[at] = 1;
        const { name, index } = zone.layout;
        const which = `${name} ${zone.node}${index > 0 ? ` #${index}` : ''}`;
        this.add(now, 'below low', `${which}: ${grouped(free)} free, low is ${grouped(zone.marks.low)}`, zone.node);
      }
    }
  }

  /** A request of `on`, whose own node could have given it a page, has one of `from`. */
  strayed(on: KernelCpu, from: Zone): void {
    if (this.remote.has(on.node)) return;
    this.remote.add(on.node);
    const node = this.idOf(on.node);
    this.add(
      on.now,
      'first remote page',
      `CPU ${on.cpu} of node ${node}: a page of ${from.layout.name} ${from.node}`,
      node,
    );
  }

  span(event: KernelEvent): void {
    if (event === 'major fault' || event === 'direct reclaim') this.events++;
  }

  woken(on: KernelCpu, thread: string): void {
    this.events++;
    this.add(on.now, 'kswapd wakes', `CPU ${on.cpu} wakes ${thread}`, this.idOf(on.node));
  }

  outOfMemory(on: KernelCpu, order: number): void {
    const pages = order === 0 ? 'a page' : `${2 ** order} pages`;
    const who = on.task === undefined ? '' : ` for ${on.task.name} ${on.task.pid}`;
    this.add(on.now, 'out of memory', `CPU ${on.cpu} asks for ${pages}${who}, and nothing is left`, this.idOf(on.node));
  }

  migrated(on: KernelCpu, task: Task, from: number): void {
    this.events++;
    const before = this.placeOf(from);
    if (before === on.node) return;
    this.came(on.node);
    if (this.migrants.has(task.name)) return;
    this.migrants.add(task.name);
    const node = this.idOf(on.node);
    const text = `${task.name} ${task.pid} goes from node ${this.idOf(before)} to node ${node}`;
    this.add(on.now, 'first migration', text, node);
  }

  waited(): void {
    // A fault's span, or a read() that the program waits for: the sleep itself is no event.
  }

  turned(on: KernelCpu, name: string, value: number): void {
    this.add(on.now, 'knob', `${name} = ${value}`, null);
  }

  refused(): void {
    // The list of refused calls has them.
  }

  phase(on: KernelCpu, words: string): void {
    this.events++;
    this.add(on.now, 'phase', words, null);
  }

  private add(timeNs: number, kind: MarkerKind, text: string, node: number | null): void {
    const kept = this.kept.get(kind) ?? { count: 0, last: 0 };
    this.kept.set(kind, kept);
    const late = timeNs - kept.last >= timeNs / GROWTH;
    // However many there have been, the end of a run that runs out of memory has its marker.
    if (kind !== 'out of memory' && ((kept.count >= FIRST && !late) || this.count >= MOST_MARKERS)) {
      this.leftOut++;
      return;
    }
    kept.count++;
    kept.last = timeNs;
    this.count++;
    this.made.push({ timeNs, kind, text, node });
  }
}
