/**
 * What programs see of their memory, as POSIX and the i386 ABI have it in pages of 4 KiB: a map of pages per process. A
 * page is a cell with the last value stored; a shared page is one cell for all, a private one is copied by fork. The judge of
 * the memory manager, whatever its page clusters and page tables.
 */
export interface Cell {
  value: number;
}

interface SeenPage {
  readonly cell: Cell;
  readonly shared: boolean;
  writable: boolean;
  /** What the page maps, so that a longer mapping goes on there; undefined: memory of its own. */
  readonly source: PageSource | undefined;
}

/** A file or a segment, and a page of it. */
export interface PageSource {
  readonly cells: Cell[];
  readonly pgoff: number;
}

export class Program {
  readonly pages = new Map<number, SeenPage>();

  map(vpn: number, count: number, writable: boolean, shared: boolean, source?: PageSource): void {
    for (let i = 0; i < count; i++) {
      this.pages.set(vpn + i, page(writable, shared, source && { ...source, pgoff: source.pgoff + i }));
    }
  }

  unmap(vpn: number, count: number): void {
    for (let i = 0; i < count; i++) this.pages.delete(vpn + i);
  }

  protect(vpn: number, count: number, writable: boolean): void {
    for (let i = 0; i < count; i++) this.at(vpn + i).writable = writable;
  }

  /** mremap from one mapping, whose pages are all alike, to `to`; the old pages are gone. */
  move(vpn: number, count: number, to: number, newCount: number): void {
    const moved = Array.from({ length: count }, (_, i) => this.at(vpn + i));
    const last = moved[count - 1];
    this.unmap(vpn, count);
    for (let i = 0; i < newCount; i++) {
      const { source } = last;
      const next = source && { ...source, pgoff: source.pgoff + i - count + 1 };
      this.pages.set(to + i, i < count ? moved[i] : page(last.writable, last.shared, next));
    }
  }

  /** remap_file_pages of a shared mapping. */
  remapPages(vpn: number, count: number, cells: Cell[], pgoff: number): void {
    for (let i = 0; i < count; i++) {
      const { writable } = this.at(vpn + i);
      this.pages.set(vpn + i, page(writable, true, { cells, pgoff: pgoff + i }));
    }
  }

  fork(): Program {
    const child = new Program();
    for (const [vpn, each] of this.pages) {
      child.pages.set(vpn, { ...each, cell: each.shared ? each.cell : { value: each.cell.value } });
    }
    return child;
  }

  isMapped(vpn: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (!this.pages.has(vpn + i)) return false;
    return true;
  }

  isFree(vpn: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.pages.has(vpn + i)) return false;
    return true;
  }

  private at(vpn: number): SeenPage {
    const found = this.pages.get(vpn);
    if (found === undefined) throw new Error(`page ${vpn} is not mapped`);
    return found;
  }
}

function page(writable: boolean, shared: boolean, source: PageSource | undefined): SeenPage {
  const of = source?.cells[source.pgoff];
  return { cell: shared && of !== undefined ? of : { value: of?.value ?? 0 }, shared, writable, source };
}
