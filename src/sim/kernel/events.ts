/**
 * What happens when, for a timeline: spans of virtual time on a CPU that the kernel's parts report as they end. Nobody
 * listens unless a person asked for a timeline, so every report goes through `parts.events?.`, which costs one test.
 * The engine draws them (engine/events.ts); this file is only what the kernel has to know.
 *
 * Use, in a part: `const start = on.core.clock; ... parts.events?.span('flush', on, start, pages);`
 */
import type { KernelCpu } from './cpu.ts';

const names = [
  /** A page fault; detail: the virtual page number. */
  'fault',
  /** A fault that had to wait for a disk; detail: the virtual page number. */
  'major fault',
  /** try_to_free_pages() of a task; detail: pages freed. */
  'direct reclaim',
  /** One pass of kswapd; detail: pages freed. */
  'kswapd',
  /** A TLB flush that other CPUs take part in; detail: pages, 0 for the whole address space. */
  'tlb flush',
  /** flush_all_zero_pkmaps(); detail: slots that were given back. */
  'kmap flush',
] as const;

export type KernelEvent = (typeof names)[number];
export const kernelEvents: readonly KernelEvent[] = names;

export interface KernelEvents {
  /** Something that `on` did from `startNs` (of its clock) until now. */
  span(event: KernelEvent, on: KernelCpu, startNs: number, detail: number): void;
  /** A request that `on` makes wakes the thread of this name, which slept. */
  woken?(on: KernelCpu, thread: string): void;
  /** A request of `on` for 2^order pages finds none, and the kernel gives up. */
  outOfMemory?(on: KernelCpu, order: number): void;
}
