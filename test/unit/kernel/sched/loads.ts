/** Runqueues as a table that a test writes: so many runnable tasks a CPU, nodes of so many CPUs. */
import type { NodeLoads } from '../../../../src/sim/kernel/sched/loads.ts';
import type { StaticData } from '../../../../src/sim/kernel/static-data.ts';

export interface TableLoads extends NodeLoads {
  /** nr_running by CPU. */
  readonly table: number[];
}

/** `cpusOf`: how many CPUs each node has. */
export function tableLoads(data: StaticData, cpusOf: readonly number[]): TableLoads {
  const firsts = cpusOf.map((_, place) => cpusOf.slice(0, place).reduce((sum, count) => sum + count, 0));
  const lists = cpusOf.map((count, place) => Array.from({ length: count }, (_, index) => firsts[place] + index));
  const table = lists.flat().map(() => 0);
  const queues = table.map(() => data.claim(256));
  const nodes = cpusOf.map(() => data.claim(128));
  return {
    table,
    cpusOf: lists,
    nodeOf: (cpu) => lists.findIndex((cpus) => cpus.includes(cpu)),
    running: (cpu) => table[cpu],
    nodeRunning: (place) => lists[place].reduce((sum, cpu) => sum + table[cpu], 0),
    queueAt: (cpu) => queues[cpu],
    nodeAt: (place) => nodes[place],
  };
}
