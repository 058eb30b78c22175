/**
 * One CPU: instruction and data TLB, L1 instruction and data, a unified L2 that includes both (deviation: the P6's L2
 * does not promise to), write-back, write-allocate, true LRU everywhere, one reference at a time. Sizes from the
 * profile; figures for the P6 family from Intel's manuals.
 *
 * Hot loop: run() handles references that hit the most recent way of TLB and L1 on the spot and leaves everything else
 * to slow paths. The ways of the L1s lie in the table of l1.ts; a modified L1 line is MODIFIED in L2.
 *
 * A page walk that ends in a fault calls the kernel, which advances the clock, and is done again.
 */
import { grouped } from '../base/grouped.ts';
import { log2 } from '../base/bits.ts';
import { invariant } from '../base/errors.ts';
import type { FollowRecorder } from '../base/follow.ts';
import { GRANULE_SHIFT, type KAddr } from '../base/units.ts';
import type { CpuSpec } from '../profiles/schema.ts';
import {
  KIND_MASK,
  REF_FETCH,
  REF_MODIFY,
  REF_READ,
  REF_WRITE,
  REGION_HIGH_SHIFT,
  SIZE_MASK,
  SIZE_SHIFT,
} from '../workloads/trace.ts';
import * as C from '../base/counters.ts';
import { allWays, clean, drop, EMPTY, entriesOf, entryOf, waysArena } from './l1.ts';
import type { Counted, Locality } from './locality.ts';
import { allRecords } from './record-blocks.ts';
import { PMD_HUGE, PMD_RW, PageTable } from './page-table.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW, pteNumber } from './pte-pages.ts';
import { EXCLUSIVE, INVALID, MODIFIED, SetAssoc, SHARED } from './set-assoc.ts';
import type { Watch } from './watch.ts';
import { allTags, allValues, TAG_VPN, Tlb } from './tlb.ts';

/** What a core needs of the rest of the machine. Times are ns. */
export interface CoreBus {
  /** An L2 miss: fetches the line and says in `granted` in which MESI state. */
  miss(core: Core, line: number, write: boolean, now: number): number;
  /** State that the last miss() granted. */
  readonly granted: number;
  /** Where misses are counted by who made them and whose memory they were for. */
  readonly locality: Locality;
  /** A write to a line that is SHARED in this core's L2: everybody else gives it up. */
  upgrade(core: Core, line: number, now: number): number;
  /** An L2 line goes to make room. */
  evict(core: Core, line: number, state: number, now: number): void;
  /**
   * A page that is not mapped, or not for writing: the kernel maps it, and lets the time it takes pass on core.clock. It
   * may flush TLBs, and call core.stop() where the task has to sleep.
   */
  fault(core: Core, table: PageTable, vpn: number, write: boolean): void;
}

/** Faults in a row on one page that the kernel has not mapped yet when it comes back; more say that it never will. */
const MOST_FAULTS = 8;

export class Core {
  /** This CPU's own virtual time, ns. */
  clock = 0;
  readonly counters = new Float64Array(C.COUNTERS);
  readonly l2: SetAssoc;
  /** L1 line number to L2 line number. */
  readonly l2Shift: number;
  /** log2 of the L2 line. */
  readonly l2LineShift: number;
  /** Where the L1s begin in the table of all CPUs' ways. */
  private readonly l1d: number;
  private readonly l1dWays: number;
  private readonly l1dMask: number;
  private readonly l1i: number;
  private readonly l1iWays: number;
  private readonly l1iMask: number;
  private readonly lineShift: number;
  /** Granule of kernel data (base/units.ts) to L1 line. */
  private readonly granuleToLine: number;
  private readonly granuleToL2: number;
  /** L2 line to slot of its frame. */
  private readonly slotOfLine: number;
  /** Whose misses these are, as the counts of locality number them, and 1 while the kernel or the page walker makes them. */
  private group: number;
  private kernel = 0;
  /** Waits for a reference to be followed, and records it while it executes. */
  watch: Watch | undefined;
  follow: FollowRecorder | undefined;
  private readonly dtlb: Tlb;
  private readonly itlb: Tlb;
  private readonly instructions: CpuSpec['instructions'];
  private table: PageTable | undefined;
  /** Way of L1I that the last fetch left its line in. */
  private fetchedAt = 0;
  /** A slow path of run() has flushed a TLB or asked for an end: the hot loop looks when it comes back. */
  private interrupted = false;
  private stopping = false;
  /** Asked for by the watch alone: run() goes on once the watch has looked. */
  private paused = false;

  /**
   * `cpu`: its number; `node`: place of its node in the profile. The profile must name a data TLB and lines that boot
   * has checked (L1 data and instruction lines alike, L2 line a multiple).
   */
  constructor(
    readonly cpu: number,
    readonly node: number,
    private readonly spec: CpuSpec,
    private readonly bus: CoreBus,
  ) {
    const { l1d, l1i, l2 } = spec;
    this.lineShift = log2(l1d.lineBytes);
    this.granuleToLine = this.lineShift - GRANULE_SHIFT;
    this.l2LineShift = log2(l2.lineBytes);
    this.granuleToL2 = this.l2LineShift - GRANULE_SHIFT;
    this.slotOfLine = 12 - this.l2LineShift;
    this.group = bus.locality.group(undefined, node);
    this.l2Shift = this.l2LineShift - this.lineShift;
    this.l1dWays = l1d.ways;
    this.l1dMask = (l1d.kib * 1024) / (l1d.lineBytes * l1d.ways) - 1;
    // One more than there are ways: run() looks at the second way of a set whatever their number.
    this.l1d = waysArena.claim((this.l1dMask + 1) * l1d.ways + 1, EMPTY, this);
    this.l1iWays = l1i?.ways ?? 1;
    this.l1iMask = l1i === undefined ? 0 : (l1i.kib * 1024) / (l1i.lineBytes * l1i.ways) - 1;
    this.l1i = waysArena.claim((this.l1iMask + 1) * this.l1iWays, EMPTY, this);
    this.l2 = new SetAssoc({ bytes: l2.kib * 1024, ways: l2.ways, lineBytes: l2.lineBytes });
    const dtlb = spec.dtlb ?? { entries: 64, ways: 4 };
    this.dtlb = new Tlb(dtlb);
    this.itlb = new Tlb(spec.itlb ?? dtlb);
    this.instructions = l1i === undefined && spec.instructions === 'fetch' ? 'count' : spec.instructions;
  }

  /** Loads another address space: both TLBs are flushed (CR3). */
  switchTo(table: PageTable): void {
    if (this.table === table) return;
    this.table = table;
    this.flushTlb();
  }

  /** Misses from here on are those of `who`; undefined: of nobody. */
  countFor(who: Counted | undefined): void {
    this.group = this.bus.locality.group(who, this.node);
  }

  /** The page tables that CR3 points to; undefined before the first. */
  get loaded(): PageTable | undefined {
    return this.table;
  }

  /** Drops every translation. */
  flushTlb(): void {
    this.dtlb.flush();
    this.itlb.flush();
    this.interrupted = true;
  }

  /** Drops the translation of one page of 4 KiB (INVLPG); of a huge page flushTlb() drops all. */
  flushTlbPage(vpn: number): void {
    this.dtlb.flushPage(vpn);
    this.itlb.flushPage(vpn);
    this.interrupted = true;
  }

  /** Asked for while run() runs, by a fault after which the task must sleep: run() returns after the record in hand. */
  stop(): void {
    this.paused = false;
    this.stopping = true;
    this.interrupted = true;
  }

  /** Asked for by the watch while run() runs: it is told when the record in hand is over, and the records behind it are executed as ever. */
  pause(): void {
    if (!this.stopping) this.paused = true;
    this.stopping = true;
    this.interrupted = true;
  }

  /**
   * Executes records of record-blocks.ts from `from` on, until `to`, until the clock has reached `until`, or until a fault
   * asks for an end (stop()); returns the first record not executed. `hasFetches`: instructions are records of their own; otherwise a
   * data record takes the time of one.
   */
  run(from: number, to: number, until: number, hasFetches: boolean): number {
    const { watch } = this;
    if (watch === undefined) return this.execute(from, to, until, hasFetches);
    if (watch.left === 0 && from < to && this.clock < until) {
      return watch.record(this, from, () => this.execute(from, from + 1, until, hasFetches));
    }
    const at = this.execute(from, Math.min(to, from + watch.left), until, hasFetches);
    watch.left -= at - from;
    if (!watch.closing) return at;
    watch.close(this);
    return this.paused ? this.execute(at, to, until, hasFetches) : at;
  }

  private execute(from: number, to: number, until: number, hasFetches: boolean): number {
    const { l1d, l1dWays, l1dMask, lineShift, dtlb, counters, instructions } = this;
    const { tags, values, setMask, ways } = dtlb;
    const lineBytes = 1 << lineShift;
    const lineMask = lineBytes - 1;
    const inPage = (4096 >> lineShift) - 1;
    const ns = this.spec.instructionNs;
    const fetching = instructions === 'fetch';
    const fetchNs = instructions === 'skip' ? 0 : ns;
    const dataNs = hasFetches && instructions !== 'skip' ? 0 : ns;
    this.interrupted = false;
    this.stopping = false;
    this.paused = false;
    let now = this.clock;
    let i = from * 2;
    const end = to * 2;
    let fetches = 0;
    let fastFetches = 0;
    let modifies = 0;
    let writes = 0;
    let fast = 0;
    let fastWrites = 0;
    /** Virtual line fetched last: the next fetch from it hits, unless L1I lost it to an L2 victim meanwhile. */
    let fetched = -1;
    let fetchedAt = 0;
    let fetchedKey = EMPTY;
    for (; i < end && now < until; i += 2) {
      const address = allRecords[i];
      const meta = allRecords[i + 1];
      const kind = meta & KIND_MASK;
      const vpn = (address >>> 12) | ((meta >>> REGION_HIGH_SHIFT) << 20);
      const size = (meta >> SIZE_SHIFT) & SIZE_MASK;
      const inLine = (address & lineMask) + size <= lineBytes;
      if (kind === REF_FETCH) {
        fetches++;
        now += fetchNs;
        if (!fetching) continue;
        const line = (vpn << (12 - lineShift)) | ((address >>> lineShift) & inPage);
        if (inLine && line === fetched && allWays[fetchedAt] === fetchedKey) {
          fastFetches++;
          continue;
        }
        this.clock = now;
        this.fetch(vpn, address, size);
        now = this.clock;
        fetched = inLine ? line : -1;
        fetchedAt = this.fetchedAt;
        fetchedKey = allWays[fetchedAt];
        // What a fault of this fetch has flushed it has walked for since: its page is in the TLB.
        if (this.interrupted && this.ends()) until = -1;
        continue;
      }
      now += dataNs;
      if (kind === REF_MODIFY || !inLine) {
        modifies += kind >> 1;
        writes += kind & 1;
        this.clock = now;
        this.data(vpn, address, size, kind);
        now = this.clock;
        if (this.interrupted) {
          fetched = -1;
          if (this.ends()) until = -1;
        }
        continue;
      }
      writes += kind;
      const entry = Math.imul(vpn & setMask, ways);
      if ((allTags[tags + entry] & (TAG_VPN | -kind)) !== vpn && !dtlb.find(vpn, kind)) {
        this.clock = now;
        this.missTlb(dtlb, vpn, kind, C.DTLB_MISSES, address & 4095);
        now = this.clock;
        if (this.interrupted) {
          fetched = -1;
          if (this.ends()) until = -1;
        }
      }
      const line = allValues[values + entry] | ((address >>> lineShift) & inPage);
      const key = (line << 1) | 1;
      const first = l1d + Math.imul(line & l1dMask, l1dWays);
      const most = allWays[first];
      // A write hits on the spot only where the line is modified already; `key - 1 + kind` is what it may look like.
      if (most === key || most === key - 1 + kind) {
        fast++;
        fastWrites += kind;
        continue;
      }
      const second = allWays[first + 1];
      if (second === key || second === key - 1 + kind) {
        allWays[first + 1] = most;
        allWays[first] = second;
        fast++;
        fastWrites += kind;
        continue;
      }
      this.clock = now;
      this.access(line, kind === REF_WRITE);
      now = this.clock;
    }
    this.clock = now;
    const records = i / 2 - from - fetches;
    counters[C.WRITES] += writes + modifies;
    counters[C.READS] += records - writes;
    if (instructions !== 'skip') counters[C.FETCHES] += fetches;
    counters[C.INSTRUCTIONS] += hasFetches && instructions !== 'skip' ? fetches : records;
    counters[C.L1I_ACCESSES] += fastFetches;
    counters[C.L1D_READS] += fast - fastWrites;
    counters[C.L1D_WRITES] += fastWrites;
    return i / 2;
  }

  /** A TLB was flushed or an end asked for: true when run() ends. */
  private ends(): boolean {
    this.interrupted = false;
    return this.stopping;
  }

  /** A data reference that crosses a line, or modifies: each line it touches, page by page, read and written. */
  private data(vpn: number, address: number, size: number, kind: number): void {
    const lineBytes = 1 << this.lineShift;
    const inPage = (4096 >> this.lineShift) - 1;
    let page = vpn;
    let offset = address & 4095;
    // A modify asks for the right to write when it reads, as a read-modify-write instruction does.
    const write = kind === REF_READ ? 0 : 1;
    for (let left = Math.max(1, size); left > 0;) {
      const base = this.translate(this.dtlb, page, write, C.DTLB_MISSES, offset);
      const line = base | ((offset >> this.lineShift) & inPage);
      if (kind !== REF_WRITE) this.access(line, false);
      if (kind !== REF_READ) this.access(line, true);
      const step = lineBytes - (offset & (lineBytes - 1));
      left -= step;
      offset += step;
      if (offset === 4096) {
        offset = 0;
        page++;
      }
    }
  }

  private fetch(vpn: number, address: number, size: number): void {
    const lineBytes = 1 << this.lineShift;
    const inPage = (4096 >> this.lineShift) - 1;
    let page = vpn;
    let offset = address & 4095;
    for (let left = Math.max(1, size); left > 0;) {
      const base = this.translate(this.itlb, page, 0, C.ITLB_MISSES, offset);
      const remote = this.counters[C.HOME_REMOTE];
      this.fetchLine(base | ((offset >> this.lineShift) & inPage));
      this.counters[C.PROGRAM_TEXT_REMOTE] += this.counters[C.HOME_REMOTE] - remote;
      const step = lineBytes - (offset & (lineBytes - 1));
      left -= step;
      offset += step;
      if (offset === 4096) {
        offset = 0;
        page++;
      }
    }
  }

  /** First L1 line of the page that a virtual page is mapped to; walks and faults where needed, and takes their time. */
  private translate(tlb: Tlb, vpn: number, write: number, missCounter: number, offset: number): number {
    if (!tlb.find(vpn, write)) this.missTlb(tlb, vpn, write, missCounter, offset);
    return tlb.front(vpn);
  }

  /** The page has no entry, or one that must not be written through yet: walks, and faults until it may be used. */
  private missTlb(tlb: Tlb, vpn: number, write: number, missCounter: number, offset: number): void {
    if (!tlb.atFront(vpn)) this.counters[missCounter]++;
    if (this.watch === undefined) this.translateMissed(tlb, vpn, write);
    else this.watch.miss(this, vpn, write, offset, () => this.translateMissed(tlb, vpn, write));
  }

  private translateMissed(tlb: Tlb, vpn: number, write: number): void {
    for (let faults = 0; !this.walk(tlb, vpn, write); faults++) {
      invariant(faults < MOST_FAULTS, 'the kernel does not map a page', { vpn, write, cpu: this.cpu });
      this.fault(vpn, write);
    }
  }

  private fault(vpn: number, write: number): void {
    const start = this.clock;
    this.bus.fault(this, this.table as PageTable, vpn, write === 1);
    this.counters[C.FAULTS]++;
    this.counters[C.FAULT_NS] += this.clock - start;
  }

  /**
   * The page walk of the i386: reads the upper entry and the pte, marks the pte accessed and, for a write, dirty, and
   * loads the TLB. False where it ends in a fault; bits are then left as they are. Huge pages have one level, and their
   * bits are not kept.
   */
  private walk(tlb: Tlb, vpn: number, write: number): boolean {
    const table = this.table as PageTable;
    const start = this.clock;
    const upper = this.readUpper(table, vpn);
    if (this.follow !== undefined)
      this.follow.took('step', `walk: upper entry of virtual page ${grouped(vpn)}`, start, this.clock);
    const middle = this.clock;
    let slot = -1;
    let clean = false;
    if ((upper & PMD_HUGE) !== 0) {
      clean = (upper & PMD_RW) === 0;
      if (write === 0 || !clean) slot = PageTable.hugeSlot(upper) + table.withinHuge(vpn);
    } else if (upper !== 0) {
      const { pool } = table;
      const at = table.pteOf(vpn);
      const line = pool.addressOf(at) >>> this.granuleToL2;
      this.counters[C.WALK_READS]++;
      this.walkFill(line, false);
      const pte = pool.ptes[at];
      const writable = (upper & PMD_RW) !== 0 && (pte & PTE_RW) !== 0;
      if ((pte & PTE_PRESENT) !== 0 && (write === 0 || writable)) {
        const marked = pte | PTE_ACCESSED | (PTE_DIRTY * write);
        if (marked !== pte) {
          this.walkFill(line, true);
          pool.ptes[at] = marked;
        }
        slot = pteNumber(marked);
        clean = !writable || (marked & PTE_DIRTY) === 0;
      }
    }
    this.counters[C.WALK_NS] += this.clock - start;
    if (this.follow !== undefined && upper !== 0 && (upper & PMD_HUGE) === 0) {
      const found = slot < 0 ? 'fault' : `present${clean ? ', not writable yet' : ''}`;
      this.follow.took('step', `walk: pte, ${found}`, middle, this.clock);
    }
    if (slot < 0) return false;
    tlb.insert(vpn, slot << (12 - this.lineShift), clean);
    return true;
  }

  /** The upper entry of a page, 0 for none; where there is no page of upper entries there is nothing to read. */
  private readUpper(table: PageTable, vpn: number): number {
    if (!table.hasUpperPage(vpn)) return 0;
    this.counters[C.WALK_READS]++;
    this.walkFill(table.upperEntryAddress(vpn) >>> this.granuleToL2, false);
    return table.pmdOf(vpn);
  }

  private walkFill(line: number, write: boolean): void {
    this.kernel = 1;
    this.fill(line, write);
    this.kernel = 0;
  }

  /** One L1 data access. */
  private access(line: number, write: boolean): void {
    const { l1dWays, counters } = this;
    counters[write ? C.L1D_WRITES : C.L1D_READS]++;
    const first = this.l1d + (line & this.l1dMask) * l1dWays;
    const key = (line << 1) | 1;
    for (let i = first; i < first + l1dWays; i++) {
      const entry = allWays[i];
      if ((entry | 1) !== key) continue;
      for (let j = i; j > first; j--) allWays[j] = allWays[j - 1];
      allWays[first] = entry;
      if (write && entry !== key) {
        this.own(line);
        allWays[first] = key;
      }
      return;
    }
    counters[write ? C.L1D_WRITE_MISSES : C.L1D_READ_MISSES]++;
    // The victim leaves before the fill, which may take other L1 lines out with an L2 victim of its own.
    const victim = allWays[first + l1dWays - 1];
    for (let j = first + l1dWays - 1; j > first; j--) allWays[j] = allWays[j - 1];
    allWays[first] = EMPTY;
    if ((victim & 1) === 1) {
      counters[C.L1_WRITEBACKS]++;
      counters[C.L2_WRITES]++;
      const at = this.l2.find((victim >>> 1) >>> this.l2Shift);
      if (at >= 0) this.l2.touch(at);
    }
    this.fill(line >>> this.l2Shift, write);
    allWays[first] = write ? key : key - 1;
  }

  private fetchLine(line: number): void {
    const { l1iWays, counters } = this;
    counters[C.L1I_ACCESSES]++;
    const first = this.l1i + (line & this.l1iMask) * l1iWays;
    this.fetchedAt = first;
    const key = line << 1;
    for (let i = first; i < first + l1iWays; i++) {
      if (allWays[i] !== key) continue;
      for (let j = i; j > first; j--) allWays[j] = allWays[j - 1];
      allWays[first] = key;
      return;
    }
    counters[C.L1I_MISSES]++;
    for (let j = first + l1iWays - 1; j > first; j--) allWays[j] = allWays[j - 1];
    allWays[first] = EMPTY;
    this.fill(line >>> this.l2Shift, false);
    allWays[first] = key;
  }

  /** The kernel reads or writes the line that holds a granule of its data, past the TLB (large global pages). */
  kernelRead(at: KAddr): void {
    this.counters[C.KERNEL_READS]++;
    this.kernel = 1;
    this.access(at >>> this.granuleToLine, false);
    this.kernel = 0;
  }

  kernelWrite(at: KAddr): void {
    this.counters[C.KERNEL_WRITES]++;
    this.kernel = 1;
    this.access(at >>> this.granuleToLine, true);
    this.kernel = 0;
  }

  /** The same for each line of `bytes` from `at` on. */
  kernelRange(at: KAddr, bytes: number, write: boolean): void {
    const first = at >>> this.granuleToLine;
    const last = (at + ((bytes - 1) >> GRANULE_SHIFT)) >>> this.granuleToLine;
    this.counters[write ? C.KERNEL_WRITES : C.KERNEL_READS] += last - first + 1;
    this.kernel = 1;
    for (let line = first; line <= last; line++) this.access(line, write);
    this.kernel = 0;
  }

  /** True where kernel text goes through the caches. */
  get fetches(): boolean {
    return this.instructions === 'fetch';
  }

  /**
   * The kernel fetches the text from `at` on, as far as so many granules of 32 bytes reach: through L1I, past the TLB.
   * Takes the time of its misses; that of the instructions is the caller's.
   */
  kernelFetch(at: number, granules: number): void {
    const { counters, granuleToLine } = this;
    const last = (at + granules - 1) >>> granuleToLine;
    const remote = counters[C.HOME_REMOTE];
    const missed = counters[C.L1I_MISSES];
    const first = at >>> granuleToLine;
    this.kernel = 1;
    let recent = 0;
    for (let line = first; line <= last; line++) {
      if (allWays[this.l1i + (line & this.l1iMask) * this.l1iWays] === line << 1) recent++;
      else this.fetchLine(line);
    }
    this.kernel = 0;
    counters[C.L1I_ACCESSES] += recent;
    counters[C.KERNEL_FETCHES] += last - first + 1;
    counters[C.KERNEL_FETCH_MISSES] += counters[C.L1I_MISSES] - missed;
    counters[C.KERNEL_TEXT_REMOTE] += counters[C.HOME_REMOTE] - remote;
  }

  /**
   * A program fetches `bytes` of its text from `offset` of a virtual page on, all in this page, through ITLB and L1I; the
   * kernel maps the page if need be. Takes the time of its misses; that of the instructions is the caller's.
   */
  programFetch(vpn: number, offset: number, bytes: number): void {
    if (this.instructions !== 'fetch') return;
    const { counters, lineShift } = this;
    const base = this.translate(this.itlb, vpn, 0, C.ITLB_MISSES, offset);
    const remote = counters[C.HOME_REMOTE];
    const first = offset >> lineShift;
    const last = (offset + bytes - 1) >> lineShift;
    for (let line = first; line <= last; line++) this.fetchLine(base | line);
    counters[C.PROGRAM_FETCHES] += last - first + 1;
    counters[C.PROGRAM_TEXT_REMOTE] += counters[C.HOME_REMOTE] - remote;
    if (this.watch?.closing === true) this.watch.close(this);
  }

  /**
   * Brings a line into L2 (and makes it MODIFIED for a write): for an L1, or for the page walker, which has none. Takes the time of a hit, or of whoever serves the miss:
   * published latencies are of the whole load.
   */
  private fill(line: number, write: boolean): void {
    const { l2, counters } = this;
    counters[C.L2_READS]++;
    const found = l2.find(line);
    if (found >= 0) {
      this.clock += this.spec.l2.hitNs;
      const at = l2.touch(found);
      if (write) this.makeModified(at, line);
      return;
    }
    counters[C.L2_READ_MISSES]++;
    const cost = this.bus.miss(this, line, write, this.clock);
    counters[C.MISS_NS] += cost;
    this.clock += cost;
    this.bus.locality.count(counters, this.group, this.node, line >> this.slotOfLine, this.kernel, cost);
    l2.insert(line, this.bus.granted);
    if (l2.evictedLine >= 0) {
      const { evictedLine, evictedState } = l2;
      this.dropL1(evictedLine);
      if (evictedState === MODIFIED) counters[C.L2_WRITEBACKS]++;
      this.bus.evict(this, evictedLine, evictedState, this.clock);
    }
  }

  /** A write to an L1 line that is not modified yet; by inclusion its line is in L2. */
  private own(line: number): void {
    const l2Line = line >>> this.l2Shift;
    this.makeModified(this.l2.find(l2Line), l2Line);
  }

  private makeModified(at: number, line: number): void {
    const { l2 } = this;
    if (l2.states[at] === SHARED) {
      this.counters[C.UPGRADES]++;
      const cost = this.bus.upgrade(this, line, this.clock);
      this.counters[C.MISS_NS] += cost;
      this.clock += cost;
    }
    l2.states[at] = MODIFIED;
  }

  /** MESI state of an L2 line here. */
  stateOf(line: number): number {
    const at = this.l2.find(line);
    return at < 0 ? INVALID : this.l2.states[at];
  }

  /** MESI state of an L1 data line: clean beside a MODIFIED line of L2 it may be written without asking, as an EXCLUSIVE one. */
  l1StateOf(line: number): number {
    const entry = entryOf(this.l1d, this.l1dWays, this.l1dMask, line);
    if (entry === EMPTY) return INVALID;
    return (entry & 1) === 1 ? MODIFIED : Math.min(EXCLUSIVE, this.stateOf(line >>> this.l2Shift));
  }

  /** True where L1's instructions have the line. */
  l1iHas(line: number): boolean {
    return entryOf(this.l1i, this.l1iWays, this.l1iMask, line) !== EMPTY;
  }

  /** Snooped: the line is taken away. Returns the state it had. */
  invalidate(line: number): number {
    const at = this.l2.find(line);
    if (at < 0) return INVALID;
    const state = this.l2.states[at];
    this.l2.remove(at);
    this.dropL1(line);
    return state;
  }

  /** Snooped: the right to write is taken away. Returns the state the line had. */
  downgrade(line: number): number {
    const at = this.l2.find(line);
    if (at < 0) return INVALID;
    const state = this.l2.states[at];
    if (state >= EXCLUSIVE) {
      this.l2.states[at] = SHARED;
      const firstLine = line << this.l2Shift;
      for (let part = 0; part < 1 << this.l2Shift; part++)
        clean(this.l1d, this.l1dWays, this.l1dMask, firstLine | part);
    }
    return state;
  }

  /** Every line of L1 with its modified bit, for checks of inclusion. */
  *l1Lines(): Generator<{ readonly line: number; readonly modified: boolean; readonly data: boolean }> {
    const data = entriesOf(this.l1d, this.l1dWays, this.l1dMask);
    for (const entry of data) yield { line: entry >>> 1, modified: (entry & 1) === 1, data: true };
    const code = entriesOf(this.l1i, this.l1iWays, this.l1iMask);
    for (const entry of code) yield { line: entry >>> 1, modified: false, data: false };
  }

  private dropL1(line: number): void {
    const firstLine = line << this.l2Shift;
    for (let part = 0; part < 1 << this.l2Shift; part++) {
      drop(this.l1d, this.l1dWays, this.l1dMask, firstLine | part);
      drop(this.l1i, this.l1iWays, this.l1iMask, firstLine | part);
    }
  }
}
