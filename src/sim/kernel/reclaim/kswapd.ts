/**
 * kswapd: one thread a node, on the node's CPUs (2.6.0: on any where it has none), or one for all; woken by an allocation
 * that found a zone below its low mark, asleep again when every zone is at its high mark or given up on. kswapd() and
 * balance_pgdat() of mm/vmscan.c. One step is one priority over the thread's zones.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import type { KernelThread } from './reclaim.ts';
import { DEF_PRIORITY } from './tendency.ts';
import type { Writeback } from './writeback.ts';

/** What one priority over some zones came to. */
export interface Balanced {
  readonly freed: number;
  /** When to go on: Infinity for not before somebody wakes the thread. */
  readonly until: number;
  /** Not even then before so many ns have passed. */
  readonly pause?: number;
  /** Begins at the first priority again. */
  readonly again?: boolean;
}
/** `before`: pages that the round of priorities has freed already. */
export type Balance = (on: KernelCpu, zones: readonly Zone[], priority: number, before: number) => Balanced;

export class Kswapd implements KernelThread {
  /** Time at which it goes on; Infinity while it sleeps. */
  wakesAt = Infinity;
  private priority: number;
  private notBefore = 0;
  /** Pages freed in the round in hand. */
  private freed = 0;

  constructor(
    readonly name: string,
    readonly cpus: readonly number[],
    private readonly zones: readonly Zone[],
    private readonly parts: KernelParts,
    private readonly writeback: Writeback,
    private readonly balance: Balance,
    private readonly firstPriority = DEF_PRIORITY,
  ) {
    this.priority = firstPriority;
  }

  /** The threads of the flavour: kswapd0, kswapd1, ... of the nodes that have zones, or kswapd. */
  static forNodes(parts: KernelParts, writeback: Writeback, balance: Balance, firstPriority?: number): Kswapd[] {
    const { nodes } = parts.profile.machine;
    const all = Array.from({ length: nodes.reduce((sum, { cpus }) => sum + cpus, 0) }, (_, cpu) => cpu);
    const mine = (zones: readonly Zone[]): readonly Zone[] => zones.filter(({ layout }) => !layout.fallback);
    if (parts.traits.kswapd === 'global') {
      return [new Kswapd('kswapd', all, mine(parts.allZones), parts, writeback, balance, firstPriority)];
    }
    let first = 0;
    return nodes.flatMap(({ cpus }, place) => {
      const own = all.slice(first, (first += cpus));
      const zones = mine(parts.zones[place] ?? []);
      if (zones.length === 0) return [];
      const name = `kswapd${zones[0].node}`;
      return [new Kswapd(name, own.length === 0 ? all : own, zones, parts, writeback, balance, firstPriority)];
    });
  }

  /** The thread of each zone, by number; none for a fall-back zone. */
  static byZone(threads: readonly Kswapd[]): readonly (Kswapd | undefined)[] {
    const byZone: (Kswapd | undefined)[] = [];
    for (const thread of threads) for (const zone of thread.zones) byZone[zone.number] = thread;
    return byZone;
  }

  /** wake_up_interruptible(&pgdat->kswapd_wait). */
  wake(on: KernelCpu): void {
    if (this.wakesAt !== Infinity) return;
    this.wakesAt = Math.max(on.now, this.notBefore);
    this.priority = this.firstPriority;
    this.freed = 0;
    this.parts.events?.woken?.(on, this.name);
  }

  ready(now: number): boolean {
    return now >= this.wakesAt;
  }

  step(on: KernelCpu): void {
    const start = on.core.clock;
    const outer = on.enter(FN.balance_pgdat);
    const memalloc = on.task?.memalloc;
    if (on.task !== undefined) on.task.memalloc = true;
    this.parts.highmem.enterWindow(on, this.zones[0].place);
    this.writeback.settle(on);
    const { freed, until, pause = 0, again = false } = this.balance(on, this.zones, this.priority, this.freed);
    this.parts.highmem.leaveWindow(on);
    if (on.task !== undefined) on.task.memalloc = memalloc === true;
    this.wakesAt = until;
    this.notBefore = on.now + pause;
    const over = this.priority === 1 || again;
    this.priority = over ? this.firstPriority : this.priority - 1;
    this.freed = over ? 0 : this.freed + freed;
    this.parts.events?.span('kswapd', on, start, freed);
    on.leave(outer);
  }
}
