/**
 * need_resched of each CPU, and the IPI that makes another CPU look at it: RESCHEDULE_VECTOR, one unicast, of
 * smp_send_reschedule(). Who sends waits for the APIC's command register; who receives pays for the interrupt when it
 * schedules. A CPU that has been told already is not told again.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import type { ScheduleListener } from './scheduler.ts';

export class Reschedules {
  /** Virtual time from which on a CPU is to schedule; Infinity where it is not. */
  readonly at: Float64Array;
  private readonly byIpi: Uint8Array;

  constructor(
    cpus: readonly number[],
    private readonly flush: { readonly icrNs: number; readonly irqNs: number },
    private readonly listener: ScheduleListener,
  ) {
    const most = cpus.reduce((last, cpu) => Math.max(last, cpu), 0);
    this.at = new Float64Array(most + 1).fill(Infinity);
    this.byIpi = new Uint8Array(most + 1);
  }

  /** resched_task(): a CPU is to schedule. `shift`: `on` works this much before its time, or after it, ns. */
  kick(on: KernelCpu, cpu: number, shift = 0): void {
    if (this.at[cpu] <= on.core.clock + shift) return;
    if (cpu !== on.cpu) {
      on.count(C.RESCHEDULE_IPIS);
      on.spend(this.flush.icrNs);
      this.byIpi[cpu] = 1;
    }
    this.kickAt(cpu, on.core.clock + shift);
  }

  /** At a time, at no cost: for a task of a trace, which pays for no scheduler, or one that nobody starts. */
  kickAt(cpu: number, atNs: number): void {
    this.at[cpu] = Math.min(this.at[cpu], atNs);
    this.listener.kicked(cpu);
  }

  /** The CPU schedules: it has looked. */
  taken(on: KernelCpu): void {
    this.at[on.cpu] = Infinity;
    if (this.byIpi[on.cpu] === 0) return;
    this.byIpi[on.cpu] = 0;
    on.spend(this.flush.irqNs);
  }
}
