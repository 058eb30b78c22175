/**
 * When CPUs balance, and with which others: rebalance_tick() and the balancing of schedule() that finds nothing to run.
 * How two CPUs are balanced is load-balance.ts's.
 *
 * - `none`: all CPUs are one set (SMP): idle every tick, busy every 200 ms.
 * - `2.5.59`: within the node (idle every tick, busy every 250 ms, and schedule() that goes idle); every
 *   NODE_BALANCE_RATE-th balance of a CPU goes for the busiest node instead: 100 on i386 with NUMA (NUMA-Q), 10 in
 *   asm-generic (patch 3 of 3 of 16 Jan 2003).
 * - `2.6.0`: timers of their own (d65e4887ca): across nodes every 5 ms idle and 400 ms busy, then within the node.
 *   schedule() that goes idle stays within its node.
 *
 * Across nodes, CPUs of the chosen node and oneself are balanced.
 */
import * as C from '../../base/counters.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { KernelCpu } from '../cpu.ts';
import type { NodeLoads } from './loads.ts';
import { NodeBalance } from './node-balance.ts';

/** load_balance(): takes tasks for CPU `on` from the busiest of `cpus`; returns how many. */
export type LoadBalance = (on: KernelCpu, cpus: readonly number[], idle: boolean) => number;

/** In ticks of HZ = 1000. */
const IDLE_TICK = 1;
const BUSY_TICK = 200;
const BUSY_TICK_2559 = 250;
const IDLE_NODE_TICK = 5 * IDLE_TICK;
/** BUSY_NODE_REBALANCE_TICK: how often a busy CPU may take tasks of other nodes, in ticks (ms). */
export const BUSY_NODE_TICK = 2 * BUSY_TICK;

export interface Balancer {
  /** rebalance_tick() in the timer interrupt number `jiffies`. */
  tick(on: KernelCpu, idle: boolean, jiffies: number): void;
  /** schedule() has nothing to run. */
  goesIdle(on: KernelCpu): void;
}

export function makeBalancer(
  kind: KernelTraits['nodeBalance'],
  is64: boolean,
  loads: NodeLoads,
  balance: LoadBalance,
): Balancer {
  if (kind === 'none') return new FlatBalancer(loads, balance);
  if (kind === '2.5.59') return new CountedBalancer(loads, balance, is64 ? 10 : 100);
  return new TimedBalancer(loads, balance);
}

/** All CPUs in one set. */
class FlatBalancer implements Balancer {
  private readonly all: readonly number[];

  constructor(
    loads: NodeLoads,
    private readonly balance: LoadBalance,
  ) {
    this.all = loads.cpusOf.flat().sort((a, b) => a - b);
  }

  tick(on: KernelCpu, idle: boolean, jiffies: number): void {
    if (jiffies % (idle ? IDLE_TICK : BUSY_TICK) === 0) this.balance(on, this.all, idle);
  }

  goesIdle(on: KernelCpu): void {
    this.balance(on, this.all, true);
  }
}

/** Balances with the CPUs of a node, or of another node and with oneself. */
abstract class NodeBalancer implements Balancer {
  private readonly busiest: NodeBalance;
  /** Masks of another node's CPUs and one CPU, made when they are first asked for. */
  private readonly masks = new Map<number, readonly number[]>();

  constructor(
    protected readonly loads: NodeLoads,
    private readonly balance: LoadBalance,
    normalised: boolean,
  ) {
    this.busiest = new NodeBalance(loads, normalised);
  }

  abstract tick(on: KernelCpu, idle: boolean, jiffies: number): void;
  abstract goesIdle(on: KernelCpu): void;

  protected within(on: KernelCpu, idle: boolean): void {
    this.balance(on, this.loads.cpusOf[this.loads.nodeOf(on.cpu)], idle);
  }

  /** balance_node(); false where no node is busier. */
  protected across(on: KernelCpu, idle: boolean): boolean {
    on.count(C.NODE_BALANCES);
    const place = this.busiest.findBusiest(on);
    if (place < 0) return false;
    this.balance(on, this.maskOf(place, on.cpu), idle);
    return true;
  }

  private maskOf(place: number, cpu: number): readonly number[] {
    const key = place * 65536 + cpu;
    const known = this.masks.get(key);
    if (known !== undefined) return known;
    const mask = [...this.loads.cpusOf[place], cpu].sort((a, b) => a - b);
    this.masks.set(key, mask);
    return mask;
  }
}

class CountedBalancer extends NodeBalancer {
  /** nr_balanced of every runqueue. */
  private readonly balanced = new Map<number, number>();

  constructor(
    loads: NodeLoads,
    balance: LoadBalance,
    private readonly rate: number,
  ) {
    super(loads, balance, false);
  }

  tick(on: KernelCpu, idle: boolean, jiffies: number): void {
    if (jiffies % (idle ? IDLE_TICK : BUSY_TICK_2559) === 0) this.next(on, idle);
  }

  goesIdle(on: KernelCpu): void {
    this.next(on, true);
  }

  /** cpus_to_balance() and load_balance(). */
  private next(on: KernelCpu, idle: boolean): void {
    const balanced = (this.balanced.get(on.cpu) ?? 0) + 1;
    this.balanced.set(on.cpu, balanced === this.rate ? 0 : balanced);
    if (balanced === this.rate && this.across(on, idle)) return;
    this.within(on, idle);
  }
}

class TimedBalancer extends NodeBalancer {
  constructor(loads: NodeLoads, balance: LoadBalance) {
    super(loads, balance, true);
  }

  tick(on: KernelCpu, idle: boolean, jiffies: number): void {
    if (jiffies % (idle ? IDLE_NODE_TICK : BUSY_NODE_TICK) === 0) this.across(on, idle);
    if (jiffies % (idle ? IDLE_TICK : BUSY_TICK) === 0) this.within(on, idle);
  }

  goesIdle(on: KernelCpu): void {
    this.within(on, true);
  }
}
