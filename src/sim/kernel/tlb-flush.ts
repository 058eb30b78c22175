/**
 * TLB shootdown: flush_tlb_page(), flush_tlb_mm() and flush_tlb_all() of arch/i386/kernel/smp.c, 2.6.0, with one global
 * tlbstate_lock and one flush_cpumask that every receiver writes; and which CPU holds which address space (switch_mm(),
 * lazy TLBs of kernel threads). IPIs are a sequence of unicasts wherever the APICs are not in flat mode (more than eight
 * CPUs, or several nodes: asm-i386/mach-numaq/mach_ipi.h), so a flush is linear in the receivers.
 *
 * t = n x ICR + one interrupt with its flush + n transfers of the acknowledged line + (later) the refills. Deviations: the
 * receivers' interrupts are put on their clocks at once, wherever these stand, and the sender pays for the transfers of
 * the mask's line; waiting for tlbstate_lock is not modelled; a range is always flushed as flush_tlb_mm() does it.
 */
import * as C from '../base/counters.ts';
import type { KAddr } from '../base/units.ts';
import type { KernelCpu } from './cpu.ts';
import { FN } from './functions.ts';
import type { Mm } from './mm/mm.ts';
import type { KernelParts } from './parts.ts';

/** Flat mode has a bit for each of eight CPUs. */
const FLAT_CPUS = 8;
const LINE_BYTES = 32;
/** The whole address space: no single page. */
const ALL = -1;

export class TlbFlush {
  /** flush_cpumask, flush_mm and flush_va. */
  private readonly maskAt: KAddr;
  private readonly lockAt: KAddr;
  private readonly callAt: KAddr;
  /** active_mm of each CPU, and whether a kernel thread has borrowed it. */
  private readonly active = new Map<number, Mm>();
  private readonly lazy = new Set<number>();
  /** Pid whose tables a CPU has loaded: with UKVA per task the threads of an mm differ. */
  private readonly loadedPid = new Map<number, number>();
  private readonly cpus: number;
  private readonly unicast: boolean;

  constructor(private readonly parts: KernelParts) {
    const { nodes } = parts.profile.machine;
    this.cpus = nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.unicast = this.cpus > FLAT_CPUS || nodes.filter(({ cpus }) => cpus > 0).length > 1;
    this.maskAt = parts.data.claim(LINE_BYTES);
    this.lockAt = parts.data.claim(LINE_BYTES);
    this.callAt = parts.data.claim(LINE_BYTES);
  }

  /** flush_tlb_page(): one page of an mm, on every CPU that may hold it. */
  page(on: KernelCpu, mm: Mm, vpn: number): void {
    const start = on.core.clock;
    const outer = on.enter(FN.flush_tlb);
    this.flushOwn(on, mm, vpn);
    const others = this.others(on, mm, vpn);
    on.leave(outer);
    if (others) this.parts.events?.span('tlb flush', on, start, 1);
  }

  /** flush_tlb_mm(), and flush_tlb_range(), which is the same: the whole user TLB. */
  mm(on: KernelCpu, mm: Mm): void {
    const start = on.core.clock;
    const outer = on.enter(FN.flush_tlb);
    this.flushOwn(on, mm, ALL);
    const others = this.others(on, mm, ALL);
    on.leave(outer);
    if (others) this.parts.events?.span('tlb flush', on, start, 0);
  }

  /** flush_tlb_all(): every CPU of the machine, global pages too; CPUs with a lazy TLB leave their mm. */
  all(on: KernelCpu): void {
    const start = on.core.clock;
    const outer = on.enter(FN.smp_call_function);
    const others = this.cpus - 1;
    if (others > 0) {
      on.lock('call_lock', this.callAt);
      on.write(this.maskAt);
      this.payIpis(on, others);
      let waits = 0;
      for (const cpu of this.parts.machine.cores.keys()) {
        if (cpu === on.cpu) continue;
        this.interrupt(cpu, undefined, ALL);
        waits += this.transferNs(on, cpu);
      }
      // CPUs that run nothing take the interrupt too, as far away as the others of the machine are on average.
      const known = Math.max(0, this.parts.machine.cores.size - 1);
      const each = known === 0 ? this.parts.profile.machine.transferNs : waits / known;
      on.spend(each * others);
      on.atomic(this.maskAt);
      on.count(C.TLB_SHOOTDOWNS);
      on.unlock('call_lock', this.callAt);
    }
    const lazy = this.lazy.has(on.cpu);
    if (lazy) this.leaveMm(on.cpu);
    this.flushHere(on, ALL);
    this.parts.replication?.reloaded(on, lazy ? undefined : this.active.get(on.cpu));
    on.leave(outer);
    if (others > 0) this.parts.events?.span('tlb flush', on, start, 0);
  }

  /**
   * switch_mm(), at a context switch, before the core loads its page table: `mm` undefined is a kernel thread, which
   * borrows the mm that is there (lazy TLB).
   */
  loaded(on: KernelCpu, mm: Mm | undefined): void {
    const { cpu } = on;
    if (mm === undefined) {
      if (this.active.has(cpu)) this.lazy.add(cpu);
      return;
    }
    const outer = on.enter(FN.switch_mm);
    const before = this.active.get(cpu);
    this.lazy.delete(cpu);
    const pid = on.task?.pid ?? 0;
    if (before === mm) {
      const lost = !mm.cpus.has(cpu);
      const otherTask = this.parts.traits.ukva === 'task' && this.loadedPid.get(cpu) !== pid;
      if (lost || otherTask) {
        this.flushHere(on, ALL);
      }
      // It has run on the kernel's own tables meanwhile (leave_mm()).
      if (lost) this.parts.replication?.switched(on, mm, undefined);
    } else {
      before?.cpus.delete(cpu);
      on.spend(this.parts.profile.kernel.flush.flushNs);
      this.parts.replication?.switched(on, mm, before);
      this.active.set(cpu, mm);
    }
    this.loadedPid.set(cpu, pid);
    mm.cpus.add(cpu);
    on.atomic(mm.at);
    on.leave(outer);
  }

  /** The mm whose translations a CPU may hold, its own task's or a borrowed one. */
  activeMm(cpu: number): Mm | undefined {
    return this.active.get(cpu);
  }

  /** flush_tlb_others(): IPIs to the CPUs of mm but this one; false where there are none. */
  private others(on: KernelCpu, mm: Mm, vpn: number): boolean {
    const receivers = mm.cpus.size - (mm.cpus.has(on.cpu) ? 1 : 0);
    if (receivers === 0) return false;
    on.lock('tlbstate_lock', this.lockAt);
    on.write(this.maskAt);
    this.payIpis(on, receivers);
    // In the order of their numbers; leave_mm() takes CPUs out of the set on the way.
    for (const cpu of [...mm.cpus].sort((a, b) => a - b)) {
      if (cpu === on.cpu) continue;
      this.interrupt(cpu, mm, vpn);
      on.spend(this.transferNs(on, cpu));
    }
    on.atomic(this.maskAt);
    on.unlock('tlbstate_lock', this.lockAt);
    on.count(C.TLB_SHOOTDOWNS);
    return true;
  }

  /** The sender's time until the last receiver has flushed, but for the transfers of the mask. */
  private payIpis(on: KernelCpu, receivers: number): void {
    const { icrNs, irqNs, flushNs } = this.parts.profile.kernel.flush;
    on.count(C.IPIS, receivers);
    on.spend((this.unicast ? receivers : 1) * icrNs + irqNs + flushNs);
  }

  /** smp_invalidate_interrupt() on a receiver: flushes what it has loaded, or leaves an mm that it only borrowed. */
  private interrupt(cpu: number, mm: Mm | undefined, vpn: number): void {
    const receiver = this.parts.cpu(cpu);
    const outer = receiver.enter(FN.smp_invalidate_interrupt);
    receiver.spend(this.parts.profile.kernel.flush.irqNs);
    const leaves = this.lazy.has(cpu) && (mm === undefined || this.active.get(cpu) === mm);
    if (leaves) this.leaveMm(cpu);
    else this.flushHere(receiver, vpn);
    // flush_tlb_all() takes the large global pages of the kernel too.
    if (mm === undefined) this.parts.replication?.reloaded(receiver, leaves ? undefined : this.active.get(cpu));
    receiver.leave(outer);
  }

  /** leave_mm(): a kernel thread that borrowed an mm loads the kernel's own tables. */
  private leaveMm(cpu: number): void {
    const on = this.parts.cpu(cpu);
    this.active.get(cpu)?.cpus.delete(cpu);
    this.flushHere(on, ALL);
  }

  /** The sender's own TLB, where its CPU is in the mm's mask. */
  private flushOwn(on: KernelCpu, mm: Mm, vpn: number): void {
    if (!mm.cpus.has(on.cpu)) return;
    if (this.lazy.has(on.cpu)) this.leaveMm(on.cpu);
    else this.flushHere(on, vpn);
  }

  private flushHere(on: KernelCpu, vpn: number): void {
    const { flushNs, invlpgNs } = this.parts.profile.kernel.flush;
    if (vpn === ALL) {
      on.core.flushTlb();
      on.spend(flushNs);
    } else {
      on.core.flushTlbPage(vpn);
      on.spend(invlpgNs);
    }
  }

  /** One line from the receiver's caches to the sender, as far apart as they are. */
  private transferNs(on: KernelCpu, cpu: number): number {
    const { machine, profile } = this.parts;
    const from = machine.cores.get(cpu)?.node ?? machine.placeOf(cpu);
    return from === on.node ? profile.machine.transferNs : machine.interconnect.missNs(on.node, from);
  }
}
