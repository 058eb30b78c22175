/**
 * The page walk against maps: whatever the kernel maps, protects, cleans, shares and flushes, a reference faults when
 * the page is not there or may not be written, and not otherwise; accessed and dirty bits are those of the i386, which
 * sets them when it walks and not on a hit. The twin's TLB is a list; the kernel here does at once what a fault asks.
 */
import { describe, expect, it } from 'vitest';
import * as C from '../../src/sim/base/counters.ts';
import type { Core } from '../../src/sim/hardware/core.ts';
import { Machine } from '../../src/sim/hardware/machine.ts';
import { PageTable, PMD_RW } from '../../src/sim/hardware/page-table.ts';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_RW,
  pteNumber,
  PtePages,
} from '../../src/sim/hardware/pte-pages.ts';
import { cpu, profileOf } from '../unit/boot/machines.ts';
import { LruSets } from './naive/lru-sets.ts';
import { Dice, seeds } from './naive/random.ts';
import { type Kind, Records } from './naive/records.ts';

const TLB = { entries: 8, ways: 2 };
/** Pages of the address space that are used: three pte pages, and one upper entry for a huge page. */
const PAGES = [3, 4, 7, 511, 512, 513, 600, 1023, 1024, 1030, 1100];
const HUGE = [1536, 1537, 2047];

function machine(tlb = TLB): Machine {
  const { machine: spec } = profileOf({
    nodes: [{ id: 0, cpus: 1, memoryMiB: 64 }],
    machine: { cpu: { ...cpu, l1i: cpu.l1d, dtlb: tlb, itlb: tlb } },
  });
  return new Machine(spec, [0], [16384], 1, 4096);
}

interface NaivePage {
  slot: number;
  writable: boolean;
  accessed: boolean;
  dirty: boolean;
}

class NaiveWalk {
  readonly pages = new Map<number, NaivePage>();
  /** Upper entries that may be written through, by the number of the pte page. */
  readonly upper = new Map<number, boolean>();
  readonly huge = { mapped: false, writable: false };
  readonly dtlb = new LruSets<{ mayWrite: boolean }>(4, 2);
  readonly itlb = new LruSets<{ mayWrite: boolean }>(4, 2);

  /** The faults that a reference makes, each as the page and whether it is for writing; at most one here. */
  faultOf(page: number, kind: Kind): boolean | undefined {
    const write = kind === 'write' || kind === 'modify';
    const known = (kind === 'fetch' ? this.itlb : this.dtlb).peek(page);
    if (known !== undefined && (!write || known.state.mayWrite)) return undefined;
    if (page >= HUGE[0]) return this.huge.mapped && (!write || this.huge.writable) ? undefined : write;
    const pte = this.pages.get(page);
    const through = this.upper.get(page >> 9);
    return pte !== undefined && through !== undefined && (!write || (pte.writable && through)) ? undefined : write;
  }

  /** The reference has been made: the TLB and the bits afterwards. */
  refer(page: number, kind: Kind): void {
    const write = kind === 'write' || kind === 'modify';
    const tlb = kind === 'fetch' ? this.itlb : this.dtlb;
    const known = tlb.use(page);
    if (known !== undefined && (!write || known.state.mayWrite)) return;
    tlb.drop(page);
    const pte = this.pages.get(page);
    if (pte === undefined) {
      tlb.put(page, { mayWrite: this.huge.writable });
      return;
    }
    pte.accessed = true;
    pte.dirty ||= write;
    tlb.put(page, { mayWrite: pte.dirty && pte.writable && this.upper.get(page >> 9) === true });
  }

  flush(page?: number): void {
    for (const tlb of [this.dtlb, this.itlb]) {
      for (const { line } of tlb.all()) if (page === undefined || line === page) tlb.drop(line);
    }
  }
}

class Pair {
  readonly machine = machine();
  readonly core: Core = this.machine.core(0);
  readonly pool = new PtePages(true);
  readonly table = new PageTable(this.pool, 2048);
  readonly naive = new NaiveWalk();
  readonly faults: (readonly [page: number, write: boolean])[] = [];
  private readonly records = new Records(1);
  private nextSlot = 100;

  constructor(private readonly dice: Dice) {
    this.table.addUpperPage(0, 1);
    this.machine.setFaultHandler((core, _, page, write) => {
      this.faults.push([page, write]);
      core.clock += 1000;
      this.handle(page, write);
    });
    this.core.switchTo(this.table);
  }

  refer(page: number, kind: Kind): void {
    const address = page * 4096 + 32 * this.dice.below(100);
    const end = this.records.load([{ kind, address, size: 4 }]);
    expect(this.core.run(this.records.first, end, Infinity, true)).toBe(end);
  }

  /** What a kernel does: makes the page present, and writable where it is asked for. Sometimes it flushes more than it must. */
  handle(page: number, write: boolean): void {
    if (page >= HUGE[0]) this.setHuge(true, write || this.naive.huge.writable);
    else {
      const known = this.naive.pages.get(page);
      const upper = this.naive.upper.get(page >> 9);
      if (upper === undefined || (write && !upper)) this.setUpper(page, true);
      if (known === undefined) this.map(page, write || this.dice.chanceOf(1, 2));
      else if (write && !known.writable) this.protect(page, true);
    }
    if (this.dice.chanceOf(1, 4)) this.flush();
  }

  map(page: number, writable: boolean): void {
    if (this.naive.upper.get(page >> 9) === undefined) this.setUpper(page, true);
    const slot = this.nextSlot++;
    this.naive.pages.set(page, { slot, writable, accessed: false, dirty: false });
    this.pool.set(this.table.pteOf(page), makePte(slot, PTE_PRESENT | (writable ? PTE_RW : 0)));
  }

  unmap(page: number): void {
    if (!this.naive.pages.delete(page)) return;
    this.pool.set(this.table.pteOf(page), 0);
    this.flush(page);
  }

  protect(page: number, writable: boolean): void {
    const known = this.naive.pages.get(page);
    if (known === undefined) return;
    known.writable = writable;
    this.change(page, PTE_RW, writable);
    this.flush(page);
  }

  /** Takes the dirty bit away (and flushes) or the accessed bit (and does not, as page_referenced()). */
  clean(page: number, bit: 'accessed' | 'dirty'): void {
    const known = this.naive.pages.get(page);
    if (known === undefined) return;
    known[bit] = false;
    this.change(page, bit === 'dirty' ? PTE_DIRTY : PTE_ACCESSED, false);
    if (bit === 'dirty') this.flush(page);
  }

  setUpper(page: number, writable: boolean): void {
    if (this.naive.upper.get(page >> 9) === undefined) {
      this.table.attach(page, this.pool.make(2 + (page >> 9), page & ~511), writable);
    } else this.table.setWritable(page, writable);
    this.naive.upper.set(page >> 9, writable);
    this.flush();
  }

  setHuge(mapped: boolean, writable: boolean): void {
    Object.assign(this.naive.huge, { mapped, writable });
    this.table.mapHuge(HUGE[0], mapped ? 1024 : -1, writable);
    this.flush();
  }

  flush(page?: number): void {
    if (page === undefined) this.core.flushTlb();
    else this.core.flushTlbPage(page);
    this.naive.flush(page);
  }

  /** Everything the page tables say, of both. */
  tables(): readonly [unknown, unknown] {
    const of = (page: number): unknown => {
      const flags = this.table.pteOf(page) < 0 ? 0 : this.pool.get(this.table.pteOf(page));
      if ((flags & PTE_PRESENT) === 0) return undefined;
      const has = (bit: number): boolean => (flags & bit) !== 0;
      return { slot: pteNumber(flags), writable: has(PTE_RW), accessed: has(PTE_ACCESSED), dirty: has(PTE_DIRTY) };
    };
    return [PAGES.map(of), PAGES.map((page) => this.naive.pages.get(page))];
  }

  private change(page: number, bit: number, on: boolean): void {
    const at = this.table.pteOf(page);
    const flags = this.pool.get(at);
    this.pool.set(at, on ? flags | bit : flags & ~bit);
  }
}

describe('the page walk', () => {
  it.each(seeds(12))('faults, marks and remembers as maps do (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const pair = new Pair(dice);
    for (let step = 0; step < 2500; step++) {
      const page = dice.chanceOf(1, 6) ? dice.pick(HUGE) : dice.pick(PAGES);
      const where = `seed ${seed}, step ${step}, page ${page}`;
      const small = page < HUGE[0];
      const act = dice.below(20);
      if (act === 0 && small) pair.unmap(page);
      else if (act === 1 && small) pair.protect(page, dice.chanceOf(1, 3));
      else if (act === 2 && small) pair.clean(page, dice.pick(['accessed', 'dirty'] as const));
      else if (act === 3 && small && pair.naive.upper.has(page >> 9)) pair.setUpper(page, dice.chanceOf(1, 2));
      else if (act === 3 && !small) pair.setHuge(dice.chanceOf(1, 2), dice.chanceOf(1, 2));
      else if (act === 4) pair.flush(dice.chanceOf(1, 2) ? page : undefined);
      else {
        const kind = dice.pick(['read', 'write', 'modify', 'fetch'] as const);
        const before = pair.faults.length;
        const fault = pair.naive.faultOf(page, kind);
        pair.refer(page, kind);
        const made = pair.faults.slice(before);
        expect(made, `${where}, ${kind}`).toEqual(fault === undefined ? [] : [[page, fault]]);
        pair.naive.refer(page, kind);
      }
      const [fast, naive] = pair.tables();
      expect(fast, where).toEqual(naive);
    }
    expect(pair.core.counters[C.FAULTS]).toBe(pair.faults.length);
    expect(pair.core.counters[C.FAULT_NS]).toBeCloseTo(1000 * pair.faults.length, 6);
  });
});

describe('a fault', () => {
  const setUp = (handler: (core: Core, table: PageTable, page: number, write: boolean) => void) => {
    const lab = machine();
    const pool = new PtePages(true);
    const table = new PageTable(pool, 1024);
    table.addUpperPage(0, 1);
    table.attach(0, pool.make(2, 0), true);
    lab.setFaultHandler(handler);
    const core = lab.core(0);
    core.switchTo(table);
    const map = (page: number): void => pool.set(table.pteOf(page), makePte(100 + page, PTE_PRESENT | PTE_RW));
    return { core, pool, table, map };
  };
  const records = new Records(8);
  const read = (page: number) => ({ kind: 'read' as const, address: page * 4096, size: 4 });
  const fetch = (page: number) => ({ kind: 'fetch' as const, address: page * 4096, size: 4 });

  it('ends the run after the record in hand when it asks for that, and the next run goes on', () => {
    const lab = setUp((core, _, page) => {
      lab.map(page);
      core.clock += 5000;
      if (page === 2) core.stop();
    });
    const end = records.load([read(1), read(2), read(3), read(2)]);
    const { first } = records;
    expect(lab.core.run(first, end, Infinity, false)).toBe(first + 2);
    expect(lab.core.counters[C.READS]).toBe(2);
    expect(lab.core.run(first + 2, end, Infinity, false)).toBe(end);
    expect([lab.core.counters[C.READS], lab.core.counters[C.FAULTS]]).toEqual([4, 3]);
  });

  it('takes what the kernel lets pass, and ends a turn that it outlasts', () => {
    const lab = setUp((core, _, page) => {
      lab.map(page);
      core.clock += 5000;
    });
    const end = records.load([read(1), read(1), read(1)]);
    expect(lab.core.run(records.first, end, 1000, false)).toBe(records.first + 1);
    expect(lab.core.counters[C.FAULT_NS]).toBe(5000);
    expect(lab.core.clock).toBeGreaterThan(5000);
  });

  it('flushes the translation of the instructions too: the next fetch walks', () => {
    const lab = setUp((core, _, page) => {
      lab.map(page);
      if (page === 9) core.flushTlb();
    });
    lab.map(1);
    const end = records.load([fetch(1), fetch(1), read(9), fetch(1)]);
    lab.core.run(records.first, end, Infinity, true);
    expect(lab.core.counters[C.ITLB_MISSES]).toBe(2);
  });

  it('that the kernel never resolves is a broken invariant', () => {
    const lab = setUp(() => undefined);
    const end = records.load([read(1)]);
    expect(() => lab.core.run(records.first, end, Infinity, false)).toThrow('the kernel does not map a page');
  });

  it('is for writing when a modify finds nothing: a read-modify-write asks once', () => {
    const asked: boolean[] = [];
    const lab = setUp((_, __, page, write) => {
      asked.push(write);
      lab.map(page);
    });
    const end = records.load([{ kind: 'modify', address: 4096, size: 4 }]);
    lab.core.run(records.first, end, Infinity, false);
    expect(asked).toEqual([true]);
  });
});

describe('what a walk takes', () => {
  it('is two reads, one of a huge page, and a write where the pte changes', () => {
    const lab = machine({ entries: 64, ways: 64 });
    const pool = new PtePages(true);
    const table = new PageTable(pool, 2048);
    table.addUpperPage(0, 1);
    table.attach(0, pool.make(2, 0), true);
    pool.set(table.pteOf(8), makePte(50, PTE_PRESENT | PTE_RW));
    table.mapHuge(512, 1024, true);
    expect(table.pmdOf(0) & PMD_RW).toBe(PMD_RW);
    const core = lab.core(0);
    core.switchTo(table);
    const records = new Records(1);
    const walk = (kind: Kind, page: number): readonly number[] => {
      const before = [C.WALK_READS, C.WALK_NS, C.DTLB_MISSES].map((counter) => core.counters[counter]);
      core.run(records.first, records.load([{ kind, address: page * 4096, size: 4 }]), Infinity, true);
      return [C.WALK_READS, C.WALK_NS, C.DTLB_MISSES].map((counter, i) => core.counters[counter] - before[i]);
    };
    // Both entries come from memory (225 ns), and the accessed bit is written to a line that L2 has just got (12.9 ns).
    expect(walk('read', 8)).toEqual([2, expect.closeTo(225 + 225 + 12.9, 6), 1]);
    // The first write goes by the page table again, though the TLB has the page: the dirty bit.
    expect(walk('write', 8)).toEqual([2, expect.closeTo(3 * 12.9, 6), 0]);
    expect(walk('write', 8)).toEqual([0, 0, 0]);
    // Upper entries of the first four lie in one line.
    expect(walk('write', 700)).toEqual([1, expect.closeTo(12.9, 6), 1]);
    core.flushTlbPage(8);
    expect(walk('read', 8)).toEqual([2, expect.closeTo(2 * 12.9, 6), 1]);
    expect(walk('write', 8)).toEqual([0, 0, 0]);
    expect(walk('read', 701)).toEqual([1, expect.closeTo(12.9, 6), 1]);
    core.flushTlb();
    expect(walk('read', 701)[2]).toBe(1);
  });
});
