/**
 * Two cache levels as DineroIV's documentation describes them (-l1-dsize ... -l2-usize ..., LRU, write-back,
 * write-allocate, dirty lines written back at the end), by lists and plain objects. A reference is cut into the L1 lines
 * it touches; a dirty victim is an access of L2, and so is the fill, but for a write that covers the whole line.
 */
import { LruSets } from './lru-sets.ts';

export interface Level {
  readonly bytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

export class NaiveTwoLevel {
  readonly l1Reads = { accesses: 0, misses: 0 };
  readonly l1Writes = { accesses: 0, misses: 0 };
  readonly l2Reads = { accesses: 0, misses: 0 };
  readonly l2Writes = { accesses: 0, misses: 0 };
  l1Writebacks = 0;
  l2Writebacks = 0;
  private readonly l1: LruSets<'clean' | 'dirty'>;
  private readonly l2: LruSets<'clean' | 'dirty'>;

  constructor(
    private readonly first: Level,
    private readonly second: Level,
  ) {
    this.l1 = new LruSets(first.bytes / first.lineBytes / first.ways, first.ways);
    this.l2 = new LruSets(second.bytes / second.lineBytes / second.ways, second.ways);
  }

  read(address: number, size: number): void {
    this.each(address, size, (line) => this.access(line, 'read', false));
  }

  write(address: number, size: number): void {
    this.each(address, size, (line, whole) => this.access(line, 'write', whole));
  }

  flush(): void {
    for (const { line, state } of this.l1.all()) if (state === 'dirty') this.writeBack(line);
    for (const { state } of this.l2.all()) if (state === 'dirty') this.l2Writebacks++;
  }

  private each(address: number, size: number, visit: (line: number, whole: boolean) => void): void {
    const { lineBytes } = this.first;
    const end = address + size;
    for (let line = Math.floor(address / lineBytes); line * lineBytes < end; line++) {
      visit(line, line * lineBytes >= address && (line + 1) * lineBytes <= end);
    }
  }

  private access(line: number, how: 'read' | 'write', whole: boolean): void {
    const counts = how === 'read' ? this.l1Reads : this.l1Writes;
    counts.accesses++;
    let entry = this.l1.use(line);
    if (entry === undefined) {
      counts.misses++;
      const victim = this.l1.put(line, 'clean');
      if (victim?.state === 'dirty') this.writeBack(victim.line);
      if (!whole) this.accessL2(line, 'read');
      entry = this.l1.peek(line);
    }
    if (how === 'write' && entry !== undefined) entry.state = 'dirty';
  }

  private writeBack(line: number): void {
    this.l1Writebacks++;
    this.accessL2(line, 'write');
  }

  private accessL2(l1Line: number, how: 'read' | 'write'): void {
    const line = Math.floor((l1Line * this.first.lineBytes) / this.second.lineBytes);
    const counts = how === 'read' ? this.l2Reads : this.l2Writes;
    counts.accesses++;
    let entry = this.l2.use(line);
    if (entry === undefined) {
      counts.misses++;
      if (this.l2.put(line, 'clean')?.state === 'dirty') this.l2Writebacks++;
      entry = this.l2.peek(line);
    }
    if (how === 'write' && entry !== undefined) entry.state = 'dirty';
  }
}
