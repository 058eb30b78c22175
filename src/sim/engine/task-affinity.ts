/** The operations by which a task says where it may, or wants to, run; a call that fails is listed. */
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Syscalls } from '../kernel/syscalls.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf } from '../workloads/operations.ts';
import type { FailedCalls } from './failed-calls.ts';

interface World {
  readonly host: { readonly syscalls: Pick<Syscalls, 'setAffinity' | 'place'> };
  readonly failedCalls: FailedCalls;
}

/** `place`: of the operation in the script. Returns true where the task goes on on another CPU. */
export function setWhere(
  { host, failedCalls }: World,
  on: KernelCpu,
  task: Task,
  operation: OperationOf<'setAffinity' | 'place'>,
  place: string,
): boolean {
  const { syscalls } = host;
  if (operation.op === 'setAffinity') {
    const result = syscalls.setAffinity(on, task, operation.cpus);
    failedCalls.returned(on, task, place, 'sched_setaffinity', result);
  } else failedCalls.returned(on, task, place, 'place', syscalls.place(on, task, operation.node));
  return !task.cpus.includes(on.cpu);
}
