/**
 * The timer interrupts of a CPU: one every 1 s / HZ, each CPU a little later than the one before it
 * (setup_APIC_timer() spreads them, so that they do not all want the same locks at once).
 */
export class Ticks {
  /** Virtual time of the next one, ns. */
  next: number;
  private readonly phase: number;

  /** `share`: 0 to 1, how far into a tick's length this CPU has its own. */
  constructor(
    private readonly tickNs: number,
    share: number,
  ) {
    this.phase = share * tickNs;
    this.next = this.phase + tickNs;
  }

  /** Number of the next one since the beginning. */
  get jiffies(): number {
    return Math.round((this.next - this.phase) / this.tickNs);
  }

  /** It has been taken. */
  taken(): void {
    this.next += this.tickNs;
  }

  /** Those before `now` were none: the CPU was idle and nobody looked. */
  skipTo(now: number): void {
    if (this.next >= now) return;
    this.next = this.phase + Math.ceil((now - this.phase) / this.tickNs) * this.tickNs;
  }
}
