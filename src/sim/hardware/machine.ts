/**
 * The machine, wired: CPUs on their nodes' buses, remote caches, the interconnect, coherence over all of them. Read
 * this file to know what hardware there is; each block is a file beside it. Only CPUs that run something and nodes that
 * carry something take up memory. The kernel is reached through the page-fault callback alone.
 */
import { InputError, invariant, makeIssue } from '../base/errors.ts';
import { log2 } from '../base/bits.ts';
import type { MachineSpec } from '../profiles/schema.ts';
import { Coherence } from './coherence.ts';
import { Core, type CoreBus } from './core.ts';
import { Disk } from './disk.ts';
import { Frames } from './frames.ts';
import { Interconnect } from './interconnect.ts';
import { backlogOf } from './ledger.ts';
import { Locality } from './locality.ts';
import { HardwareNode } from './node.ts';
import type { PageTable } from './page-table.ts';

/** Maps a page for reading or for writing, and lets the time it takes pass on the CPU's clock. */
type FaultHandler = (core: Core, table: PageTable, vpn: number, write: boolean) => void;

/** Lines below this would give line numbers over 31 bits before 64 GiB are touched. */
const LEAST_LINE_BYTES = 32;

export class Machine implements CoreBus {
  readonly frames: Frames;
  readonly nodes: readonly HardwareNode[];
  readonly interconnect: Interconnect;
  readonly coherence: Coherence;
  readonly locality: Locality;
  /** I/O devices of kind disk, node by node. */
  readonly disks: readonly Disk[];
  /** CPUs that run something, by number. */
  readonly cores = new Map<number, Core>();
  private onFault: FaultHandler | undefined;
  /** First CPU number of each node. */
  private readonly firstCpu: readonly number[];

  /**
   * `starts`, `ends`: pfns of each node's span as booted; `requesters`: how many CPUs will run; `clusterBytes`: what a
   * fault clears. Throws InputError where caches do not fit together.
   */
  constructor(
    readonly spec: MachineSpec,
    starts: readonly number[],
    ends: readonly number[],
    requesters: number,
    clusterBytes: number,
  ) {
    checkLines(spec);
    let next = 0;
    this.firstCpu = spec.nodes.map((node) => (next += node.cpus) - node.cpus);
    this.frames = new Frames(starts, ends);
    this.locality = new Locality(this.frames);
    const backlog = backlogOf(requesters, clusterBytes);
    this.nodes = spec.nodes.map((_, place) => new HardwareNode(spec, place, backlog));
    this.interconnect = new Interconnect(spec, backlog);
    this.disks = spec.nodes.flatMap((node, place) =>
      node.io.filter(({ kind }) => kind === 'disk').map((disk) => new Disk(disk, place)),
    );
    const lineShift = log2(spec.cpu.l2.lineBytes);
    this.coherence = new Coherence(this.nodes, this.frames, this.interconnect, {
      localNs: spec.localNs,
      transferNs: spec.transferNs,
      remoteCacheHitNs: spec.remoteCache?.hitNs ?? 0,
      lineShift,
      granuleShift: spec.remoteCache === undefined ? lineShift : log2(spec.remoteCache.lineBytes),
    });
  }

  /** The CPU of this number, made when it is first asked for. CPUs are numbered node by node. Throws InputError for one that is not there. */
  core(cpu: number): Core {
    const known = this.cores.get(cpu);
    if (known !== undefined) return known;
    const place = this.placeOf(cpu);
    const core = new Core(cpu, place, this.spec.cpu, this);
    this.cores.set(cpu, core);
    this.nodes[place].cores.push(core);
    return core;
  }

  /** Place of the node that a CPU is on. */
  placeOf(cpu: number): number {
    const place = this.firstCpu.findIndex((first, node) => cpu >= first && cpu < first + this.spec.nodes[node].cpus);
    if (place < 0) {
      const cpus = this.spec.nodes.reduce((sum, node) => sum + node.cpus, 0);
      throw new InputError('', [makeIssue('no-such-cpu', 'cpus', `a CPU from 0 to ${cpus - 1}`, String(cpu))]);
    }
    return place;
  }

  /** Who reaches whose memory, and how busy buses and links are, counts from virtual time `atNs` on. */
  measureFrom(atNs: number): void {
    this.locality.begin(atNs);
    for (const node of this.nodes) if (node.busUsed) node.bus.measure();
    for (const { ledger } of this.interconnect.used()) ledger.measure();
  }

  setFaultHandler(handler: FaultHandler): void {
    this.onFault = handler;
  }

  /**
   * Time to clear `bytes` of a frame of node `home` from a CPU of node `from`, ns. A string store works line by line and
   * knows that all of a line changes: it takes the line from others and does not read it (Intel, IA-32 manual 3A, 7.2.3), so
   * what passes is its write-back, at the pace of the slowest bus or link on the way. Deviations: the lines are booked as one
   * stream, and are not in the CPU's caches afterwards; and so it is on CPUs that are not Intel's 32-bit ones (assumed).
   */
  clearNs(from: number, home: number, bytes: number, now: number): number {
    const ahead = this.reachNs(from, home);
    const ns = bytes * this.slowestNsPerByte(from, home);
    return ahead + this.streamNs(from, home, bytes, now + ahead, ns);
  }

  /** Time to copy `bytes` from a frame of one node to one of another, likewise: each line is read, then as above. */
  copyNs(from: number, source: number, target: number, bytes: number, now: number): number {
    const ahead = this.reachNs(from, source) + this.reachNs(from, target);
    const ns = bytes * (this.slowestNsPerByte(from, source) + this.slowestNsPerByte(from, target));
    const at = now + ahead;
    return ahead + Math.max(this.streamNs(from, source, bytes, at, ns), this.streamNs(from, target, bytes, at, ns));
  }

  /** What the first line of a stream takes beyond one of local memory, ns. */
  private reachNs(from: number, home: number): number {
    return from === home ? 0 : this.interconnect.missNs(from, home) - this.spec.localNs;
  }

  private slowestNsPerByte(from: number, home: number): number {
    const bus = 1000 / (this.spec.nodes[home].bus ?? this.spec.bus).bandwidthMBps;
    return from === home ? bus : Math.max(bus, this.interconnect.slowestNsPerByte(from, home));
  }

  /** Books lines of `bytes` in all on the home's bus and the way there; how long the slowest of them takes, ns. */
  private streamNs(from: number, home: number, bytes: number, now: number, ns: number): number {
    const lineBytes = this.spec.cpu.l2.lineBytes;
    const bus = this.nodes[home].bus.stream(now, bytes, ns);
    if (from === home) return bus;
    return Math.max(bus, this.interconnect.stream(from, home, lineBytes, bytes / lineBytes, now, ns));
  }

  get granted(): number {
    return this.coherence.granted;
  }

  miss(core: Core, line: number, write: boolean, now: number): number {
    return this.coherence.miss(core, line, write, now);
  }

  upgrade(core: Core, line: number, now: number): number {
    return this.coherence.upgrade(core, line, now);
  }

  evict(core: Core, line: number, state: number, now: number): void {
    this.coherence.evict(core, line, state, now);
  }

  fault(core: Core, table: PageTable, vpn: number, write: boolean): void {
    invariant(this.onFault !== undefined, 'a page fault without a kernel', { vpn, write });
    this.onFault(core, table, vpn, write);
  }
}

function checkLines(spec: MachineSpec): void {
  const { l1d, l1i, l2 } = spec.cpu;
  const issues = [];
  const path = 'machine.cpu';
  if (l1d.lineBytes < LEAST_LINE_BYTES) {
    issues.push(
      makeIssue('line-too-short', `${path}.l1d.lineBytes`, `at least ${LEAST_LINE_BYTES} bytes`, String(l1d.lineBytes)),
    );
  }
  if (l1i !== undefined && l1i.lineBytes !== l1d.lineBytes) {
    issues.push(
      makeIssue(
        'lines-differ',
        `${path}.l1i.lineBytes`,
        `the line of L1 data, ${l1d.lineBytes}`,
        String(l1i.lineBytes),
      ),
    );
  }
  if (l2.lineBytes < l1d.lineBytes) {
    issues.push(
      makeIssue('line-too-short', `${path}.l2.lineBytes`, `at least L1's line, ${l1d.lineBytes}`, String(l2.lineBytes)),
    );
  }
  const remote = spec.remoteCache;
  if (remote !== undefined && remote.lineBytes < l2.lineBytes) {
    issues.push(
      makeIssue(
        'line-too-short',
        'machine.remoteCache.lineBytes',
        `at least L2's line, ${l2.lineBytes}`,
        String(remote.lineBytes),
      ),
    );
  }
  if (issues.length > 0) throw new InputError('', issues);
}
