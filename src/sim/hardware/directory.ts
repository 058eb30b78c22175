/**
 * The directory between nodes: for each line that some node other than its home holds, who holds it, and whether one of
 * them holds it alone (exclusive or modified). Exact and of any width: holders are a linked list of nodes a line, as
 * SCI's sharing list is (IEEE 1596), kept at the home and not strung through the caches. A line without an entry is
 * held at home only.
 *
 * Open addressing over typed arrays; a removed entry is closed up by shifting back, so probes stay short.
 */
const NONE = -1;

export class Directory {
  /** Entries: line (or -1), head of its list of holders, whether held exclusively. */
  private lines = new Int32Array(1024).fill(NONE);
  private heads = new Int32Array(1024);
  private exclusive = new Uint8Array(1024);
  private mask = 1023;
  private count = 0;
  /** Cells of the lists: node and next cell; free ones are chained through `next` from `freeCell`. */
  private cellNode = new Int32Array(1024);
  private cellNext = new Int32Array(1024);
  private cellsUsed = 0;
  private freeCell = NONE;

  /** Entry of a line, or -1. Valid until the next change. */
  find(line: number): number {
    const { lines, mask } = this;
    for (let i = this.slotFor(line); ; i = (i + 1) & mask) {
      if (lines[i] === line) return i;
      if (lines[i] === NONE) return NONE;
    }
  }

  /** True when one node alone holds the line of this entry, with the right to write. */
  isExclusive(entry: number): boolean {
    return this.exclusive[entry] === 1;
  }

  /** First (latest) holder of an entry: of an exclusive one the owner. */
  owner(entry: number): number {
    return this.cellNode[this.heads[entry]];
  }

  holds(entry: number, node: number): boolean {
    for (let cell = this.heads[entry]; cell !== NONE; cell = this.cellNext[cell]) {
      if (this.cellNode[cell] === node) return true;
    }
    return false;
  }

  /** Copies an entry's holders into `into` and returns how many there are; beyond its length they are only counted. */
  holders(entry: number, into: Int32Array): number {
    let count = 0;
    for (let cell = this.heads[entry]; cell !== NONE; cell = this.cellNext[cell]) {
      if (count < into.length) into[count] = this.cellNode[cell];
      count++;
    }
    return count;
  }

  /** Adds a holder that is not there yet (a sharer), or makes the entry. */
  add(line: number, node: number): void {
    let entry = this.find(line);
    if (entry === NONE) entry = this.insert(line);
    this.exclusive[entry] = 0;
    this.heads[entry] = this.newCell(node, this.heads[entry]);
  }

  /** Makes `node` the only holder, with the right to write. */
  setOwner(line: number, node: number): void {
    let entry = this.find(line);
    if (entry === NONE) entry = this.insert(line);
    this.dropCells(entry);
    this.heads[entry] = this.newCell(node, NONE);
    this.exclusive[entry] = 1;
  }

  /** The owner gives up its right to write and stays a sharer. */
  share(entry: number): void {
    this.exclusive[entry] = 0;
  }

  /** Takes a node out of a line's list; the entry goes with its last holder. Nothing happens when it is not there. */
  remove(line: number, node: number): void {
    const entry = this.find(line);
    if (entry === NONE) return;
    let before = NONE;
    for (let cell = this.heads[entry]; cell !== NONE; before = cell, cell = this.cellNext[cell]) {
      if (this.cellNode[cell] !== node) continue;
      if (before === NONE) this.heads[entry] = this.cellNext[cell];
      else this.cellNext[before] = this.cellNext[cell];
      this.freeOne(cell);
      break;
    }
    if (this.heads[entry] === NONE) this.close(entry);
  }

  /** Forgets a line: nobody but its home holds it. */
  clear(line: number): void {
    const entry = this.find(line);
    if (entry === NONE) return;
    this.dropCells(entry);
    this.close(entry);
  }

  /** Calls `visit` for every line, in no particular order; for tests and dumps. */
  forEach(visit: (line: number, exclusive: boolean, nodes: readonly number[]) => void): void {
    for (let entry = 0; entry < this.lines.length; entry++) {
      if (this.lines[entry] === NONE) continue;
      const nodes: number[] = [];
      for (let cell = this.heads[entry]; cell !== NONE; cell = this.cellNext[cell]) nodes.push(this.cellNode[cell]);
      visit(this.lines[entry], this.exclusive[entry] === 1, nodes);
    }
  }

  private slotFor(line: number): number {
    // Fibonacci hashing: neighbouring lines spread over the table.
    return (Math.imul(line, 0x9e3779b1) >>> 8) & this.mask;
  }

  private insert(line: number): number {
    if (this.count * 2 >= this.lines.length) this.grow();
    const { lines, mask } = this;
    let i = this.slotFor(line);
    while (lines[i] !== NONE) i = (i + 1) & mask;
    lines[i] = line;
    this.heads[i] = NONE;
    this.exclusive[i] = 0;
    this.count++;
    return i;
  }

  private close(entry: number): void {
    const { lines, heads, exclusive, mask } = this;
    this.count--;
    let hole = entry;
    for (let i = (hole + 1) & mask; lines[i] !== NONE; i = (i + 1) & mask) {
      const wanted = this.slotFor(lines[i]);
      if (((i - wanted) & mask) < ((i - hole) & mask)) continue;
      lines[hole] = lines[i];
      heads[hole] = heads[i];
      exclusive[hole] = exclusive[i];
      hole = i;
    }
    lines[hole] = NONE;
  }

  private grow(): void {
    const { lines, heads, exclusive } = this;
    const size = lines.length * 2;
    this.lines = new Int32Array(size).fill(NONE);
    this.heads = new Int32Array(size);
    this.exclusive = new Uint8Array(size);
    this.mask = size - 1;
    for (let old = 0; old < lines.length; old++) {
      if (lines[old] === NONE) continue;
      let i = this.slotFor(lines[old]);
      while (this.lines[i] !== NONE) i = (i + 1) & this.mask;
      this.lines[i] = lines[old];
      this.heads[i] = heads[old];
      this.exclusive[i] = exclusive[old];
    }
  }

  private newCell(node: number, next: number): number {
    let cell = this.freeCell;
    if (cell !== NONE) this.freeCell = this.cellNext[cell];
    else {
      if (this.cellsUsed === this.cellNode.length) {
        const bigger = this.cellNode.length * 2;
        const nodes = new Int32Array(bigger);
        const nexts = new Int32Array(bigger);
        nodes.set(this.cellNode);
        nexts.set(this.cellNext);
        this.cellNode = nodes;
        this.cellNext = nexts;
      }
      cell = this.cellsUsed++;
    }
    this.cellNode[cell] = node;
    this.cellNext[cell] = next;
    return cell;
  }

  private freeOne(cell: number): void {
    this.cellNext[cell] = this.freeCell;
    this.freeCell = cell;
  }

  private dropCells(entry: number): void {
    for (let cell = this.heads[entry]; cell !== NONE;) {
      const next = this.cellNext[cell];
      this.freeOne(cell);
      cell = next;
    }
    this.heads[entry] = NONE;
  }
}
