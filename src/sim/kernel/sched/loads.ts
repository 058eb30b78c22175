/**
 * What balancing and placing see of the runqueues: how many tasks are runnable where. Reads are lockless, as in
 * kernel/sched.c of 2.6.0: whoever decides by them decides by what they were an instant ago.
 */
import type { KAddr } from '../../base/units.ts';

export interface NodeLoads {
  /** CPUs of a node that tasks may run on, ascending; nodes by place. */
  readonly cpusOf: readonly (readonly number[])[];
  /** Place of a CPU's node. */
  nodeOf(cpu: number): number;
  /** nr_running of a CPU's runqueue. */
  running(cpu: number): number;
  /** node_nr_running[place]. */
  nodeRunning(place: number): number;
  /** Where the CPU's struct runqueue and the node's counter lie. */
  queueAt(cpu: number): KAddr;
  nodeAt(place: number): KAddr;
}
