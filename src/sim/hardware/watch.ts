/**
 * Waits on a CPU for the reference that is to be followed (base/follow.ts): the n-th record that it executes, or the first
 * during whose page fault a counter moves. Attached to a core it costs nothing until then but a test at each block of
 * records and each TLB miss.
 */
import { FollowRecorder } from '../base/follow.ts';
import * as C from '../base/counters.ts';
import type { Core } from './core.ts';

/** What to wait for: a record's number on this CPU (from 0), or a counter of base/counters.ts that a fault moves. */
export type WatchFor =
  { readonly kind: 'record'; readonly number: number } | { readonly kind: 'counter'; readonly counter: number };

export class Watch {
  /** What was recorded, once it has happened. */
  result: FollowRecorder | undefined;
  /** Records until the one that is waited for; Infinity where a counter is. */
  left: number;

  constructor(private readonly what: WatchFor) {
    this.left = what.kind === 'record' ? what.number : Infinity;
  }

  /** Executes one record by `execute` with a recorder attached; returns what it returns. */
  record(core: Core, execute: () => number): number {
    const recorder = new FollowRecorder(core.clock);
    const before = core.counters.slice();
    core.follow = recorder;
    recorder.enter('step', 'the reference', core.clock);
    const at = execute();
    recorder.note(servedText(before, core.counters), core.clock);
    recorder.leave(core.clock);
    this.finish(core, recorder);
    return at;
  }

  /** Does what a TLB miss takes by `translate` with a recorder attached; keeps it when the counter has moved. */
  miss(core: Core, vpn: number, write: number, translate: () => void): void {
    if (this.what.kind !== 'counter') return translate();
    const before = core.counters[this.what.counter];
    const recorder = new FollowRecorder(core.clock);
    core.follow = recorder;
    recorder.enter('step', `${write === 1 ? 'write to' : 'read of'} virtual page ${vpn}: not in the TLB`, core.clock);
    translate();
    recorder.leave(core.clock);
    core.follow = undefined;
    if (core.counters[this.what.counter] > before) this.finish(core, recorder);
  }

  private finish(core: Core, recorder: FollowRecorder): void {
    this.result = recorder;
    core.follow = undefined;
    core.watch = undefined;
  }
}

/** Who served what a reference asked for, in words. */
function servedText(before: Float64Array, after: Float64Array): string {
  const moved = (counter: number): boolean => after[counter] > before[counter];
  const places = [
    [C.SERVED_REMOTE_OWNER, 'a cache of another node'],
    [C.SERVED_REMOTE, 'the memory of another node'],
    [C.SERVED_REMOTE_CACHE, 'the remote cache'],
    [C.SERVED_TRANSFER, 'the cache of a neighbour'],
    [C.SERVED_LOCAL, 'the memory of the own node'],
  ] as const;
  const from = places.filter(([counter]) => moved(counter)).map(([, text]) => text);
  if (from.length > 0) return `L2 missed: served by ${from.join(', ')}`;
  if (moved(C.L2_READS)) return 'L1 missed, L2 hit';
  return 'L1 hit';
}
