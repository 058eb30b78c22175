/** A booted kernel under memory pressure: a task that waits for its disks, and kernel threads that run while it does. */
import type { Task } from '../../src/sim/kernel/task.ts';
import type { BootedKernel } from './kernel.ts';

const MOST_STEPS = 100_000;

/** The task sleeps off what it has to wait for; then every kernel thread that is ready works, on the same CPU. */
export function rest({ kernel, on }: BootedKernel, task: Task): void {
  const cpu = on();
  cpu.core.clock += task.waitNs;
  task.waitNs = 0;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const thread = kernel.reclaim.threads.find((one) => one.ready(cpu.core.clock));
    if (thread === undefined) return;
    thread.step(cpu);
    cpu.core.clock += task.waitNs;
    task.waitNs = 0;
  }
  throw new Error('kernel threads do not come to an end');
}

/** Kernel threads alone, for so long (ns). */
export function settle(booted: BootedKernel, task: Task, ns: number): void {
  const { clock } = booted.on().core;
  for (let i = 1; i <= 100; i++) {
    booted.on().core.clock = Math.max(booted.on().core.clock, clock + (ns * i) / 100);
    rest(booted, task);
  }
}
