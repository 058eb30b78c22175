/**
 * Kernel text per node: D. Hansen's kernel-text-replication-2.5.70-mjb1-0 (16 Jun 2003, by its description) on NUMA-Q,
 * with -mjb's sepmd (each address space has a pmd page of its own for the kernel's GiB). After boot every node but the
 * image's takes a block of 2 MiB of its highmem for each text pmd and copies the text there. A context switch to an
 * address space whose text pmds are of another node rewrites these pmds and flushes each of the large pages; the flush is
 * left out where the address space before was on this node already. Kernel threads keep the previous address space's.
 *
 * As posted the values for the pmds are made from the source's pages, so the rewriting has its price and every node goes on
 * fetching from the image. Threads of one address space on two nodes rewrite its pmds in turn.
 *
 * Deviations: the image itself stays where it is (the patch moves it to a border of 2 MiB, and pads it); a CPU's TLB keeps
 * the text that it has until a switch or flush_tlb_all(); before the run begins each CPU has run a process of its node. A
 * node without blocks enough keeps the image. Copies are never written: what patches text at run time is not modelled.
 */
import { asPfn, FRAME_BYTES, MIB } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import type { MappedText } from './text-layout.ts';

const LARGE_FRAMES = (2 * MIB) / FRAME_BYTES;
const PMD_BYTES = 8;
/** First of the kernel's pmd entries that maps text: PAGE_OFFSET + 2 MiB. */
const TEXT_PMD = 1;

export class TextReplication {
  /** Large pages, and pmd entries, of a copy. */
  readonly pmds: number;
  /** What the page tables of each node map (textpmd[node]), by its place; undefined where nothing is fetched. */
  private readonly mapped: readonly (MappedText | undefined)[];
  /** Pfns of the blocks that nodes hold, by place; none on the image's own node. */
  readonly blocks: readonly (readonly number[])[];

  constructor(private readonly parts: KernelParts) {
    const { text, traits, zones } = parts;
    this.pmds = Math.ceil(text.bytes / (LARGE_FRAMES * FRAME_BYTES));
    this.blocks = zones.map((of, place) => (place === text.home ? [] : this.takeBlocks(of)));
    this.mapped = this.blocks.map((blocks, place) => {
      if (blocks.length < this.pmds || traits.kernelText === 'per-node-as-posted') return text.source;
      return text.layout?.map((frame) => {
        const block = blocks[Math.floor(frame / LARGE_FRAMES)];
        return parts.frames.slotOf(place, asPfn(block + (frame % LARGE_FRAMES)));
      });
    });
  }

  /** Bytes of highmem of all copies. */
  get bytes(): number {
    return this.blocks.reduce((sum, blocks) => sum + blocks.length, 0) * LARGE_FRAMES * FRAME_BYTES;
  }

  /** What a CPU fetches from when the run begins. */
  initial(node: number): MappedText | undefined {
    return this.mapped[node];
  }

  /** switch_mm() on a CPU that held `before`, undefined: the kernel's own tables. */
  switched(on: KernelCpu, mm: Mm, before: Mm | undefined): void {
    const { node } = on;
    const was = this.nodeOf(before);
    if (this.nodeOf(mm) !== node) {
      const at = this.parts.tables.kernelPmd(mm.table, TEXT_PMD * PMD_BYTES);
      on.writeRange(at, this.pmds * PMD_BYTES);
      mm.kernelTextNode = node;
      on.count(C.TEXT_SWITCHES);
    }
    if (was !== node) on.spend(this.pmds * this.parts.profile.kernel.flush.invlpgNs);
    on.mapText(this.mapped[node]);
  }

  /** flush_tlb_all(): the CPU loads the text again that its page tables map by now; undefined: the kernel's own. */
  reloaded(on: KernelCpu, mm: Mm | undefined): void {
    on.mapText(this.mapped[this.nodeOf(mm)]);
  }

  /** Place of the node whose text an address space maps. */
  private nodeOf(mm: Mm | undefined): number {
    const { home } = this.parts.text;
    return mm === undefined || mm.kernelTextNode < 0 ? home : mm.kernelTextNode;
  }

  /** One block for each pmd out of the node's highmem; none at all where it has not so many. */
  private takeBlocks(zones: readonly Zone[]): readonly number[] {
    const order = Math.log2(LARGE_FRAMES) - this.parts.memMap.shift;
    const high = zones.filter(({ layout }) => layout.name === 'HighMem');
    const blocks: number[] = [];
    for (const zone of high) {
      const free = zone.census[order] ?? 0;
      const larger = zone.census.slice(order + 1).reduce((sum, count, above) => sum + count * 2 ** (above + 1), 0);
      const wanted = Math.min(this.pmds - blocks.length, free + larger);
      for (let n = 0; n < wanted; n++) blocks.push(zone.take(order));
      zone.owned[OWNER.free] -= wanted << order;
      zone.owned[OWNER.reserved] += wanted << order;
    }
    return blocks;
  }
}
