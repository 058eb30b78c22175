/**
 * Who reaches whose memory: L2 misses and their time by who missed (a row: a task, or nobody), the node it missed from,
 * what it missed (a tag: a range of a segment, or other memory), the node where that is at home, and whether a program
 * asked for it or the kernel (page walks count as the kernel's: what they read are page tables). No machine counted all
 * of this; it costs no virtual time.
 *
 * Counts are cells of an open hash table, made when something is first counted: of thousands of tasks and nodes few
 * meet. Frames without a tag, and lines of machines without tags, cost one comparison.
 */
import * as C from '../base/counters.ts';
import { invariant } from '../base/errors.ts';
import type { Frames } from './frames.ts';

/** Kernel threads, idle CPUs, and whatever else runs for no task. */
export const NOBODY = 0;
/** Memory that belongs to no range of a segment. */
export const OTHER_MEMORY = 0;
/** Tags are kept as Uint16; ranges beyond that count as other memory. */
const MOST_TAGS = 2 ** 16;
const HOME_BITS = 12;
/** Places of nodes are below. */
export const MOST_NODES = 2 ** HOME_BITS;
const FIRST_CELLS = 1024;

/** What is counted apart: a task, or whatever else has a row of its own. */
export interface Counted {
  /** Number of its row; -1 before it has run. */
  locality: number;
}

export interface LocalityCell {
  readonly row: number;
  /** Places of nodes: of the CPU that missed, and of the memory. */
  readonly from: number;
  readonly home: number;
  readonly tag: number;
  readonly kernel: boolean;
  readonly misses: number;
  readonly ns: number;
}

/** A range of a segment, by its tag. */
export interface TaggedRange {
  readonly tag: number;
  readonly segment: string;
  readonly range: string;
  /** Pages of 4 KiB that it could have. */
  readonly pages: number;
}

export class Locality {
  /** Virtual time from which on it counts, ns. */
  sinceNs = 0;
  private rows = NOBODY + 1;
  private readonly named: TaggedRange[] = [];
  /** Tag of each frame's slot, as far as any is set. */
  private tags = new Uint16Array(0);
  /** Groups: a row on a node. */
  private readonly groups = new Map<number, number>();
  private readonly groupRows: number[] = [];
  private readonly groupNodes: number[] = [];
  /** The table: group + 1 (0: empty), what was missed (tag, home, kernel), and the counts. */
  private groupOf = new Int32Array(FIRST_CELLS);
  private whatOf = new Int32Array(FIRST_CELLS);
  private misses = new Float64Array(FIRST_CELLS);
  private ns = new Float64Array(FIRST_CELLS);
  private used = 0;

  constructor(private readonly frames: Frames) {}

  /** A number for somebody whose misses are counted apart. */
  row(): number {
    return this.rows++;
  }

  /** A number for the pages of a range; the same for the same names. */
  tag(segment: string, range: string, pages: number): number {
    const known = this.named.find((each) => each.segment === segment && each.range === range);
    if (known !== undefined) return known.tag;
    const tag = this.named.length + 1;
    if (tag === MOST_TAGS) return OTHER_MEMORY;
    this.named.push({ tag, segment, range, pages });
    return tag;
  }

  /** Every range that has a tag, in the order of their tags. */
  get ranges(): readonly TaggedRange[] {
    return this.named;
  }

  /** Marks `frames` frames from `slot` on; OTHER_MEMORY takes the mark away. */
  setTag(slot: number, frames: number, tag: number): void {
    const end = slot + frames;
    if (end > this.tags.length) {
      if (tag === OTHER_MEMORY) return;
      const bigger = new Uint16Array(Math.max(2 * this.tags.length, this.frames.size, end));
      bigger.set(this.tags);
      this.tags = bigger;
    }
    this.tags.fill(tag, slot, end);
  }

  tagOf(slot: number): number {
    return slot < this.tags.length ? this.tags[slot] : OTHER_MEMORY;
  }

  /** Number of the group of `who` on a node, for count(); undefined is nobody. */
  group(who: Counted | undefined, node: number): number {
    if (who !== undefined && who.locality < 0) who.locality = this.row();
    const row = who?.locality ?? NOBODY;
    const key = row * MOST_NODES + node;
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const group = this.groupRows.length;
    this.groups.set(key, group);
    this.groupRows.push(row);
    this.groupNodes.push(node);
    return group;
  }

  /**
   * An L2 miss in the frame of `slot`, which took `ns`, of a CPU on `node`; `kernel`: 0 of a program, 1 of the kernel.
   * `counters` are the CPU's own.
   */
  count(counters: Float64Array, group: number, node: number, slot: number, kernel: number, ns: number): void {
    const tag = slot < this.tags.length ? this.tags[slot] : OTHER_MEMORY;
    const home = this.frames.homeOf(slot);
    const remote = home === node ? 0 : 1;
    if (kernel === 1) {
      counters[C.KERNEL_MISSES]++;
      counters[C.KERNEL_HOME_REMOTE] += remote;
    } else {
      if (remote === 1) counters[C.REMOTE_NS] += ns;
      if (tag !== OTHER_MEMORY) {
        counters[C.SEGMENT_MISSES]++;
        counters[C.SEGMENT_HOME_REMOTE] += remote;
      }
    }
    const at = this.find(group + 1, (((tag << HOME_BITS) | home) << 1) | kernel);
    this.misses[at]++;
    this.ns[at] += ns;
  }

  /** What was counted, in an order that depends on what was counted alone. */
  *cells(): Generator<LocalityCell> {
    for (let at = 0; at < this.groupOf.length; at++) {
      const group = this.groupOf[at] - 1;
      if (group < 0 || this.misses[at] === 0) continue;
      const what = this.whatOf[at];
      yield {
        row: this.groupRows[group],
        from: this.groupNodes[group],
        home: (what >>> 1) & (MOST_NODES - 1),
        tag: what >>> (HOME_BITS + 1),
        kernel: (what & 1) === 1,
        misses: this.misses[at],
        ns: this.ns[at],
      };
    }
  }

  /** Frames of each tag by the place of their node: `of[tag][place]`; tag 0 is left empty. */
  framesByTag(nodes: number): readonly Float64Array[] {
    const of = Array.from({ length: this.named.length + 1 }, () => new Float64Array(nodes));
    const end = Math.min(this.tags.length, this.frames.size);
    for (let slot = 0; slot < end; slot++) {
      const tag = this.tags[slot];
      if (tag !== OTHER_MEMORY) of[tag][this.frames.homeOf(slot)]++;
    }
    return of;
  }

  /** Nothing has been counted yet at virtual time `atNs`. Rows and tags stay. */
  begin(atNs: number): void {
    this.sinceNs = atNs;
    this.misses.fill(0);
    this.ns.fill(0);
  }

  /** Place of a cell in the table, made where there is none. */
  private find(group: number, what: number): number {
    const mask = this.groupOf.length - 1;
    let at = (Math.imul(group, 0x9e3779b1) ^ Math.imul(what, 0x85ebca6b)) >>> 8;
    for (at &= mask; this.groupOf[at] !== 0; at = (at + 1) & mask) {
      if (this.groupOf[at] === group && this.whatOf[at] === what) return at;
    }
    if (2 * ++this.used > mask) {
      this.grow();
      return this.find(group, what);
    }
    this.groupOf[at] = group;
    this.whatOf[at] = what;
    return at;
  }

  private grow(): void {
    const { groupOf, whatOf, misses, ns } = this;
    const size = 2 * groupOf.length;
    invariant(size <= 2 ** 26, 'too many counts of who reaches whose memory', { size });
    this.groupOf = new Int32Array(size);
    this.whatOf = new Int32Array(size);
    this.misses = new Float64Array(size);
    this.ns = new Float64Array(size);
    this.used = 0;
    for (let old = 0; old < groupOf.length; old++) {
      if (groupOf[old] === 0) continue;
      const at = this.find(groupOf[old], whatOf[old]);
      this.misses[at] = misses[old];
      this.ns[at] = ns[old];
    }
  }
}
