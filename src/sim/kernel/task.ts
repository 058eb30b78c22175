/**
 * A task: task_struct as far as the memory manager, the clock and the reports need it. What it executes is its program
 * (workloads/program.ts by way of the engine); kernel threads have none and no address space.
 */
import type { KAddr } from '../base/units.ts';
import type { Mm } from './mm/mm.ts';
import type { MemPolicy, TaskBinding } from './policy/mempolicy.ts';
import { SchedState } from './sched/sched-state.ts';

export type TaskState = 'running' | 'runnable' | 'sleeping' | 'waiting' | 'dead';

export class Task {
  state: TaskState = 'runnable';
  mm: Mm | undefined;
  /** What the operation in hand has to wait for (disks), ns; the task sleeps it off when the operation is over. */
  waitNs = 0;
  userNs = 0;
  systemNs = 0;
  /** Time slept for I/O. */
  ioNs = 0;
  minorFaults = 0;
  majorFaults = 0;
  /** PF_MEMALLOC: reclaims for itself and may go below every mark. */
  memalloc = false;
  /** Virtual time of birth and of death (-1 before), ns. */
  diedAt = -1;
  /** CPU it ran on last, -1 for none. */
  lastCpu = -1;
  /** Kernel stack, low memory. */
  stack: KAddr = 0 as KAddr;
  /** Its task_struct; 0 for tasks of traces, which are not the kernel's. */
  at: KAddr = 0 as KAddr;
  readonly sched = new SchedState();
  readonly children: Task[] = [];
  /** set_mempolicy(): undefined is the default; and mem_setbinding() of 2002. */
  policy: MemPolicy | undefined;
  binding: TaskBinding | undefined;
  /** Interleave in turn: place of the next node in the policy's (il_next), and pages that it has had of late. */
  ilNext = 0;
  ilGiven = 0;
  /** Its row in the machine's locality counts (hardware/locality.ts). */
  locality = -1;

  constructor(
    readonly pid: number,
    /** comm. */
    public name: string,
    readonly parent: Task | undefined,
    /** CPUs it may run on. */
    public cpus: readonly number[],
    readonly bornAt: number,
  ) {}
}
