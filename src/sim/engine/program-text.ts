/**
 * The text that a program of a script fetches while it computes. Instructions are not simulated one by one: a program is
 * taken to spend VISIT instructions in a loop of LOOP_BYTES before it goes on to another, and the loop's lines are fetched
 * once for each such visit, through ITLB, L1I and L2 (hits in between cost nothing). Loops lie on what of its text and
 * its libraries the program has touched so far, skewed (burst.ts), at the same places for all who run the image; one visit
 * in LIBRARY is to a library.
 *
 * All of it is assumed: no source of the lab's figures says how compilers or databases walk about in their text. VISIT is
 * as coarse as the references of the library's workloads are.
 */
import { hashAt, subSeed } from '../base/rng.ts';
import { FRAME_BYTES } from '../base/units.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import { permutation } from '../workloads/permutation.ts';
import { skewedRank } from './burst.ts';
import type { Regions } from './regions.ts';

/** Instructions of a stay in one loop. */
const VISIT = 32_000;
const LOOP_BYTES = 256;
/** Every so-many-th visit is to a library. */
const LIBRARY = 8;

/** Where the loops of programs lie: of all tasks of a script. */
export class ProgramTexts {
  /** Order of loops from hot to cold, by how many there are. */
  private readonly orders = new Map<number, (index: number) => number>();

  constructor(private readonly seed: number) {}

  /** Byte of its text at which the loop of rank `rank` begins, of `loops`. */
  loopAt(rank: number, loops: number): number {
    let order = this.orders.get(loops);
    if (order === undefined) {
      order = permutation(loops, this.seed);
      this.orders.set(loops, order);
    }
    return order(rank) * LOOP_BYTES;
  }
}

/** What one task fetches. */
export class ProgramText {
  /** Instructions since the last visit, and visits made. */
  private since = 0;
  private visits = 0;
  private readonly seed: number;

  constructor(
    private readonly texts: ProgramTexts,
    seed: number,
  ) {
    this.seed = subSeed(seed, 0x7e87);
  }

  /** The task has executed so many instructions more, with this memory; stops where it has to wait for a page. */
  advance(on: KernelCpu, instructions: number, regions: Regions): void {
    this.since += instructions;
    while (this.since >= VISIT) {
      this.since -= VISIT;
      this.visit(on, regions);
      if ((on.task?.waitNs ?? 0) > 0 || on.task?.state === 'dead') return;
    }
  }

  private visit(on: KernelCpu, regions: Regions): void {
    const number = this.visits++;
    const { text, library } = regions.code;
    const part = library !== undefined && number % LIBRARY === LIBRARY - 1 ? library : text;
    if (part === undefined) return;
    const loops = Math.max(1, Math.floor(part.bytes / LOOP_BYTES));
    const at = this.texts.loopAt(skewedRank(hashAt(this.seed, number), loops), loops);
    on.core.programFetch(part.vpn + Math.floor(at / FRAME_BYTES), at % FRAME_BYTES, LOOP_BYTES);
  }
}
