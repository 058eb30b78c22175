/**
 * UKVA: a window of kernel addresses that is another in every address space, between the top of the user's stack and
 * PAGE_OFFSET (Bligh, Hansen, McCracken, 2002; never merged). Two uses are modelled: the own pte pages, mapped there for
 * good, so that highpte needs no atomic kmap for them; and a pool of kmaps of the address space (its own lock, flushes
 * of its own CPUs only) or of the task (no lock, flushes of the own CPU only, a load of CR3 between threads: TlbFlush).
 *
 * A switch of address spaces costs nothing more; to map a pte page is one write; to change an entry is a shootdown to the
 * CPUs of the mm when there are several, since their hardware may have loaded the old one (L. Torvalds' objection).
 * Model: a window is a page of low memory (per task: the thread's own page directory) with ptes and counts of 256
 * slots and the table that finds them. Pages of dead owners go back when the next window is made.
 */
import { after, kaddr, type KAddr } from '../../base/units.ts';
import { GFP_KERNEL } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import { WindowAddresses } from './page-addresses.ts';
import { Pkmap } from './pkmap.ts';

export const UKVA_SLOTS = 256;
const PTE_BYTES = 8;
const COUNTS_AT = 2048;
const TABLE_AT = 3072;
const TABLE_LINES = 31;
const LOCK_AT = 4064;

interface Area {
  /** Page that holds it. */
  readonly page: number;
  readonly at: KAddr;
  readonly pool: Pkmap;
  readonly isAlive: () => boolean;
}

export class Ukva {
  /** By mm (per address space) or task. */
  private readonly areas = new Map<Mm | Task, Area>();
  /** Owners for whose window there was no memory: they never get one, so that what is mapped is found again. */
  private readonly without = new WeakSet<Mm | Task>();
  /** Slots of the pte pages that each mm has mapped in its window. */
  private readonly mapped = new Map<Mm, Set<number>>();

  constructor(
    private readonly parts: KernelParts,
    private readonly perTask: boolean,
  ) {}

  /** True for the address space that the CPU's task runs in: its tables are in reach. */
  isOwn(on: KernelCpu, mm: Mm | undefined): mm is Mm {
    return mm !== undefined && on.task?.mm === mm;
  }

  /** The own pte page at `slot`: mapped when it is first needed, one write, and never again. */
  ownPtes(on: KernelCpu, mm: Mm, slot: number): void {
    let slots = this.mapped.get(mm);
    if (slots === undefined) {
      for (const known of this.mapped.keys()) if (!this.parts.mms.has(known.id)) this.mapped.delete(known);
      slots = new Set();
      this.mapped.set(mm, slots);
    }
    if (slots.has(slot)) return;
    slots.add(slot);
    on.write(this.entryOf(on, mm, slot));
  }

  /** The pte page goes: its entry changes, and every other CPU of the mm may have loaded it. */
  forgetPtes(on: KernelCpu, mm: Mm, slot: number): void {
    if (this.mapped.get(mm)?.delete(slot) !== true) return;
    on.write(this.entryOf(on, mm, slot));
    if (mm.cpus.size > (mm.cpus.has(on.cpu) ? 1 : 0)) this.parts.tlb.mm(on, mm);
  }

  /** The kmap pool of whoever the CPU runs, or undefined for a kernel thread, or where no memory is left for a window. */
  pool(on: KernelCpu): Pkmap | undefined {
    return this.area(on)?.pool;
  }

  /** Windows that take a page of low memory each. */
  get windows(): number {
    return this.areas.size;
  }

  private entryOf(on: KernelCpu, mm: Mm, slot: number): KAddr {
    const at = this.area(on)?.at ?? mm.at;
    return after(at, (slot % UKVA_SLOTS) * PTE_BYTES);
  }

  private area(on: KernelCpu): Area | undefined {
    const { task } = on;
    const mm = task?.mm;
    if (task === undefined || mm === undefined) return undefined;
    const owner = this.perTask ? task : mm;
    if (this.without.has(owner)) return undefined;
    return this.areas.get(owner) ?? this.make(on, owner, task, mm);
  }

  private make(on: KernelCpu, owner: Mm | Task, task: Task, mm: Mm): Area | undefined {
    const { pages, memMap, mms } = this.parts;
    for (const [other, area] of this.areas) {
      if (area.isAlive()) continue;
      pages.put(on, area.page);
      this.areas.delete(other);
    }
    const page = pages.alloc(on, GFP_KERNEL, 0, OWNER['page tables']);
    if (page < 0) {
      this.without.add(owner);
      return undefined;
    }
    const slot = memMap.slotOf(page);
    const pool = new Pkmap({
      slots: UKVA_SLOTS,
      addresses: new WindowAddresses(kaddr(slot, TABLE_AT), TABLE_LINES),
      countsAt: kaddr(slot, COUNTS_AT),
      ptesAt: kaddr(slot, 0),
      pteBytes: PTE_BYTES,
      lockAt: this.perTask ? undefined : kaddr(slot, LOCK_AT),
      flush: (cpu) => {
        if (this.perTask) {
          cpu.core.flushTlb();
          cpu.spend(this.parts.profile.kernel.flush.flushNs);
        } else this.parts.tlb.mm(cpu, mm);
      },
    });
    const isAlive = this.perTask ? (): boolean => task.state !== 'dead' : (): boolean => mms.has(mm.id);
    const area: Area = { page, at: kaddr(slot, 0), pool, isAlive };
    this.areas.set(owner, area);
    return area;
  }
}
