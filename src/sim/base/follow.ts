/**
 * One reference followed through hardware and kernel: what was done for it, step by step, each with its time. The
 * recorder is attached to a KernelCpu for the reference in question and sees every function, kernel reference and remark
 * of the parts (`on.follow?.note(...)`); without one nothing is recorded.
 */
export type FollowKind = 'step' | 'function' | 'reference' | 'lock' | 'note';

export interface FollowStep {
  readonly kind: FollowKind;
  readonly text: string;
  /** Virtual time at which it began, from the beginning of the reference, ns. */
  readonly atNs: number;
  /** Time it took, callees and references included; 0 of a note. */
  ns: number;
  readonly depth: number;
  /** So many alike in a row, where none took time of its own (L1 had the line). */
  times: number;
}

/** Sees what a followed reference is about to touch, before it does. */
export interface FollowSight {
  /** The page lists of a zone (its number in the kernel's list of all zones), to take from or to give to. */
  zone(number: number): void;
  /** Byte `offset` of a frame's slot, which the reference is about to access; `mapped`: its page was as it began. */
  access(slot: number, offset: number, write: boolean, mapped: boolean): void;
  /** The reference is over. */
  done(): void;
}

/** More steps than this are counted only. */
const MOST_STEPS = 5000;

export class FollowRecorder {
  readonly steps: FollowStep[] = [];
  /** Steps beyond MOST_STEPS. */
  dropped = 0;
  private readonly open: (FollowStep | undefined)[] = [];

  /** `startNs`: clock of the CPU when the reference began. */
  constructor(
    readonly startNs: number,
    private readonly sight?: FollowSight,
  ) {}

  /** The lists of a zone are about to change, or may be. */
  zone(number: number): void {
    this.sight?.zone(number);
  }

  /** Byte `offset` of a frame's slot is about to be accessed. */
  access(slot: number, offset: number, write: boolean, mapped: boolean): void {
    this.sight?.access(slot, offset, write, mapped);
  }

  done(): void {
    this.sight?.done();
  }

  enter(kind: FollowKind, text: string, now: number): void {
    this.open.push(this.push(kind, text, now));
  }

  leave(now: number): void {
    const step = this.open.pop();
    if (step !== undefined) step.ns = now - this.startNs - step.atNs;
  }

  /** A reference of the kernel (or a lock) that took from `from` to `now`. */
  took(kind: FollowKind, text: string, from: number, now: number): void {
    const last = this.steps.at(-1);
    if (last !== undefined && from === now && last.ns === 0 && last.text === text && last.depth === this.open.length) {
      last.times++;
      return;
    }
    const step = this.push(kind, text, from);
    if (step !== undefined) step.ns = now - from;
  }

  /** What a part decided, and why: `HighMem of node 2: 120 free, above low (96): taken`. */
  note(text: string, now: number): void {
    this.push('note', text, now);
  }

  private push(kind: FollowKind, text: string, now: number): FollowStep | undefined {
    if (this.steps.length >= MOST_STEPS) {
      this.dropped++;
      return undefined;
    }
    const step: FollowStep = { kind, text, atNs: now - this.startNs, ns: 0, depth: this.open.length, times: 1 };
    this.steps.push(step);
    return step;
  }
}
