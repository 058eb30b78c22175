/**
 * A CPU while it runs the kernel: every kernel function gets one as its first argument, named `on`. It charges
 * instructions and references to the CPU's clock, and time to the function that is being run (the profile) and to the
 * task (user, system).
 *
 * The kernel runs with large global pages (the direct map), so its own references and its text do not go through the TLB
 * model; entering a function fetches the text of its path (text/kernel-text.ts). A kernel operation runs from its start
 * to its end at once in virtual time; what it waits for (disks) it adds to the task's wait, and the task sleeps so long
 * when the operation is over.
 */
import * as C from '../base/counters.ts';
import { invariant } from '../base/errors.ts';
import type { FollowRecorder } from '../base/follow.ts';
import type { KAddr } from '../base/units.ts';
import type { Core } from '../hardware/core.ts';
import { FN, functionNames, pathLengths } from './functions.ts';
import { LOCK, type LockName, type LockTable } from './locks.ts';
import type { Task } from './task.ts';
import type { MappedText } from './text/text-layout.ts';

/** What kernel work costs beside references. */
export interface WorkCosts {
  /** An instruction of a program, and one of the kernel as it is compiled. */
  readonly programNs: number;
  readonly instructionNs: number;
  /** A locked instruction on a line that the CPU owns already, ns; on a kernel for one CPU there are none. */
  readonly atomicNs: number;
  /** A kernel for one CPU (no CONFIG_SMP): a spinlock is nothing there, and no instruction is locked. */
  readonly uniprocessor?: boolean;
}

const MOST_NESTED_LOCKS = 16;

export class KernelCpu {
  /** What the CPU runs, or runs for; undefined while it is idle. */
  task: Task | undefined;
  /** Time by function number (functions.ts), ns. */
  readonly profile = new Float64Array(functionNames.length);
  private current: number = FN.idle;
  private since = 0;
  private readonly words = new Float64Array(MOST_NESTED_LOCKS);
  private readonly takenAt = new Float64Array(MOST_NESTED_LOCKS);
  /** When it asked for each lock's line: whoever asks later gets that later. */
  private readonly askedAt = new Float64Array(MOST_NESTED_LOCKS);
  private depth = 0;
  private readonly atomicNs: number;
  /** The kernel text that the CPU's TLB maps. */
  private text: MappedText | undefined;

  constructor(
    readonly core: Core,
    private readonly costs: WorkCosts,
    private readonly locks: LockTable,
  ) {
    this.atomicNs = costs.uniprocessor === true ? 0 : costs.atomicNs;
  }

  /** The CPU fetches the kernel from this copy of its text from now on; undefined: from none. */
  mapText(text: MappedText | undefined): void {
    this.text = text;
  }

  /** Records what is done for one reference (base/follow.ts); undefined but for that one. */
  get follow(): FollowRecorder | undefined {
    return this.core.follow;
  }

  get node(): number {
    return this.core.node;
  }

  get cpu(): number {
    return this.core.cpu;
  }

  /** The task's time: the CPU's, plus what the task has to wait for already. Disks are booked at this time. */
  get now(): number {
    return this.core.clock + (this.task?.waitNs ?? 0);
  }

  read(at: KAddr): void {
    const { core, follow } = this;
    const from = core.clock;
    core.kernelRead(at);
    if (follow !== undefined) follow.took('reference', 'read', from, core.clock);
  }

  write(at: KAddr): void {
    const { core, follow } = this;
    const from = core.clock;
    core.kernelWrite(at);
    if (follow !== undefined) follow.took('reference', 'write', from, core.clock);
  }

  /** A locked read-modify-write. */
  atomic(at: KAddr): void {
    this.core.kernelWrite(at);
    this.core.clock += this.atomicNs;
  }

  /** Reads `bytes` from `at` on, line by line. */
  readRange(at: KAddr, bytes: number): void {
    this.core.kernelRange(at, bytes, false);
  }

  writeRange(at: KAddr, bytes: number): void {
    this.core.kernelRange(at, bytes, true);
  }

  /** A run begins: what was done before (address spaces made ready) has taken no time. Caches stay as they are. */
  begin(): void {
    this.core.clock = 0;
    this.core.counters.fill(0);
    this.profile.fill(0);
    this.since = 0;
  }

  /** Instructions beyond the running function's path: turns of its loops, whose text has been fetched. */
  work(instructions: number): void {
    this.core.clock += instructions * this.costs.instructionNs;
  }

  /** Instructions of the program itself. */
  compute(instructions: number): void {
    this.core.clock += instructions * this.costs.programNs;
  }

  /** Time that passes for the CPU without instructions (an IPI, a flush), ns. */
  spend(ns: number): void {
    this.core.clock += ns;
  }

  /** The task sleeps this much longer when its operation is over, ns. */
  wait(ns: number): void {
    if (this.task !== undefined && ns > 0) this.task.waitNs += ns;
  }

  /** Sleeps until `time` (virtual ns), if that lies ahead of the task. */
  waitUntil(time: number): void {
    this.wait(time - this.now);
  }

  /** Says in a followed reference what was decided and why; the text is made only when one is followed. */
  note(text: () => string): void {
    if (this.follow !== undefined) this.follow.note(text(), this.core.clock);
  }

  count(counter: number, by = 1): void {
    this.core.counters[counter] += by;
  }

  /** Goes into function `fn`, fetches and charges its path; returns the one that was running, to be given to leave(). */
  enter(fn: number): number {
    const outer = this.current;
    this.charge();
    this.current = fn;
    if (this.follow !== undefined) this.follow.enter('function', functionNames[fn], this.core.clock);
    this.core.clock += pathLengths[fn] * this.costs.instructionNs;
    const { text } = this;
    if (text !== undefined) {
      const granules = text.granules[fn];
      if (granules > 0) this.core.kernelFetch(text.at[fn], granules);
    }
    return outer;
  }

  leave(outer: number): void {
    this.charge();
    this.current = outer;
    if (this.follow !== undefined) this.follow.leave(this.core.clock);
  }

  /** Is in function `fn` from now on, on whose path it has been already. */
  become(fn: number): void {
    this.charge();
    this.current = fn;
  }

  /** Time that charge() would charge now, ns; and whether that is a program's, nobody's, or else the kernel's. */
  get unchargedNs(): number {
    return this.core.clock - this.since;
  }

  get does(): 'user' | 'idle' | 'kernel' {
    if (this.current === FN.user) return 'user';
    return this.current === FN.idle ? 'idle' : 'kernel';
  }

  /** Charges the time since the last change of function to the one that is running. */
  charge(): void {
    const { clock, counters } = this.core;
    const spent = clock - this.since;
    this.since = clock;
    if (spent === 0) return;
    this.profile[this.current] += spent;
    if (this.current === FN.user) {
      counters[C.USER_NS] += spent;
      if (this.task !== undefined) this.task.userNs += spent;
    } else if (this.current === FN.idle) counters[C.IDLE_NS] += spent;
    else {
      counters[C.SYSTEM_NS] += spent;
      if (this.task !== undefined) this.task.systemNs += spent;
    }
  }

  /** Takes a lock whose word lies at `at`, once it is free; locks nest. */
  lock(name: LockName, at: KAddr): void {
    const from = this.core.clock;
    if (this.isThere(name)) this.atomic(at);
    const free = this.locks.waited[LOCK[name]] === 1 ? this.spin(name, at) : 0;
    if (this.follow !== undefined) this.follow.took('lock', name, from, this.core.clock);
    this.took(name, at, Math.max(from, free));
  }

  /** spin_trylock(): false where somebody holds it. */
  tryLock(name: LockName, at: KAddr): boolean {
    const from = this.core.clock;
    if (this.isThere(name)) this.atomic(at);
    const { clock } = this.core;
    if (this.locks.waited[LOCK[name]] === 1 && this.locks.waits.freeAt(at, clock) > clock) return false;
    this.took(name, at, from);
    return true;
  }

  unlock(name: LockName, at: KAddr): void {
    if (this.isThere(name)) {
      if (this.locks.lockedRelease[LOCK[name]] === 1) this.atomic(at);
      else this.core.kernelWrite(at);
    }
    const place = this.placeOf(at);
    const asked = this.askedAt[place];
    const held = this.core.clock - this.takenAt[place];
    this.forget(place);
    this.locks.heldNs[LOCK[name]] += held;
    this.core.counters[C.LOCK_HELD_NS] += held;
    if (this.locks.waited[LOCK[name]] === 1) this.locks.waits.held(at, asked, this.core.clock);
  }

  /** A kernel for one CPU has its semaphores, and neither spinlocks nor bits of them. */
  private isThere(name: LockName): boolean {
    return this.costs.uniprocessor !== true || this.locks.sleeps[LOCK[name]] === 1;
  }

  /** Spins until nobody holds the lock, on the clock of the function that asks for it; returns that instant, 0 where it was free. */
  private spin(name: LockName, at: KAddr): number {
    const { core, locks } = this;
    const from = core.clock;
    const free = locks.waits.freeAt(at, from);
    if (free <= from) return 0;
    core.clock = free;
    this.atomic(at);
    core.counters[C.LOCK_CONTENDED]++;
    core.counters[C.LOCK_WAIT_NS] += core.clock - from;
    locks.contended[LOCK[name]]++;
    locks.waitNs[LOCK[name]] += core.clock - from;
    return free;
  }

  private took(name: LockName, at: KAddr, asked: number): void {
    this.locks.acquisitions[LOCK[name]]++;
    this.core.counters[C.LOCK_ACQUISITIONS]++;
    this.words[this.depth] = at;
    this.askedAt[this.depth] = asked;
    this.takenAt[this.depth++] = this.core.clock;
  }

  /** Of a lock among those that are held; most often it is the one taken last. */
  private placeOf(at: KAddr): number {
    let place = this.depth - 1;
    while (place >= 0 && this.words[place] !== at) place--;
    invariant(place >= 0, 'a lock is given back that is not held');
    return place;
  }

  private forget(place: number): void {
    this.depth--;
    for (let to = place; to < this.depth; to++) {
      this.words[to] = this.words[to + 1];
      this.takenAt[to] = this.takenAt[to + 1];
      this.askedAt[to] = this.askedAt[to + 1];
    }
  }
}
