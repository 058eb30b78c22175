/**
 * find_busiest_node() of kernel/sched.c. Load of a node is what it was when this runqueue last looked, halved, and what
 * runs there now: sudden peaks are flattened. 2.6.0 counts ten times the runnable tasks a CPU (f73bdf8232, June 2003),
 * 2.5.59 the tasks as they are, whatever CPUs the node has. A node is chosen if it is the busiest of all and beyond
 * NODE_THRESHOLD per cent of one's own. All divisions are those of integers.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { NodeLoads } from './loads.ts';

export const NODE_THRESHOLD = 125;

/** 10 * node_nr_running / nr_cpus_node, or node_nr_running as it is; nodes without CPUs have no load. */
export function loadOf(running: number, cpus: number, normalised: boolean): number {
  return normalised ? Math.floor((10 * running) / cpus) : running;
}

export class NodeBalance {
  /** prev_node_load[] of every runqueue. */
  private readonly previous = new Map<number, Int32Array>();

  constructor(
    private readonly loads: NodeLoads,
    private readonly normalised: boolean,
  ) {}

  /** Place of the node that CPU `on` should take tasks from; -1 for none. Remembers what it has seen. */
  findBusiest(on: KernelCpu): number {
    const { loads } = this;
    const outer = on.enter(FN.find_busiest_node);
    const own = loads.nodeOf(on.cpu);
    const previous = this.previousOf(on.cpu);
    const ownLoad = this.look(on, previous, own);
    let most = ownLoad;
    let busiest = -1;
    for (let place = 0; place < previous.length; place++) {
      if (place === own || loads.cpusOf[place].length === 0) continue;
      const load = this.look(on, previous, place);
      if (load > most && 100 * load > NODE_THRESHOLD * ownLoad) {
        most = load;
        busiest = place;
      }
    }
    on.leave(outer);
    return busiest;
  }

  private look(on: KernelCpu, previous: Int32Array, place: number): number {
    const { loads, normalised } = this;
    on.read(loads.nodeAt(place));
    const load = (previous[place] >> 1) + loadOf(loads.nodeRunning(place), loads.cpusOf[place].length, normalised);
    previous[place] = load;
    return load;
  }

  private previousOf(cpu: number): Int32Array {
    let previous = this.previous.get(cpu);
    if (previous === undefined) {
      previous = new Int32Array(this.loads.cpusOf.length);
      this.previous.set(cpu, previous);
    }
    return previous;
  }
}
