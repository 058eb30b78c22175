/**
 * Address spaces as a program sees them, without any page table: private memory belongs to the process and is copied
 * whole at fork, shared memory belongs to the segment. The slow twin of page tables, however shared or clustered.
 */

interface Area {
  /** Undefined: private, by virtual page. */
  readonly segment: number | undefined;
  /** File that untouched private pages show, with its first page; undefined: zeroes. */
  readonly file: number | undefined;
  readonly pgoff: number;
}

export class NaiveSpaces {
  /** Per process: virtual page to the area that it lies in (its offset there), and its private contents. */
  private readonly areas = new Map<number, Map<number, Area>>();
  private readonly contents = new Map<number, Map<number, number>>();
  private readonly segments = new Map<string, number>();

  spawn(process: number): void {
    this.areas.set(process, new Map());
    this.contents.set(process, new Map());
  }

  map(process: number, start: number, end: number, shared: boolean, file: number | undefined, pgoff: number): void {
    for (let vpn = start; vpn < end; vpn++) {
      const area = { segment: shared ? file : undefined, file, pgoff: pgoff + vpn - start };
      this.of(process).set(vpn, area);
      this.contents.get(process)?.delete(vpn);
    }
  }

  unmap(process: number, start: number, end: number): void {
    for (let vpn = start; vpn < end; vpn++) {
      this.of(process).delete(vpn);
      this.contents.get(process)?.delete(vpn);
    }
  }

  move(process: number, from: number, to: number, pages: number): void {
    const areas = this.of(process);
    const contents = this.contents.get(process);
    for (let i = 0; i < pages; i++) {
      const area = areas.get(from + i);
      const held = contents?.get(from + i);
      this.unmap(process, from + i, from + i + 1);
      if (area !== undefined) areas.set(to + i, area);
      if (held !== undefined) contents?.set(to + i, held);
    }
  }

  fork(parent: number, child: number): void {
    this.areas.set(child, new Map(this.of(parent)));
    this.contents.set(child, new Map(this.contents.get(parent)));
  }

  exit(process: number): void {
    this.areas.delete(process);
    this.contents.delete(process);
  }

  read(process: number, vpn: number): number {
    const area = this.of(process).get(vpn);
    if (area === undefined) throw new Error(`page ${vpn} is not mapped`);
    const own = area.segment === undefined ? this.contents.get(process)?.get(vpn) : undefined;
    if (own !== undefined) return own;
    return area.file === undefined ? 0 : (this.segments.get(`${area.file} ${area.pgoff}`) ?? 0);
  }

  write(process: number, vpn: number, tag: number): void {
    const area = this.of(process).get(vpn);
    if (area?.segment !== undefined) this.segments.set(`${area.segment} ${area.pgoff}`, tag);
    else this.contents.get(process)?.set(vpn, tag);
  }

  private of(process: number): Map<number, Area> {
    const areas = this.areas.get(process);
    if (areas === undefined) throw new Error(`no process ${process}`);
    return areas;
  }
}
