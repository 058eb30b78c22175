/**
 * Read-ahead windows of read(): page_cache_readahead() of mm/readahead.c, 2.6.0, per reader and file. A window of pages is
 * read at once; reaching its first page starts the next one ahead of it; sequential reads let the window grow by two
 * pages, others let it shrink by two, down to none. At most 32 pages of 4 KiB; a file read from its start begins with half
 * of that.
 *
 * Deviations: ra_pages is 128 KiB for every device and kernel (2.4's generic_file_readahead() has other windows of the same
 * size); thrashing detection (a window whose pages went before they were read) is left out.
 */
const MOST_FRAMES = 32;

export class Readahead {
  private next = 0;
  private previous = -1;
  private start = -1;
  private size = 0;
  private aheadStart = -1;
  private aheadSize = 0;
  private readonly most: number;

  /** `shift`: PAGE_MMUSHIFT. */
  constructor(shift: number) {
    this.most = Math.max(1, MOST_FRAMES >> shift);
  }

  /** The reader asks for page `index`; `submit` is called for each range of pages to be read. */
  access(index: number, submit: (first: number, count: number) => void): void {
    if (index === this.previous) return;
    const first = this.start < 0;
    if (first) this.next = index === 0 ? Math.ceil(this.most / 2) : 0;
    else if (index === this.previous + 1) this.next = Math.min(this.most, this.next + 2);
    else this.next = Math.max(0, this.next - 2);
    this.previous = index;
    if (index >= this.aheadStart && index < this.aheadStart + this.aheadSize) {
      this.start = this.aheadStart;
      this.size = this.aheadSize;
      this.ahead(submit);
    } else if (first || index < this.start || index >= this.start + this.size) {
      this.start = index;
      this.size = Math.max(1, this.next);
      this.aheadSize = 0;
      submit(this.start, this.size);
      if (this.next > 0) this.ahead(submit);
    }
  }

  private ahead(submit: (first: number, count: number) => void): void {
    this.aheadStart = this.start + this.size;
    this.aheadSize = this.next;
    if (this.aheadSize > 0) submit(this.aheadStart, this.aheadSize);
  }
}

/** MMAP_LOTSAMISS of mm/filemap.c. */
const LOTS_OF_MISSES = 100;

/**
 * Whether a fault on a mapped file reads around the page that it misses: filemap_nopage() counts faults that find their page
 * in the cache and faults that do not (f_ra.mmap_hit, mmap_miss), and reads the page alone once the misses are 100 ahead.
 */
export class Readaround {
  private hits = 0;
  private misses = 0;

  /** The page was there. */
  hit(): void {
    this.hits++;
  }

  /** The page was not there: true where its neighbours are to be read with it. */
  miss(): boolean {
    this.misses++;
    if (this.misses <= this.hits + LOTS_OF_MISSES) return true;
    // The page is read and looked up again, which is a hit: so misses stay 100 ahead until a page is found by itself.
    this.hits++;
    return false;
  }
}
