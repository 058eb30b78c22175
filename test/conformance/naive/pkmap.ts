/**
 * Persistent kmaps written down a second time, as plainly as their rules read: slots with a count, a cursor, and what every
 * TLB of the machine may still hold.
 */

interface Slot {
  count: number;
  page: number | undefined;
}

export class NaivePkmap {
  readonly slots: Slot[];
  flushes = 0;
  mappings = 0;
  asleep = 0;
  /** What was mapped by each slot since the last flush: what a TLB may hold. */
  inTlbs = new Map<number, number>();
  private cursor = 0;

  constructor(size: number) {
    this.slots = Array.from({ length: size }, () => ({ count: 0, page: undefined }));
  }

  /** The slot the page is mapped at, or `sleeps`. Throws where a slot would be handed out that a TLB still holds. */
  kmap(page: number): number | 'sleeps' {
    const known = this.slots.findIndex((slot) => slot.page === page);
    if (known >= 0) {
      this.slots[known].count++;
      return known;
    }
    let probes = 0;
    while (probes < this.slots.length) {
      this.cursor++;
      if (this.cursor === this.slots.length) {
        this.cursor = 0;
        this.flush();
        probes = 0;
      }
      probes++;
      if (this.slots[this.cursor].count > 0) continue;
      if (this.inTlbs.has(this.cursor)) throw new Error(`slot ${this.cursor} is in a TLB`);
      this.slots[this.cursor] = { count: 2, page };
      this.inTlbs.set(this.cursor, page);
      this.mappings++;
      return this.cursor;
    }
    this.asleep++;
    return 'sleeps';
  }

  /** How many sleepers wake. */
  kunmap(page: number): number {
    const slot = this.slots.find((candidate) => candidate.page === page);
    if (slot === undefined || slot.count < 2) throw new Error('BUG');
    slot.count--;
    if (slot.count > 1) return 0;
    const woken = this.asleep;
    this.asleep = 0;
    return woken;
  }

  private flush(): void {
    for (const slot of this.slots) {
      if (slot.count !== 1) continue;
      slot.count = 0;
      slot.page = undefined;
    }
    this.inTlbs = new Map([...this.inTlbs].filter(([at]) => this.slots[at].count > 0));
    this.flushes++;
  }
}
