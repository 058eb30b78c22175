/** Tells several listeners what kernel and tasks report: a timeline that goes into a file, and markers for a screen. */
import type { KernelCpu } from '../kernel/cpu.ts';
import type { KernelEvent, KernelEvents } from '../kernel/events.ts';
import type { Task } from '../kernel/task.ts';
import type { Errno } from './failed-calls.ts';
import type { TaskTimeline } from './script-run.ts';

export type RunListener = KernelEvents & TaskTimeline;

/** One listener for all of them; undefined where there are none, so that reports cost one test. */
export function listenerOf(listeners: readonly (RunListener | undefined)[]): RunListener | undefined {
  const there = listeners.filter((listener) => listener !== undefined);
  return there.length < 2 ? there[0] : new EventFan(there);
}

class EventFan implements KernelEvents, TaskTimeline {
  constructor(private readonly listeners: readonly RunListener[]) {}

  span(event: KernelEvent, on: KernelCpu, startNs: number, detail: number): void {
    for (const listener of this.listeners) listener.span(event, on, startNs, detail);
  }

  woken(on: KernelCpu, thread: string): void {
    for (const listener of this.listeners) listener.woken?.(on, thread);
  }

  outOfMemory(on: KernelCpu, order: number): void {
    for (const listener of this.listeners) listener.outOfMemory?.(on, order);
  }

  migrated(on: KernelCpu, task: Task, from: number): void {
    for (const listener of this.listeners) listener.migrated(on, task, from);
  }

  waited(on: KernelCpu, task: Task, startNs: number, ns: number): void {
    for (const listener of this.listeners) listener.waited(on, task, startNs, ns);
  }

  turned(on: KernelCpu, name: string, value: number): void {
    for (const listener of this.listeners) listener.turned(on, name, value);
  }

  refused(on: KernelCpu, task: Task, call: string, errno: Errno): void {
    for (const listener of this.listeners) listener.refused(on, task, call, errno);
  }

  phase(on: KernelCpu, words: string): void {
    for (const listener of this.listeners) listener.phase?.(on, words);
  }
}
