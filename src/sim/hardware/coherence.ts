/**
 * Who gives a line to whom: MESI by snooping inside a node, a directory between nodes, a remote cache per node
 * (Lovett & Clapp, STiNG, ISCA 1996, abstract; SCI, IEEE 1596). Single writer or many readers, always.
 *
 * Inside a node a MODIFIED line is handed over by the cache that has it; clean lines come from memory or the remote
 * cache, as on the P6 bus. Between nodes the home knows the holders; a line that another node holds exclusively is
 * fetched from there (three hops when neither is the requester), and a write makes every other holder give it up, one
 * after the other (SCI) or all at once. Between nodes the unit is the remote cache's line, or L2's where there is none.
 *
 * Deviations: transactions are atomic (no transient states, no retries); an invalidation takes a round trip without the
 * memory access; an upgrade inside the node takes a cache-line transfer's time; write-backs use up bandwidth and delay
 * nobody but by that.
 */
import * as C from '../base/counters.ts';
import type { Core } from './core.ts';
import { Directory } from './directory.ts';
import type { Frames } from './frames.ts';
import type { Interconnect } from './interconnect.ts';
import type { HardwareNode } from './node.ts';
import { EXCLUSIVE, INVALID, MODIFIED, SHARED } from './set-assoc.ts';

interface CoherenceCosts {
  readonly localNs: number;
  readonly transferNs: number;
  readonly remoteCacheHitNs: number;
  /** L2 line and the unit between nodes, log2 of bytes. */
  readonly lineShift: number;
  readonly granuleShift: number;
}

export class Coherence {
  readonly directory = new Directory();
  /** State that the last miss() granted. */
  granted = INVALID;
  /** Misses and upgrades that touched another CPU's copy: the engine takes shorter turns when it grows. */
  interventions = 0;

  private readonly lineBytes: number;
  private readonly granuleBytes: number;
  private readonly granuleOfLine: number;
  private readonly slotOfLine: number;
  private readonly sharers: Int32Array;

  constructor(
    private readonly nodes: readonly HardwareNode[],
    private readonly frames: Frames,
    private readonly interconnect: Interconnect,
    private readonly costs: CoherenceCosts,
  ) {
    this.lineBytes = 1 << costs.lineShift;
    this.granuleBytes = 1 << costs.granuleShift;
    this.granuleOfLine = costs.granuleShift - costs.lineShift;
    this.slotOfLine = 12 - costs.lineShift;
    this.sharers = new Int32Array(nodes.length);
  }

  /** An L2 miss of `core`: who serves it, at what cost, ns. The state to keep the line in is left in `granted`. */
  miss(core: Core, line: number, write: boolean, now: number): number {
    const node = this.nodes[core.node];
    const home = this.frames.homeOf(line >> this.slotOfLine);
    const counters = core.counters;
    if (home !== core.node) counters[C.HOME_REMOTE]++;

    const found = this.snoop(node, core, line, write);
    if (found === MODIFIED) {
      counters[C.SERVED_TRANSFER]++;
      this.granted = write ? MODIFIED : SHARED;
      // On a read the dirty data goes to memory on the way; the node keeps its right to write.
      if (!write && home !== core.node) {
        if (node.remoteCache === undefined) this.writeHome(core.node, home, this.lineBytes, now);
        else this.markRemoteCache(node, line, MODIFIED);
      }
      return this.costs.transferNs + this.bookBus(node, core, now, this.lineBytes);
    }
    if (home === core.node) return this.missAtHome(node, core, line, write, found, now);
    return this.missAbroad(node, core, line, home, write, found, now);
  }

  /** A write to a line that is SHARED in `core`: everybody else gives it up. Returns its cost, ns. */
  upgrade(core: Core, line: number, now: number): number {
    const node = this.nodes[core.node];
    const home = this.frames.homeOf(line >> this.slotOfLine);
    this.snoop(node, core, line, true);
    if (home === core.node) {
      const invalidation = this.invalidateHolders(core, line, home, now);
      return Math.max(invalidation, this.costs.transferNs + this.bookBus(node, core, now, 0));
    }
    if (this.nodeOwns(node, line)) {
      this.markRemoteCache(node, line, MODIFIED);
      return this.costs.transferNs + this.bookBus(node, core, now, 0);
    }
    const cost =
      this.request(core, home, 0, now) - this.costs.localNs + this.takeOwnership(node, core, line, home, now);
    this.markRemoteCache(node, line, MODIFIED);
    return cost;
  }

  /** An L2 line leaves `core`; by inclusion its L1 lines have gone before. */
  evict(core: Core, line: number, state: number, now: number): void {
    const node = this.nodes[core.node];
    const home = this.frames.homeOf(line >> this.slotOfLine);
    if (home === core.node) {
      if (state === MODIFIED) node.bus.book(now, this.lineBytes);
      return;
    }
    if (node.remoteCache !== undefined) {
      if (state !== MODIFIED) return;
      node.bus.book(now, this.lineBytes);
      this.markRemoteCache(node, line, MODIFIED);
      return;
    }
    if (state === MODIFIED) this.writeHome(core.node, home, this.lineBytes, now);
    for (const other of node.cores) if (other !== core && other.stateOf(line) !== INVALID) return;
    this.directory.remove(line, core.node);
  }

  /** Home of an L2 line (place of its node). */
  homeOf(line: number): number {
    return this.frames.homeOf(line >> this.slotOfLine);
  }

  /** Unit between nodes that an L2 line belongs to. */
  granuleOf(line: number): number {
    return line >> this.granuleOfLine;
  }

  private missAtHome(node: HardwareNode, core: Core, line: number, write: boolean, found: number, now: number): number {
    const { directory, costs } = this;
    const granule = this.granuleOf(line);
    const entry = directory.find(granule);
    if (entry < 0) {
      core.counters[C.SERVED_LOCAL]++;
      this.granted = write ? MODIFIED : found === INVALID ? EXCLUSIVE : SHARED;
      return costs.localNs + this.bookBus(node, core, now, this.lineBytes);
    }
    if (directory.isExclusive(entry)) {
      const owner = directory.owner(entry);
      this.recall(core, granule, owner, write);
      core.counters[C.SERVED_REMOTE_OWNER]++;
      this.granted = write ? MODIFIED : SHARED;
      return this.request(core, owner, this.granuleBytes, now);
    }
    core.counters[C.SERVED_LOCAL]++;
    this.granted = write ? MODIFIED : SHARED;
    const memory = costs.localNs + this.bookBus(node, core, now, this.lineBytes);
    return write ? Math.max(memory, this.invalidateHolders(core, line, core.node, now)) : memory;
  }

  private missAbroad(
    node: HardwareNode,
    core: Core,
    line: number,
    home: number,
    write: boolean,
    found: number,
    now: number,
  ): number {
    const { costs } = this;
    const cache = node.remoteCache;
    const granule = this.granuleOf(line);
    const at = cache === undefined ? -1 : cache.find(granule);
    if (cache !== undefined && at >= 0) {
      const front = cache.touch(at);
      const state = cache.states[front];
      if (!write || state >= EXCLUSIVE) {
        core.counters[C.SERVED_REMOTE_CACHE]++;
        if (write) cache.states[front] = MODIFIED;
        this.granted = write ? MODIFIED : state === SHARED || found !== INVALID ? SHARED : EXCLUSIVE;
        return costs.remoteCacheHitNs + this.bookBus(node, core, now, this.lineBytes);
      }
      // Data is here, the right to write is not.
      core.counters[C.SERVED_REMOTE]++;
      this.granted = MODIFIED;
      cache.states[front] = MODIFIED;
      return this.request(core, home, 0, now) - costs.localNs + this.takeOwnership(node, core, line, home, now);
    }
    return this.fetchFromHome(node, core, line, home, write, found, now);
  }

  private fetchFromHome(
    node: HardwareNode,
    core: Core,
    line: number,
    home: number,
    write: boolean,
    found: number,
    now: number,
  ): number {
    const { directory, costs } = this;
    const granule = this.granuleOf(line);
    const entry = directory.find(granule);
    const owner = entry >= 0 && directory.isExclusive(entry) ? directory.owner(entry) : -1;
    let extra = 0;
    let byOwner = false;
    let nodeState: number;
    if (owner >= 0 && owner !== core.node) {
      this.recall(core, granule, owner, write);
      byOwner = true;
      extra = this.interconnect.missNs(home, owner) - costs.localNs + this.forward(core, home, owner, now);
    } else {
      const atHome = this.snoopHome(core, granule, home, write);
      if (atHome === MODIFIED) {
        byOwner = true;
        extra = costs.transferNs - costs.localNs;
      }
    }
    const cost = this.request(core, home, this.granuleBytes, now, extra);
    if (write) {
      extra = Math.max(extra, this.invalidateHolders(core, line, home, now));
      directory.setOwner(granule, core.node);
      nodeState = MODIFIED;
    } else if (owner === core.node) {
      nodeState = EXCLUSIVE;
    } else {
      nodeState = this.addReader(granule, core.node, home);
    }
    core.counters[byOwner ? C.SERVED_REMOTE_OWNER : C.SERVED_REMOTE]++;
    this.granted = write ? MODIFIED : nodeState === SHARED || found !== INVALID ? SHARED : EXCLUSIVE;
    this.keepInRemoteCache(node, core, granule, nodeState, now);
    return cost + extra;
  }

  /** Enters a reader: alone it may write later without asking (EXCLUSIVE), beside others it shares. */
  private addReader(granule: number, place: number, home: number): number {
    const { directory } = this;
    const entry = directory.find(granule);
    if (entry < 0) {
      if (this.heldAt(home, granule)) {
        directory.add(granule, place);
        return SHARED;
      }
      directory.setOwner(granule, place);
      return EXCLUSIVE;
    }
    if (!directory.holds(entry, place)) directory.add(granule, place);
    return SHARED;
  }

  /** Makes `node` the only holder: everybody else, home's CPUs included, gives the line up. Returns the time it takes. */
  private takeOwnership(node: HardwareNode, core: Core, line: number, home: number, now: number): number {
    const granule = this.granuleOf(line);
    this.snoopHome(core, granule, home, true);
    const cost = this.invalidateHolders(core, line, home, now);
    this.directory.setOwner(granule, node.place);
    return cost;
  }

  /** Snoops the CPUs of the own node; returns the strongest state found. A write takes the line from all of them. */
  private snoop(node: HardwareNode, core: Core, line: number, write: boolean): number {
    let strongest = INVALID;
    for (const other of node.cores) {
      if (other === core) continue;
      const state = write ? other.invalidate(line) : other.downgrade(line);
      if (state === INVALID) continue;
      if (write) core.counters[C.INVALIDATIONS]++;
      if (write || state === MODIFIED) this.interventions++;
      if (state > strongest) strongest = state;
    }
    return strongest;
  }

  /** The same at home for a whole granule, on behalf of another node. */
  private snoopHome(core: Core, granule: number, home: number, write: boolean): number {
    let strongest = INVALID;
    const first = granule << this.granuleOfLine;
    for (let part = 0; part < 1 << this.granuleOfLine; part++) {
      strongest = Math.max(strongest, this.snoop(this.nodes[home], core, first | part, write));
    }
    return strongest;
  }

  private heldAt(place: number, granule: number): boolean {
    const first = granule << this.granuleOfLine;
    for (const core of this.nodes[place].cores) {
      for (let part = 0; part < 1 << this.granuleOfLine; part++) {
        if (core.stateOf(first | part) !== INVALID) return true;
      }
    }
    return false;
  }

  /** Another node gives up its copy (write) or its right to write (read). True when its copy was modified. */
  private recall(core: Core, granule: number, owner: number, write: boolean): boolean {
    const node = this.nodes[owner];
    let strongest = this.snoopHome(core, granule, owner, write);
    const cache = node.remoteCache;
    if (cache !== undefined) {
      const at = cache.find(granule);
      if (at >= 0) {
        strongest = Math.max(strongest, cache.states[at]);
        if (write) {
          cache.remove(at);
          core.counters[C.INVALIDATIONS]++;
        } else cache.states[at] = SHARED;
      }
    }
    if (write) this.directory.remove(granule, owner);
    else {
      const entry = this.directory.find(granule);
      if (entry >= 0) this.directory.share(entry);
    }
    this.interventions++;
    return strongest === MODIFIED;
  }

  /** Every holder but the core's own node gives a line up. Returns the time until the last has, ns. */
  private invalidateHolders(core: Core, line: number, home: number, now: number): number {
    const granule = this.granuleOf(line);
    const entry = this.directory.find(granule);
    if (entry < 0) return 0;
    const count = this.directory.holders(entry, this.sharers);
    let cost = 0;
    for (let i = 0; i < count; i++) {
      const place = this.sharers[i];
      if (place === core.node) continue;
      this.recall(core, granule, place, true);
      const wait = this.interconnect.send(home, place, 0, now) + this.interconnect.send(place, home, 0, now);
      core.counters[C.QUEUE_NS] += wait;
      const trip = this.interconnect.missNs(home, place) - this.costs.localNs + wait;
      cost = this.interconnect.serialInvalidation ? cost + trip : Math.max(cost, trip);
    }
    return cost;
  }

  /** True when the node may write the line without asking its home. */
  private nodeOwns(node: HardwareNode, line: number): boolean {
    const entry = this.directory.find(this.granuleOf(line));
    return entry >= 0 && this.directory.isExclusive(entry) && this.directory.owner(entry) === node.place;
  }

  private markRemoteCache(node: HardwareNode, line: number, state: number): void {
    const cache = node.remoteCache;
    if (cache === undefined) return;
    const at = cache.find(this.granuleOf(line));
    if (at >= 0) cache.states[at] = state;
  }

  private keepInRemoteCache(node: HardwareNode, core: Core, granule: number, state: number, now: number): void {
    const cache = node.remoteCache;
    if (cache === undefined) return;
    cache.insert(granule, state);
    const gone = cache.evictedLine;
    if (gone < 0) return;
    let dirty = cache.evictedState === MODIFIED;
    const first = gone << this.granuleOfLine;
    for (const each of node.cores) {
      for (let part = 0; part < 1 << this.granuleOfLine; part++) {
        if (each.invalidate(first | part) === MODIFIED) dirty = true;
      }
    }
    core.counters[C.REMOTE_CACHE_EVICTIONS]++;
    this.directory.remove(gone, node.place);
    if (dirty) this.writeHome(node.place, this.frames.homeOf(first >> this.slotOfLine), this.granuleBytes, now);
  }

  private writeHome(from: number, home: number, bytes: number, now: number): void {
    const wait = this.interconnect.send(from, home, bytes, now);
    this.nodes[home].bus.book(now + wait, bytes);
  }

  /**
   * A request to another node's memory and the reply with `bytes`: the unloaded miss and every wait on the way, ns. The
   * reply leaves `held` later, where home asks others first; that time is not part of the result.
   */
  private request(core: Core, home: number, bytes: number, now: number, held = 0): number {
    const unloaded = this.interconnect.missNs(core.node, home);
    const there = this.interconnect.send(core.node, home, 0, now);
    const arrival = now + there + unloaded / 2;
    const memory = this.nodes[home].bus.book(arrival, bytes);
    const back = this.interconnect.send(home, core.node, bytes, arrival + memory + held);
    const wait = there + memory + back;
    // The line crosses the requester's own bus, from the remote cache's controller to the CPU.
    const own = this.nodes[core.node].bus.book(now + unloaded + wait + held, bytes);
    core.counters[C.QUEUE_NS] += wait + own;
    return unloaded + wait + own;
  }

  /** Home asks the owner of a line, which hands it over: what that waits for links and the owner's bus, ns. */
  private forward(core: Core, home: number, owner: number, now: number): number {
    const arrival = now + this.interconnect.missNs(core.node, home) / 2;
    const there = this.interconnect.send(home, owner, 0, arrival);
    const asked = arrival + there + this.interconnect.missNs(home, owner) / 2;
    const bus = this.nodes[owner].bus.book(asked, this.granuleBytes);
    const back = this.interconnect.send(owner, home, this.granuleBytes, asked + bus);
    core.counters[C.QUEUE_NS] += there + bus + back;
    return there + bus + back;
  }

  private bookBus(node: HardwareNode, core: Core, now: number, bytes: number): number {
    const wait = node.bus.book(now, bytes);
    core.counters[C.QUEUE_NS] += wait;
    return wait;
  }
}
