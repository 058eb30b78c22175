/**
 * Waits on a CPU for the reference that is to be followed (base/follow.ts): the n-th record that it executes, or the first
 * during whose page fault a counter moves. Attached to a core it costs nothing until then but a test at each block of
 * records and each TLB miss.
 */
import { grouped } from '../base/grouped.ts';
import { FollowRecorder, type FollowSight } from '../base/follow.ts';
import * as C from '../base/counters.ts';
import { KIND_MASK, REF_FETCH, REF_MODIFY, REF_WRITE, REGION_HIGH_SHIFT } from '../workloads/trace.ts';
import type { Core } from './core.ts';
import { allRecords } from './record-blocks.ts';

/** What to wait for: a record's number on this CPU (from 0), or a counter of base/counters.ts that a fault moves. */
export type WatchFor =
  { readonly kind: 'record'; readonly number: number } | { readonly kind: 'counter'; readonly counter: number };

export class Watch {
  /** What was recorded, once it has happened. */
  result: FollowRecorder | undefined;
  /** Records until the one that is waited for; Infinity where a counter is. */
  left: number;
  /** The record whose fault was waited for is under way: close() when it is over. */
  closing = false;
  private recorder: FollowRecorder | undefined;
  /** Of the access under way: when it began, and the counters then. */
  private accessFrom = 0;
  private accessBefore: Float64Array | undefined;

  /** `sight`: makes one for the reference that may be followed; the last one made has seen the one in `result`. */
  constructor(
    private readonly what: WatchFor,
    private readonly sight: () => FollowSight | undefined = () => undefined,
  ) {
    this.left = what.kind === 'record' ? what.number : Infinity;
  }

  /** Executes record `record` of record-blocks.ts by `execute` with a recorder attached; returns what it returns. */
  record(core: Core, record: number, execute: () => number): number {
    this.begin(core);
    const meta = allRecords[record * 2 + 1];
    const kind = meta & KIND_MASK;
    if (kind !== REF_FETCH || core.fetches) {
      const address = allRecords[record * 2];
      const vpn = (address >>> 12) | ((meta >>> REGION_HIGH_SHIFT) << 20);
      this.access(core, vpn, address & 4095, kind === REF_WRITE || kind === REF_MODIFY, true);
    }
    const at = execute();
    this.close(core);
    return at;
  }

  /**
   * Does what a TLB miss takes by `translate`, after which byte `offset` of the page is accessed. With a counter to wait for a
   * recorder is attached, and stays until that access is over when the counter has moved.
   */
  miss(core: Core, vpn: number, write: number, offset: number, translate: () => void): void {
    const { recorder } = this;
    if (recorder === undefined) {
      if (this.what.kind === 'counter') this.missOfCounter(core, this.what.counter, vpn, write, offset, translate);
      else translate();
      return;
    }
    // Its first bytes have been accessed, and lie in another page; else this is the translation of what is about to be.
    if (this.accessBefore !== undefined && reachedL1(this.accessBefore, core.counters)) this.endAccess(core, recorder);
    missed(core, recorder, vpn, write, translate);
    this.access(core, vpn, offset, write === 1, false);
  }

  /** The reference is over. */
  close(core: Core): void {
    const { recorder } = this;
    if (recorder === undefined) return;
    this.endAccess(core, recorder);
    recorder.leave(core.clock);
    recorder.done();
    this.result = recorder;
    this.closing = false;
    core.follow = undefined;
    core.watch = undefined;
  }

  private missOfCounter(
    core: Core,
    counter: number,
    vpn: number,
    write: number,
    offset: number,
    translate: () => void,
  ): void {
    const before = core.counters[counter];
    missed(core, this.begin(core), vpn, write, translate);
    if (core.counters[counter] > before) {
      this.access(core, vpn, offset, write === 1, false);
      this.closing = true;
      core.pause();
      return;
    }
    this.recorder = undefined;
    core.follow = undefined;
  }

  private begin(core: Core): FollowRecorder {
    const recorder = new FollowRecorder(core.clock, this.sight());
    recorder.enter('step', 'the reference', core.clock);
    this.recorder = recorder;
    core.follow = recorder;
    return recorder;
  }

  /** The page is about to be accessed, if it is mapped. */
  private access(core: Core, vpn: number, offset: number, write: boolean, mapped: boolean): void {
    const slot = core.loaded?.slotOf(vpn) ?? -1;
    if (slot < 0) return;
    this.recorder?.access(slot, offset, write, mapped);
    this.accessFrom = core.clock;
    this.accessBefore = core.counters.slice();
  }

  private endAccess(core: Core, recorder: FollowRecorder): void {
    const { accessBefore } = this;
    if (accessBefore === undefined) return;
    this.accessBefore = undefined;
    recorder.took('step', `access: ${servedText(accessBefore, core.counters)}`, this.accessFrom, core.clock);
  }
}

function missed(core: Core, recorder: FollowRecorder, vpn: number, write: number, translate: () => void): void {
  recorder.enter(
    'step',
    `${write === 1 ? 'write to' : 'read of'} virtual page ${grouped(vpn)}: not in the TLB`,
    core.clock,
  );
  translate();
  recorder.leave(core.clock);
}

function reachedL1(before: Float64Array, after: Float64Array): boolean {
  return [C.L1D_READS, C.L1D_WRITES, C.L1I_ACCESSES].some((counter) => after[counter] > before[counter]);
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
