/**
 * Page writes that disks have not done yet, ordered by the time at which they are: what a completion interrupt would tell
 * the kernel. Nearly sorted as they come (a disk serves requests in order), so an insertion from the end is short.
 */
export class InFlight {
  private times: number[] = [];
  private pages: number[] = [];
  private head = 0;

  get size(): number {
    return this.times.length - this.head;
  }

  /** Time at which the `count`-th of them is done, or the last where there are fewer; Infinity for none. */
  doneAt(count: number): number {
    const { times, head } = this;
    return times.length === head ? Infinity : times[Math.min(head + count, times.length) - 1];
  }

  push(page: number, time: number): void {
    const { times, pages } = this;
    let at = times.length;
    while (at > this.head && times[at - 1] > time) at--;
    if (at === times.length) {
      times.push(time);
      pages.push(page);
    } else {
      times.splice(at, 0, time);
      pages.splice(at, 0, page);
    }
  }

  /** The first page that is done by `now`, taken off, or -1. `time` says when it was. */
  take(now: number): number {
    const { head } = this;
    if (head === this.times.length || this.times[head] > now) return -1;
    this.time = this.times[head];
    const page = this.pages[head];
    this.head++;
    if (this.head > 1024 && this.head * 2 > this.times.length) {
      this.times = this.times.slice(this.head);
      this.pages = this.pages.slice(this.head);
      this.head = 0;
    }
    return page;
  }

  /** When the page that take() gave was done. */
  time = 0;
}
