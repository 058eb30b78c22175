/**
 * Demand faults and page clusters against maps: which ptes a fault fills, and with which frames. Whatever the cluster, a
 * program sees 4 KiB pages of its own mappings and nothing else; at PAGE_MMUSHIFT 0 a fault fills one pte.
 */
import { describe, expect, it } from 'vitest';
import type { PageTable } from '../../src/sim/hardware/page-table.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { Mapping } from '../../src/sim/workloads/workload.ts';
import { cpu, profileOf } from '../unit/boot/machines.ts';
import { Booted } from './naive/booted.ts';
import { Dice, seeds } from './naive/random.ts';

function machine(pageMmuShift: number, placement: MachineProfile['kernel']['placement']): MachineProfile {
  return profileOf({
    nodes: [0, 1, 2].map((id) => ({ id, cpus: 2, memoryMiB: 512 })),
    kernel: { flavour: '2.6.0', pageMmuShift, placement },
    machine: { cpu: { ...cpu, dtlb: { entries: 4, ways: 4 } } },
  });
}

/** Some mappings one behind the other, none of them aligned to anything but pages; segments at any offset. */
function mappings(dice: Dice): Mapping[] {
  let at = 1 + dice.below(600);
  return Array.from({ length: dice.between(1, 6) }, () => {
    const start = at + dice.pick([0, 0, 1, 3, 70, 600]);
    const pages = dice.pick([1, 2, 5, 17, 64, 150, 700]);
    at = start + pages;
    const segment = dice.below(4) - 2;
    const shared = segment >= 0;
    return {
      start: start * 4096,
      end: at * 4096,
      segment: shared ? segment : -1,
      segmentOffset: shared ? dice.below(40) * 4096 : 0,
    };
  });
}

/** As the kernel keeps them: what goes on where another ends, in address and in content, is one with it. */
function merged(list: readonly Mapping[]): Mapping[] {
  const made: Mapping[] = [];
  for (const each of list) {
    const last = made.at(-1);
    const follows =
      last?.end === each.start &&
      last.segment === each.segment &&
      (each.segment < 0 || last.segmentOffset + last.end - last.start === each.segmentOffset);
    if (follows) made[made.length - 1] = { ...last, end: each.end };
    else made.push(each);
  }
  return made;
}

/** What faults must have done so far, by maps: each fills pieces of its cluster in its own pte page. */
class NaiveFaults {
  readonly pages: Map<number, number>[];
  readonly ptePages: Set<number>[];
  faults = 0;
  private readonly spaces: readonly (readonly Mapping[])[];
  private readonly owned = new Set<number>();
  private readonly segments = new Map<string, number>();

  constructor(
    spaces: readonly (readonly Mapping[])[],
    private readonly size: number,
  ) {
    this.spaces = spaces.map(merged);
    this.pages = spaces.map(() => new Map<number, number>());
    this.ptePages = spaces.map(() => new Set<number>());
  }

  /** Page `page` of a space was referenced, and now has frame `frame`. Says what is wrong with that, if anything. */
  touched(space: number, page: number, frame: number): string | undefined {
    const known = this.pages[space].get(page);
    if (known !== undefined) return known === frame ? undefined : `page ${page} moved`;
    this.faults++;
    const { size } = this;
    const mapping = this.spaces[space].find(({ start, end }) => page * 4096 >= start && page * 4096 < end);
    if (mapping === undefined) return `page ${page} is in no mapping`;
    this.ptePages[space].add(Math.floor(page / 512));
    /** Which 4 KiB of its cluster a page is, and which cluster of what. */
    const piece = (each: number): number => this.offset(mapping, each) % size;
    const cluster = (each: number): number => Math.floor(this.offset(mapping, each) / size);
    const first = frame - piece(page);
    if (first % size !== 0) return `the cluster of page ${page} begins at frame ${first}`;
    if (mapping.segment < 0) {
      if (this.owned.has(first)) return `the cluster at frame ${first} is given twice`;
      this.owned.add(first);
    } else {
      const key = `${mapping.segment} ${cluster(page)}`;
      const shared = this.segments.get(key);
      if (shared === undefined) {
        if (this.owned.has(first)) return `the cluster at frame ${first} is given twice`;
        this.owned.add(first);
        this.segments.set(key, first);
      } else if (shared !== first) return `segment ${mapping.segment} has two frames for one page`;
    }
    for (let each = mapping.start / 4096; each < mapping.end / 4096; each++) {
      const there = cluster(each) === cluster(page) && Math.floor(each / 512) === Math.floor(page / 512);
      if (there && !this.pages[space].has(each)) this.pages[space].set(each, first + piece(each));
    }
    return undefined;
  }

  get clusters(): number {
    return this.owned.size;
  }

  /** Page offset that decides the piece: the virtual page of private memory, the place within the segment of shared. */
  private offset(mapping: Mapping, page: number): number {
    return mapping.segment < 0 ? page : page - mapping.start / 4096 + mapping.segmentOffset / 4096;
  }
}

/** Everything the page tables show, of mapped pages and their neighbours. */
function compare(
  booted: Booted,
  tables: readonly PageTable[],
  naive: NaiveFaults,
  spaces: readonly Mapping[][],
  where: string,
): void {
  tables.forEach((table, space) => {
    for (const { start, end } of spaces[space]) {
      for (let page = start / 4096 - 1; page <= end / 4096; page++) {
        const expected = naive.pages[space].get(page) ?? -1;
        const found = booted.slotOf(table, page);
        if (found !== expected) expect(found, `${where}: page ${page}`).toBe(expected);
      }
    }
  });
}

const policies: readonly MachineProfile['kernel']['placement'][] = [
  { policy: 'first-touch' },
  { policy: 'interleave', nodes: [0, 1, 2] },
];

describe.each([0, 1, 2, 3, 4, 5, 6])('faults at PAGE_MMUSHIFT %i', (shift) => {
  it.each(seeds(4))('fill what maps say, and nothing outside the mapping (seed %i)', (seed) => {
    const dice = new Dice(seed * 10 + shift);
    const booted = new Booted(machine(shift, dice.pick(policies)));
    const spaces = Array.from({ length: dice.between(1, 3) }, () => mappings(dice));
    const tables = spaces.map((each) => booted.kernel.createSpace({ mappings: each }).table);
    const naive = new NaiveFaults(spaces, 2 ** shift);
    const tablesAtStart = booted.owned('page tables');
    for (let step = 0; step < 300; step++) {
      const space = dice.below(spaces.length);
      const { start, end } = dice.pick(spaces[space]);
      const page = start / 4096 + dice.below((end - start) / 4096);
      const where = `seed ${dice.seed}, step ${step}, space ${space}, page ${page}`;
      booted.touch(dice.below(6), tables[space], page);
      const fault = naive.touched(space, page, booted.slotOf(tables[space], page));
      if (fault !== undefined) expect.fail(`${where}: ${fault}`);
      if (step % 20 === 0) compare(booted, tables, naive, spaces, where);
    }
    compare(booted, tables, naive, spaces, `seed ${dice.seed}, at the end`);
    const mapped = naive.pages.reduce((sum, pages) => sum + pages.size, 0);
    expect(booted.count('FAULTS')).toBe(naive.faults);
    expect(booted.count('PTES_FILLED')).toBe(mapped);
    if (shift === 0) expect(mapped).toBe(naive.faults);
    expect(booted.owned('anonymous') + booted.owned('shared memory')).toBe(naive.clusters);
    // A page-table page takes a whole cluster.
    const ptePages = naive.ptePages.reduce((sum, pages) => sum + pages.size, 0);
    expect(booted.owned('page tables') - tablesAtStart).toBe(ptePages);
  });
});

describe('shared segments', () => {
  it('have a cluster across two pte pages filled side by side, each pte once', () => {
    const booted = new Booted(machine(3, { policy: 'first-touch' }));
    // Pages 500 to 539 show the segment from its page 3 on, so a cluster shows at pages 505 to 512: 512 is the next pte page's.
    const mapping = { start: 500 * 4096, end: 540 * 4096, segment: 0, segmentOffset: 3 * 4096 };
    const table = booted.kernel.createSpace({ mappings: [mapping] }).table;
    booted.touch(0, table, 507);
    expect(booted.count('PTES_FILLED')).toBe(7);
    expect(booted.slotOf(table, 512)).toBe(-1);
    booted.touch(0, table, 512);
    expect([booted.count('FAULTS'), booted.count('PTES_FILLED')]).toEqual([2, 8]);
    expect(booted.slotOf(table, 512) - booted.slotOf(table, 505)).toBe(7);
  });

  it('show the same frames in every address space, wherever they are mapped', () => {
    const booted = new Booted(machine(3, { policy: 'first-touch' }));
    const at = (page: number, offset: number): Mapping[] => [
      { start: page * 4096, end: (page + 40) * 4096, segment: 5, segmentOffset: offset * 4096 },
    ];
    const here = booted.kernel.createSpace({ mappings: at(100, 0) }).table;
    const there = booted.kernel.createSpace({ mappings: at(333, 16) }).table;
    for (let page = 0; page < 40; page++) booted.touch(0, here, 100 + page);
    for (let page = 0; page < 40; page++) booted.touch(5, there, 333 + page);
    for (let page = 16; page < 40; page++)
      expect(booted.slotOf(there, 333 + page - 16)).toBe(booted.slotOf(here, 100 + page));
    // First touched by CPU 0: on its node, and what only CPU 5 touched on CPU 5's.
    expect(booted.nodeOf(there, 333)).toBe(0);
    expect(booted.nodeOf(there, 333 + 39)).toBe(2);
  });
});
