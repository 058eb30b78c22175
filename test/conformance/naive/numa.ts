/**
 * A NUMA machine by lists, sets and maps: per CPU TLBs, L1, L2; MESI by snooping inside a node, a full map of holders
 * between nodes, a remote cache per node. Written from the definitions, with a version number on every copy, so that it
 * can tell that whoever serves a read has the last write. Times without queues.
 */
import { LruSets } from './lru-sets.ts';
import { MemoryImage, type Copy, type RemoteLine } from './numa-copies.ts';
import { add, newCounts, type Counts, type NaiveMachineShape, type Served } from './numa-shape.ts';

interface Cpu {
  readonly node: number;
  readonly l1d: LruSets<{ dirty: boolean }>;
  readonly l1i: LruSets<null>;
  readonly l2: LruSets<Copy>;
  /** What each entry was loaded with: the pte's dirty bit. */
  readonly dtlb: LruSets<{ dirty: boolean }>;
  readonly itlb: LruSets<{ dirty: boolean }>;
  readonly counts: Counts;
  time: number;
}

export class NaiveNuma {
  readonly cpus: readonly Cpu[];
  readonly remoteCaches: readonly (LruSets<RemoteLine> | undefined)[];
  /** Granule to the node, other than its home, that may write it without asking. */
  readonly owners = new Map<number, number>();
  /** Bytes that each node's bus has carried. */
  readonly busBytes: number[];
  private readonly memory = new MemoryImage();
  private readonly granuleLines: number;

  constructor(private readonly shape: NaiveMachineShape) {
    const { l1d, l1i, l2, dtlb, itlb, remoteCache } = shape;
    this.cpus = shape.nodeOfCpu.map((node) => ({
      node,
      l1d: new LruSets(l1d.sets, l1d.ways),
      l1i: new LruSets(l1i.sets, l1i.ways),
      l2: new LruSets(l2.sets, l2.ways),
      dtlb: new LruSets(dtlb.sets, dtlb.ways),
      itlb: new LruSets(itlb.sets, itlb.ways),
      counts: newCounts(),
      time: 0,
    }));
    this.remoteCaches = Array.from({ length: shape.nodes }, () => {
      return remoteCache === undefined ? undefined : new LruSets<RemoteLine>(remoteCache.sets, remoteCache.ways);
    });
    this.busBytes = new Array<number>(shape.nodes).fill(0);
    this.granuleLines = shape.granuleBytes / shape.l2LineBytes;
  }

  /** A data reference of CPU `index`: every line it touches, in turn. */
  data(index: number, how: 'read' | 'write' | 'modify', address: number, size: number): void {
    const cpu = this.cpus[index];
    cpu.time += this.shape.dataNs;
    if (how !== 'write') cpu.counts.reads++;
    if (how !== 'read') cpu.counts.writes++;
    this.eachLine(address, size, (virtual) => {
      const line = this.translate(cpu, virtual, 'dtlb', how !== 'read');
      if (how !== 'write') this.accessL1(cpu, line, false);
      if (how !== 'read') this.accessL1(cpu, line, true);
    });
  }

  fetch(index: number, address: number, size: number): void {
    const cpu = this.cpus[index];
    cpu.time += this.shape.fetchNs;
    cpu.counts.fetches++;
    this.eachLine(address, size, (virtual) => {
      const line = this.translate(cpu, virtual, 'itlb', false);
      cpu.counts.l1iAccesses++;
      if (cpu.l1i.use(line) !== undefined) return;
      cpu.counts.l1iMisses++;
      // The victim goes before the fill.
      cpu.l1i.put(line, null);
      cpu.l1i.drop(line);
      this.fill(cpu, this.l2LineOf(line), false);
      cpu.l1i.put(line, null);
    });
  }

  /** Nodes other than home that hold something of a granule. */
  holders(granule: number): Set<number> {
    const home = this.homeOf(granule * this.granuleLines);
    const nodes = new Set<number>();
    for (const [node, cache] of this.remoteCaches.entries()) {
      if (node !== home && cache?.peek(granule) !== undefined) nodes.add(node);
    }
    for (const cpu of this.cpus) {
      if (cpu.node !== home && this.linesOf(granule).some((line) => cpu.l2.peek(line))) nodes.add(cpu.node);
    }
    return nodes;
  }

  homeOf(l2Line: number): number {
    return this.shape.homeOf(l2Line * this.shape.l2LineBytes);
  }

  private linesOf(granule: number): number[] {
    return Array.from({ length: this.granuleLines }, (_, part) => granule * this.granuleLines + part);
  }

  private granuleOf(l2Line: number): number {
    return Math.floor(l2Line / this.granuleLines);
  }

  private l2LineOf(l1Line: number): number {
    return Math.floor((l1Line * this.shape.l1LineBytes) / this.shape.l2LineBytes);
  }

  private eachLine(address: number, size: number, visit: (address: number) => void): void {
    const { l1LineBytes } = this.shape;
    for (let at = address - (address % l1LineBytes); at < address + size; at += l1LineBytes) visit(at);
  }

  /** Both TLBs of a CPU lose a page, or all of them. */
  flush(index: number, page?: number): void {
    const { dtlb, itlb } = this.cpus[index];
    for (const tlb of [dtlb, itlb]) {
      for (const { line } of tlb.all()) if (page === undefined || line === page) tlb.drop(line);
    }
  }

  /**
   * L1 line of a virtual address. A TLB miss reads two entries through L2, and so does a write through an entry whose
   * page was not dirty when it was loaded; bits of the pte that are not set yet are written.
   */
  private translate(cpu: Cpu, virtual: number, which: 'dtlb' | 'itlb', write: boolean): number {
    const page = Math.floor(virtual / 4096);
    const { frame, entries, pte } = this.shape.walk(page);
    const known = cpu[which].use(page);
    if (known === undefined) cpu.counts[which === 'dtlb' ? 'dtlbMisses' : 'itlbMisses']++;
    if (known === undefined || (write && !known.state.dirty)) {
      const lines = entries.map((physical) => Math.floor(physical / this.shape.l2LineBytes));
      for (const line of lines) {
        cpu.counts.walkReads++;
        this.fill(cpu, line, false);
      }
      if (!pte.accessed || (write && !pte.dirty)) this.mark(cpu, lines[1]);
      pte.accessed = true;
      pte.dirty ||= write;
      cpu[which].drop(page);
      cpu[which].put(page, { dirty: pte.dirty });
    }
    return Math.floor((frame * 4096 + (virtual % 4096)) / this.shape.l1LineBytes);
  }

  /** The walker writes to a line that it has just read. */
  private mark(cpu: Cpu, line: number): void {
    this.fill(cpu, line, true);
    const copy = cpu.l2.peek(line);
    if (copy === undefined) throw new Error('the walker wrote a line that is not there');
    copy.state.version = this.memory.written(line);
  }

  private accessL1(cpu: Cpu, line: number, write: boolean): void {
    cpu.counts[write ? 'l1dWrites' : 'l1dReads']++;
    const l2Line = this.l2LineOf(line);
    let entry = cpu.l1d.use(line);
    if (entry === undefined) {
      cpu.counts[write ? 'l1dWriteMisses' : 'l1dReadMisses']++;
      // The victim goes before the fill.
      const victim = cpu.l1d.put(line, { dirty: false });
      cpu.l1d.drop(line);
      if (victim?.state.dirty === true) {
        cpu.counts.l1Writebacks++;
        cpu.counts.l2Writes++;
        cpu.l2.use(this.l2LineOf(victim.line));
      }
      this.fill(cpu, l2Line, write);
      cpu.l1d.put(line, { dirty: false });
      entry = cpu.l1d.peek(line);
    } else if (write && !entry.state.dirty) this.mayWrite(cpu, l2Line);
    const copy = cpu.l2.peek(l2Line);
    if (entry === undefined || copy === undefined) throw new Error('L1 is not within L2');
    if (write) {
      entry.state.dirty = true;
      copy.state.version = this.memory.written(l2Line);
    } else this.memory.mustBeLast(l2Line, copy.state.version);
  }

  /** An L2 access that fills: it takes a hit's time, or that of whoever serves the miss. */
  private fill(cpu: Cpu, line: number, write: boolean): void {
    cpu.counts.l2Reads++;
    if (cpu.l2.use(line) !== undefined) {
      cpu.time += this.shape.l2HitNs;
      if (write) this.mayWrite(cpu, line);
      return;
    }
    cpu.counts.l2ReadMisses++;
    if (this.homeOf(line) !== cpu.node) cpu.counts.homeRemote++;
    const copy = write ? this.writeMiss(cpu, line) : this.readMiss(cpu, line);
    this.memory.mustBeLast(line, copy.version);
    const victim = cpu.l2.put(line, copy);
    if (victim !== undefined) this.leave(cpu, victim.line, victim.state);
  }

  /** Write permission for a line that is in the CPU's L2. */
  private mayWrite(cpu: Cpu, line: number): void {
    const entry = cpu.l2.peek(line);
    if (entry === undefined) throw new Error('a write to a line that is not there');
    if (entry.state.mesi === 'S') {
      cpu.counts.upgrades++;
      const home = this.homeOf(line);
      const owned = home !== cpu.node && this.owners.get(this.granuleOf(line)) === cpu.node;
      this.takeFromPeers(cpu, line);
      if (home === cpu.node) cpu.time += Math.max(this.takeFromOthers(cpu, line), this.shape.transferNs);
      else if (owned) cpu.time += this.shape.transferNs;
      else cpu.time += this.shape.missNs(cpu.node, home) - this.shape.localNs + this.takeFromOthers(cpu, line);
    }
    entry.state.mesi = 'M';
  }

  /** A line that L2 has no room for: dirty data goes to the remote cache or home. */
  private leave(cpu: Cpu, line: number, copy: Copy): void {
    this.dropL1(cpu, line);
    if (copy.mesi === 'M') {
      cpu.counts.l2Writebacks++;
      const to = this.giveData(cpu.node, line, copy.version);
      this.busBytes[to === 'memory' ? this.homeOf(line) : cpu.node] += this.shape.l2LineBytes;
    }
    this.forgetOwner(this.granuleOf(line), cpu.node);
  }

  /** Dirty data comes out of a CPU's cache: into the remote cache where there is one, else into memory, over its bus. */
  private giveData(node: number, line: number, version: number): 'remote cache' | 'memory' {
    const remote = this.homeOf(line) === node ? undefined : this.remoteCaches[node]?.peek(this.granuleOf(line));
    if (remote !== undefined) {
      remote.state.versions.set(line, version);
      return 'remote cache';
    }
    this.memory.set(line, version);
    return 'memory';
  }

  /** The right to write goes with the node's last copy. */
  private forgetOwner(granule: number, node: number): void {
    if (this.owners.get(granule) === node && !this.holders(granule).has(node)) this.owners.delete(granule);
  }

  private readMiss(cpu: Cpu, line: number): Copy {
    const { shape } = this;
    const home = this.homeOf(line);
    const granule = this.granuleOf(line);
    const peers = this.peers(cpu, line);
    const dirty = peers.find(({ mesi }) => mesi === 'M');
    for (const peer of peers) peer.mesi = 'S';
    this.cleanL1();
    if (dirty !== undefined) {
      // On the way between the two CPUs it passes the own memory or remote cache; another node's memory takes a message.
      const to = this.giveData(cpu.node, line, dirty.version);
      if (to === 'memory' && home !== cpu.node) this.busBytes[home] += shape.l2LineBytes;
      this.carry(cpu.node, undefined);
      return this.served(cpu, 'transfer', shape.transferNs, { mesi: 'S', version: dirty.version });
    }
    if (home === cpu.node) {
      const owner = this.owners.get(granule);
      if (owner !== undefined) {
        this.collect(owner, granule);
        this.makeShared(owner, granule);
      }
      const alone = peers.length === 0 && this.holders(granule).size === 0;
      const ns = owner === undefined ? shape.localNs : shape.missNs(cpu.node, owner);
      this.carry(cpu.node, owner);
      const copy: Copy = { mesi: alone ? 'E' : 'S', version: this.memory.get(line) };
      return this.served(cpu, owner === undefined ? 'local' : 'remoteOwner', ns, copy);
    }
    const mine = (): Copy['mesi'] => (this.owners.get(granule) === cpu.node && peers.length === 0 ? 'E' : 'S');
    const here = this.remoteCaches[cpu.node]?.use(granule);
    if (here !== undefined) {
      const version = here.state.versions.get(line) ?? -1;
      this.carry(cpu.node, undefined);
      return this.served(cpu, 'remoteCache', shape.remoteCacheHitNs, { mesi: mine(), version });
    }
    const owner = this.owners.get(granule);
    let extra = 0;
    let by: Served = 'remote';
    if (owner !== undefined && owner !== cpu.node) {
      by = 'remoteOwner';
      this.collect(owner, granule);
      this.makeShared(owner, granule);
      extra = shape.missNs(home, owner) - shape.localNs;
    } else if (this.collect(home, granule)) {
      by = 'remoteOwner';
      extra = shape.transferNs - shape.localNs;
    }
    this.makeShared(home, granule);
    this.carry(cpu.node, home, owner);
    const first = !this.heldBy(home, granule) && this.holders(granule).size === 0;
    if (first) this.owners.set(granule, cpu.node);
    const copy: Copy = { mesi: mine(), version: this.memory.get(line) };
    this.served(cpu, by, shape.missNs(cpu.node, home) + extra, copy);
    this.keep(cpu, granule);
    return copy;
  }

  private writeMiss(cpu: Cpu, line: number): Copy {
    const { shape } = this;
    const home = this.homeOf(line);
    const granule = this.granuleOf(line);
    const dirty = this.peers(cpu, line).find(({ mesi }) => mesi === 'M');
    this.takeFromPeers(cpu, line);
    if (dirty !== undefined) {
      this.carry(cpu.node, undefined);
      return this.served(cpu, 'transfer', shape.transferNs, { mesi: 'M', version: dirty.version });
    }
    const owner = this.owners.get(granule);
    if (home === cpu.node) {
      if (owner !== undefined) this.collect(owner, granule);
      const taken = this.takeFromOthers(cpu, line);
      const ns = owner === undefined ? Math.max(shape.localNs, taken) : shape.missNs(cpu.node, owner);
      const by = owner === undefined ? 'local' : 'remoteOwner';
      this.carry(cpu.node, owner);
      return this.served(cpu, by, ns, { mesi: 'M', version: this.memory.get(line) });
    }
    const here = this.remoteCaches[cpu.node]?.use(granule);
    if (here !== undefined) {
      const copy: Copy = { mesi: 'M', version: here.state.versions.get(line) ?? -1 };
      if (owner === cpu.node) {
        this.carry(cpu.node, undefined);
        return this.served(cpu, 'remoteCache', shape.remoteCacheHitNs, copy);
      }
      const ns = shape.missNs(cpu.node, home) - shape.localNs + this.takeFromOthers(cpu, line);
      return this.served(cpu, 'remote', ns, copy);
    }
    let by: Served = 'remote';
    let extra = 0;
    let taken = 0;
    if (owner !== undefined && owner !== cpu.node) {
      by = 'remoteOwner';
      this.collect(owner, granule);
      extra = shape.missNs(home, owner) - shape.localNs;
      this.takeFromOthers(cpu, line);
    } else {
      if (this.collect(home, granule)) {
        by = 'remoteOwner';
        extra = shape.transferNs - shape.localNs;
      }
      taken = this.takeFromOthers(cpu, line);
    }
    this.carry(cpu.node, home, owner);
    const copy: Copy = { mesi: 'M', version: this.memory.get(line) };
    const ns = shape.missNs(cpu.node, home) + Math.max(extra, taken);
    this.served(cpu, by, ns, copy);
    this.keep(cpu, granule);
    return copy;
  }

  /**
   * A reply crosses the requester's bus: a line from the node itself; a whole granule from another node, whose bus it
   * crosses as well, and that of a third node which owned it.
   */
  private carry(node: number, from: number | undefined, owner?: number): void {
    const { granuleBytes, l2LineBytes } = this.shape;
    this.busBytes[node] += from === undefined ? l2LineBytes : granuleBytes;
    if (from !== undefined) this.busBytes[from] += granuleBytes;
    if (owner !== undefined && owner !== node) this.busBytes[owner] += granuleBytes;
  }

  private served(cpu: Cpu, by: Served, ns: number, copy: Copy): Copy {
    add(cpu.counts, by);
    cpu.time += ns;
    return copy;
  }

  /** Copies of a line in the other CPUs of the node. */
  private peers(cpu: Cpu, line: number): Copy[] {
    return this.cpus
      .filter((other) => other !== cpu && other.node === cpu.node)
      .flatMap((other) => other.l2.peek(line)?.state ?? []);
  }

  private takeFromPeers(cpu: Cpu, line: number): void {
    for (const other of this.cpus) {
      if (other !== cpu && other.node === cpu.node) this.invalidate(cpu, other, line);
    }
  }

  /** Everybody outside the CPU's node gives up its granule, home included; the node owns it unless it is its home. */
  private takeFromOthers(cpu: Cpu, line: number): number {
    const granule = this.granuleOf(line);
    const home = this.homeOf(line);
    const trips = [...this.holders(granule)]
      .filter((node) => node !== cpu.node)
      .map((node) => this.shape.missNs(home, node) - this.shape.localNs);
    for (const other of this.cpus) {
      if (other.node !== cpu.node) for (const each of this.linesOf(granule)) this.invalidate(cpu, other, each);
    }
    for (const [node, cache] of this.remoteCaches.entries()) {
      if (node !== cpu.node && cache?.drop(granule) !== undefined) cpu.counts.invalidations++;
    }
    if (home === cpu.node) this.owners.delete(granule);
    else this.owners.set(granule, cpu.node);
    return this.shape.serial ? trips.reduce((sum, trip) => sum + trip, 0) : Math.max(0, ...trips);
  }

  private invalidate(by: Cpu, other: Cpu, line: number): void {
    if (other.l2.drop(line) === undefined) return;
    by.counts.invalidations++;
    this.dropL1(other, line);
  }

  private dropL1(cpu: Cpu, line: number): void {
    const parts = this.shape.l2LineBytes / this.shape.l1LineBytes;
    for (let part = 0; part < parts; part++) {
      cpu.l1d.drop(line * parts + part);
      cpu.l1i.drop(line * parts + part);
    }
  }

  /** Brings memory, and the node's remote cache on the way, up to date with the node's copies; true when memory was not. */
  private collect(node: number, granule: number): boolean {
    let newer = false;
    const remote =
      this.homeOf(granule * this.granuleLines) === node ? undefined : this.remoteCaches[node]?.peek(granule);
    const take = (line: number, version: number): void => {
      if (version <= this.memory.get(line)) return;
      newer = true;
      this.memory.set(line, version);
      remote?.state.versions.set(line, version);
    };
    for (const [line, version] of [...(remote?.state.versions ?? [])]) take(line, version);
    for (const line of this.linesOf(granule)) {
      for (const cpu of this.cpus) if (cpu.node === node) take(line, cpu.l2.peek(line)?.state.version ?? -1);
    }
    return newer;
  }

  /** A node's copies lose the right to be written; L1 with them. */
  private makeShared(node: number, granule: number): void {
    if (this.owners.get(granule) === node) this.owners.delete(granule);
    for (const line of this.linesOf(granule)) {
      for (const cpu of this.cpus) {
        const entry = cpu.node === node ? cpu.l2.peek(line) : undefined;
        if (entry !== undefined) entry.state.mesi = 'S';
      }
    }
    this.cleanL1();
  }

  /** An L1 line is dirty only while its L2 line is MODIFIED. */
  private cleanL1(): void {
    for (const cpu of this.cpus) {
      for (const { line, state } of cpu.l1d.all()) {
        if (cpu.l2.peek(this.l2LineOf(line))?.state.mesi !== 'M') state.dirty = false;
      }
    }
  }

  private heldBy(node: number, granule: number): boolean {
    return this.cpus.some((cpu) => cpu.node === node && this.linesOf(granule).some((line) => cpu.l2.peek(line)));
  }

  /** Puts a granule, as memory has it now, into the node's remote cache; a victim leaves the whole node. */
  private keep({ node, counts }: Cpu, granule: number): void {
    const cache = this.remoteCaches[node];
    if (cache === undefined) return;
    const versions = new Map(this.linesOf(granule).map((line) => [line, this.memory.get(line)]));
    const victim = cache.put(granule, { versions });
    if (victim === undefined) return;
    counts.remoteCacheEvictions++;
    let dirty = false;
    for (const [line, version] of victim.state.versions) {
      if (version <= this.memory.get(line)) continue;
      dirty = true;
      this.memory.set(line, version);
    }
    for (const line of this.linesOf(victim.line)) {
      for (const cpu of this.cpus) {
        const gone = cpu.node === node ? cpu.l2.drop(line) : undefined;
        if (gone === undefined) continue;
        if (gone.state.mesi === 'M') {
          dirty = true;
          this.memory.set(line, gone.state.version);
        }
        this.dropL1(cpu, line);
      }
    }
    if (dirty) this.busBytes[this.homeOf(victim.line * this.granuleLines)] += this.shape.granuleBytes;
    this.forgetOwner(victim.line, node);
  }
}
