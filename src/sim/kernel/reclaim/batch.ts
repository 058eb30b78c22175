/** A private list of pages that page replacement has taken off the LRU, in the order in which they came off it. */
export class Batch {
  pages = new Int32Array(256);
  size = 0;

  push(page: number): void {
    if (this.size === this.pages.length) {
      const bigger = new Int32Array(this.size * 2);
      bigger.set(this.pages);
      this.pages = bigger;
    }
    this.pages[this.size++] = page;
  }

  clear(): void {
    this.size = 0;
  }
}
