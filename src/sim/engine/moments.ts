/**
 * Makes moments of a run (moment.ts) from what hardware and kernel count anyway: nothing of the run changes, and a run
 * that nobody watches makes none. Shares are of the time since the last sample row, so that a row's moment is the same
 * however often somebody looked in between.
 *
 * Bounds: the first MOST CPUs, nodes and links, and the first MOST zones of those used, so that a moment of a machine of
 * thousands of nodes stays about as large as one of hundreds.
 */
import * as C from '../base/counters.ts';
import type { Machine } from '../hardware/machine.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ownerNames } from '../kernel/page-flags.ts';
import type { Zone } from '../kernel/zone.ts';
import type { Lane } from './lane.ts';
import type { CpuMoment, LinkMoment, Moment, NodeMoment, ZoneMoment } from './moment.ts';

export const MOST = 256;

/** Columns of a CPU's sums since the run began. */
const USER = 0;
const KERNEL = 1;
const IDLE = 2;
const LOCK = 3;
const REMOTE = 4;
const LOCAL = 5;
const REMOTE_CACHE = 6;
const FAR = 7;
const COLUMNS = 8;

type Shares = Pick<CpuMoment, 'user' | 'kernel' | 'lock' | 'remote' | 'idle'>;
const IDLES: Shares = { user: 0, kernel: 0, lock: 0, remote: 0, idle: 1 };

export class Moments {
  /** CPUs of programs; kernel threads may be given others later. */
  private readonly lanes: readonly Lane[];
  /** When the last row was taken, and sums up to then. */
  private from = 0;
  private sums: readonly Float64Array[];
  private buses: readonly number[];
  private links = new Map<string, number>();
  /** As shown last: of a CPU in the midst of an operation that was counted whole in the interval before. */
  private shares: readonly Shares[];
  private migrations: Int32Array;

  /** When everything is ready and nothing has run. */
  constructor(
    private readonly kernel: Kernel,
    lanes: readonly Lane[],
    private readonly idOf: (place: number) => number,
  ) {
    this.lanes = lanes.slice(0, MOST);
    this.sums = this.lanes.map(() => new Float64Array(COLUMNS));
    this.shares = this.lanes.map(() => IDLES);
    this.buses = this.machine.nodes.map(busyNs);
    this.migrations = new Int32Array(this.machine.nodes.length);
    for (const { from, to, ledger } of this.machine.interconnect.used()) this.links.set(`${from} ${to}`, ledger.busyNs);
  }

  /** A task has come to a CPU of the node at `place` from another node. */
  came(place: number): void {
    this.migrations[place]++;
  }

  /** The moment of a sample row. */
  row(timeNs: number): Moment {
    const now = this.lanes.map((lane) => sumsOf(lane, timeNs));
    const moment = this.look(timeNs, now);
    this.shares = moment.cpus;
    this.from = timeNs;
    this.sums = now;
    this.buses = this.machine.nodes.map(busyNs);
    this.migrations.fill(0);
    for (const { from, to, ledger } of this.machine.interconnect.used()) this.links.set(`${from} ${to}`, ledger.busyNs);
    return moment;
  }

  /** The moment that the run stands at, between two rows; leaves nothing behind. */
  between(timeNs: number): Moment {
    const now = this.lanes.map((lane) => sumsOf(lane, timeNs));
    return { ...this.look(timeNs, now), between: true };
  }

  private get machine(): Machine {
    return this.kernel.machine;
  }

  private look(timeNs: number, now: readonly Float64Array[]): Moment {
    const { lanes, sums, shares } = this;
    const cpus = lanes.map(({ on }, at): CpuMoment => {
      const { user, kernel, lock, remote, idle } = sharesOf(sums[at], now[at]) ?? shares[at];
      return { cpu: on.cpu, node: this.idOf(on.node), user, kernel, lock, remote, idle, task: taskOn(on) };
    });
    const zones = this.kernel.allZones.filter((zone) => zone.lockTakes > 0 || zone.onCpuLists > 0).slice(0, MOST);
    return { timeNs, cpus, nodes: this.nodes(timeNs, now), zones: zones.map(zoneMoment), links: this.linksAt(timeNs) };
  }

  private nodes(timeNs: number, now: readonly Float64Array[]): readonly NodeMoment[] {
    const { machine, buses, from } = this;
    const served = new Map<number, Float64Array>();
    for (const [at, { on }] of this.lanes.entries()) {
      const sum = served.get(on.node) ?? new Float64Array(3);
      served.set(on.node, sum);
      for (let i = 0; i < 3; i++) sum[i] += now[at][LOCAL + i] - this.sums[at][LOCAL + i];
    }
    return machine.nodes
      .filter((node) => node.busUsed || served.has(node.place))
      .slice(0, MOST)
      .map((node): NodeMoment => {
        const [local, remoteCache, remote] = served.get(node.place) ?? [0, 0, 0];
        const misses = local + remoteCache + remote;
        const share = (part: number): number => (misses === 0 ? 0 : part / misses);
        return {
          node: this.idOf(node.place),
          bus: utilisation(busyNs(node) - buses[node.place], timeNs - from),
          local: share(local),
          remoteCache: share(remoteCache),
          remote: share(remote),
          migrations: this.migrations[node.place],
        };
      });
  }

  private linksAt(timeNs: number): readonly LinkMoment[] {
    const { from: since, idOf } = this;
    const id = (place: number): number => (place < 0 ? -1 : idOf(place));
    const links: LinkMoment[] = [];
    for (const { from, to, ledger } of this.machine.interconnect.used()) {
      if (links.length === MOST) break;
      const busy = ledger.busyNs - (this.links.get(`${from} ${to}`) ?? 0);
      links.push({ from: id(from), to: id(to), utilisation: utilisation(busy, timeNs - since) });
    }
    return links;
  }
}

const busyNs = (node: Machine['nodes'][number]): number => (node.busUsed ? node.bus.busyNs : 0);

/** Transfers are booked when they are asked for, so that an interval can have more than fits in it. */
const utilisation = (busy: number, ns: number): number => (ns <= 0 ? 0 : Math.min(1, busy / ns));

/** A kernel thread has no pid. */
function taskOn({ task }: KernelCpu): string {
  if (task === undefined) return '';
  return task.pid === 0 ? task.name : `${task.name} ${task.pid}`;
}

/** Sums of a CPU up to `timeNs`, with what has not been charged yet; nothing is charged, since sums differ by how they are cut. */
function sumsOf(lane: Lane, timeNs: number): Float64Array {
  const { on } = lane;
  const c = on.core.counters;
  const sums = new Float64Array(COLUMNS);
  sums[USER] = c[C.USER_NS];
  sums[KERNEL] = c[C.SYSTEM_NS];
  sums[IDLE] = c[C.IDLE_NS] + lane.idleNs(timeNs);
  sums[on.does === 'user' ? USER : on.does === 'idle' ? IDLE : KERNEL] += on.unchargedNs;
  sums[LOCK] = c[C.LOCK_WAIT_NS];
  sums[REMOTE] = c[C.REMOTE_NS];
  sums[LOCAL] = c[C.SERVED_LOCAL] + c[C.SERVED_TRANSFER];
  sums[REMOTE_CACHE] = c[C.SERVED_REMOTE_CACHE];
  sums[FAR] = c[C.SERVED_REMOTE] + c[C.SERVED_REMOTE_OWNER];
  return sums;
}

/** Undefined where the CPU has not moved. */
function sharesOf(before: Float64Array, now: Float64Array): Shares | undefined {
  const of = (column: number): number => Math.max(0, now[column] - before[column]);
  const whole = of(USER) + of(KERNEL) + of(IDLE);
  if (whole <= 0) return undefined;
  const remote = Math.min(of(REMOTE), of(USER));
  const lock = Math.min(of(LOCK), of(KERNEL));
  return {
    user: (of(USER) - remote) / whole,
    kernel: (of(KERNEL) - lock) / whole,
    lock: lock / whole,
    remote: remote / whole,
    idle: of(IDLE) / whole,
  };
}

function zoneMoment(zone: Zone): ZoneMoment {
  const owners: Record<string, number> = {};
  for (const [place, owner] of ownerNames.entries()) {
    if (owner !== 'free' && zone.owned[place] > 0) owners[owner] = zone.owned[place];
  }
  const { node, layout, free, onCpuLists } = zone;
  return { node, zone: layout.name, index: layout.index, free, perCpu: onCpuLists, owners };
}
