/**
 * Page tables against address spaces without any: random processes map, write, read, protect, move, unmap, fork, are swapped out
 * and exit. Programs must see what they stored, whatever is shared or clustered, and the books must be right throughout.
 */
import { describe, expect, it } from 'vitest';
import type { Mm } from '../../src/sim/kernel/mm/mm.ts';
import { VM_READ, VM_SHARED, VM_WRITE, type Vma } from '../../src/sim/kernel/mm/vma.ts';
import { OWNER } from '../../src/sim/kernel/page-flags.ts';
import { checkPieces, checkTables } from '../unit/kernel/page-tables/check-tables.ts';
import { TableKernel } from '../unit/kernel/page-tables/table-kernel.ts';
import type { TableOrder } from '../unit/kernel/page-tables/table-parts.ts';
import { NaiveSpaces } from './naive/address-spaces.ts';
import { Dice, seeds } from './naive/random.ts';

const BASE = 0x40000;
const ROOM = 5 * 1024;
const PRIVATE = VM_READ | VM_WRITE;
const SHARED = VM_READ | VM_WRITE | VM_SHARED;
const STEPS = 200;

class Pair {
  private readonly kernel: TableKernel;
  private readonly naive = new NaiveSpaces();
  private readonly processes: Mm[] = [];
  private readonly shared;
  private readonly image;
  private tag = 1;

  constructor(
    order: TableOrder,
    private readonly dice: Dice,
  ) {
    this.kernel = new TableKernel(order);
    this.shared = this.kernel.file(ROOM);
    this.image = this.kernel.file(ROOM);
    this.spawn();
    this.fillImage();
  }

  /** A file that private mappings show: written once, through a shared mapping. */
  private fillImage(): void {
    const [first] = this.processes;
    this.kernel.map(first, BASE, BASE + 200, SHARED, this.image, 0);
    this.naive.map(first.id, BASE, BASE + 200, true, this.image.id, 0);
    for (let i = 0; i < 200; i += 3) this.write(first, BASE + i);
    this.unmap(first, BASE, BASE + 200);
  }

  spawn(): void {
    const mm = this.kernel.mm();
    this.processes.push(mm);
    this.naive.spawn(mm.id);
  }

  step(): void {
    const { dice } = this;
    const mm = dice.pick(this.processes);
    const what = dice.below(100);
    if (mm.vmas.length === 0 || what < 12) this.mapSome(mm);
    else if (what < 20 && this.processes.length < 5) this.fork(mm);
    else if (what < 24 && this.processes.length > 1) this.exit(mm);
    else if (what < 30) this.unmapSome(mm);
    else if (what < 36) this.protectSome(mm);
    else if (what < 42) this.moveSome(mm);
    else if (what < 48) this.swapSome();
    else this.touchSome(mm);
  }

  check(): void {
    checkTables(this.kernel);
    checkPieces(this.kernel);
  }

  /** Everybody exits; nothing may be left. */
  end(): void {
    for (const mm of [...this.processes]) this.exit(mm);
    this.kernel.drop(this.shared);
    this.kernel.drop(this.image);
    checkTables(this.kernel);
    for (const zone of this.kernel.parts.allZones) {
      expect(zone.owned[OWNER['page tables']]).toBe(0);
      expect(zone.owned[OWNER.anonymous]).toBe(0);
    }
    expect(this.kernel.tables.pages.pages).toBe(0);
    const chain = this.kernel.parts.slabs.caches.find(({ name }) => name === 'mm_chain');
    expect(chain?.active ?? 0).toBe(0);
    for (const users of this.kernel.swapUsers.values()) expect(users).toBe(0);
  }

  private mapSome(mm: Mm): void {
    const { dice } = this;
    // The same segment at the same place, of several pte pages, now and then: its page tables can be joined.
    const standard = dice.chanceOf(1, 3);
    const start = standard ? BASE + 1024 : BASE + dice.below(ROOM - 700);
    const end = standard ? BASE + 3 * 1024 : start + dice.between(1, 700);
    this.unmap(mm, start, end);
    const kind = standard ? 'shared' : dice.pick(['anonymous', 'shared', 'private'] as const);
    const file = kind === 'anonymous' ? undefined : kind === 'shared' ? this.shared : this.image;
    const pgoff = file === undefined ? start : standard ? 0 : dice.below(64);
    this.kernel.map(mm, start, end, kind === 'shared' ? SHARED : PRIVATE, file, pgoff);
    this.naive.map(mm.id, start, end, kind === 'shared', file?.id, pgoff);
  }

  private fork(mm: Mm): void {
    const child = this.kernel.fork(mm);
    this.processes.push(child);
    this.naive.fork(mm.id, child.id);
  }

  private exit(mm: Mm): void {
    this.kernel.exit(mm);
    this.naive.exit(mm.id);
    this.processes.splice(this.processes.indexOf(mm), 1);
  }

  private unmap(mm: Mm, start: number, end: number): void {
    this.kernel.unmap(mm, start, end);
    this.naive.unmap(mm.id, start, end);
  }

  private unmapSome(mm: Mm): void {
    const vma = this.dice.pick(mm.vmas);
    const start = this.vpnOf(vma);
    this.unmap(mm, start, this.dice.between(start + 1, vma.end));
  }

  private protectSome(mm: Mm): void {
    const { dice, kernel } = this;
    const vma = dice.pick(mm.vmas);
    const whole = dice.chanceOf(1, 2);
    const start = whole ? vma.start : this.vpnOf(vma);
    const end = whole ? vma.end : dice.between(start + 1, vma.end);
    kernel.splitAt(mm, start);
    kernel.splitAt(mm, end);
    const part = mm.vmaAt(start) as Vma;
    const writable = dice.chanceOf(1, 2);
    part.flags = writable ? part.flags | VM_WRITE : part.flags & ~VM_WRITE;
    kernel.tables.protect(kernel.on, part, start, end, writable);
  }

  private moveSome(mm: Mm): void {
    const { dice, kernel } = this;
    const vma = dice.pick(mm.vmas);
    const pages = vma.end - vma.start;
    const target = BASE + 2 * ROOM + dice.below(2000);
    if (vma.start >= BASE + ROOM || pages > 700) return;
    this.unmap(mm, target, target + pages);
    const moved = kernel.map(mm, target, target + pages, vma.flags, vma.file, vma.pgoff);
    kernel.tables.move(kernel.on, vma, vma.start, target, pages, moved);
    this.naive.move(mm.id, vma.start, target, pages);
    kernel.unmap(mm, vma.start, vma.end);
  }

  private swapSome(): void {
    const pages = [...this.kernel.ptesOf.keys()];
    for (let i = 0; i < 3 && pages.length > 0; i++) this.kernel.swapOut(this.dice.pick(pages));
  }

  private touchSome(mm: Mm): void {
    for (let i = 0; i < 12; i++) {
      const vma = this.dice.pick(mm.vmas);
      const vpn = this.vpnOf(vma);
      if (vma.writable && this.dice.chanceOf(1, 2)) this.write(mm, vpn);
      expect(this.kernel.read(mm, vpn), `page ${vpn} of process ${mm.id}`).toBe(this.naive.read(mm.id, vpn));
    }
  }

  private vpnOf(vma: Vma): number {
    return vma.start + this.dice.below(vma.end - vma.start);
  }

  private write(mm: Mm, vpn: number): void {
    this.kernel.write(mm, vpn, this.tag);
    this.naive.write(mm.id, vpn, this.tag++);
  }
}

const pae = { pae: true };
const variants: readonly (readonly [string, TableOrder])[] = [
  ['three levels', { machine: pae }],
  ['two levels', { machine: { pae: false } }],
  ['shared page tables with the rule of three', { machine: pae, kernel: { sharedPageTables: 'rule' } }],
  ['shared page tables always', { machine: pae, kernel: { sharedPageTables: 'always' } }],
  ['shared page tables always, two levels', { machine: { pae: false }, kernel: { sharedPageTables: 'always' } }],
  ['clusters of 32 KiB', { machine: pae, kernel: { pageMmuShift: 3 } }],
  ['clusters of 32 KiB, pte pages packed', { machine: pae, kernel: { pageMmuShift: 3, packPtePages: true } }],
  [
    'clusters and shared page tables',
    { machine: pae, kernel: { pageMmuShift: 3, packPtePages: true, sharedPageTables: 'always' } },
  ],
];

describe('page tables', () => {
  describe.each(variants)('of %s', (_name, order) => {
    it.each(seeds(3))('keep what programs store, and their books (seed %i)', (seed) => {
      const pair = new Pair(order, new Dice(seed));
      for (let step = 0; step < STEPS; step++) {
        pair.step();
        if (step % 20 === 0) pair.check();
      }
      pair.check();
      pair.end();
    });
  });
});
