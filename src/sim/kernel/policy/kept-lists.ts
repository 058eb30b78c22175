/** Zonelists made for a policy or a binding, kept as long as that lives: faults look them up and make none. */
import type { ReadyZonelist } from '../page-alloc.ts';

/** More than any machine has CPUs. */
const CPUS = 2 ** 15;

export class KeptLists {
  private readonly lists = new WeakMap<object, Map<number, ReadyZonelist>>();

  /** `variant`: which of the owner's lists, as a CPU goes through it. */
  get(owner: object, variant: number, cpu: number): ReadyZonelist | undefined {
    return this.lists.get(owner)?.get(variant * CPUS + cpu);
  }

  keep(owner: object, variant: number, cpu: number, list: ReadyZonelist): ReadyZonelist {
    let own = this.lists.get(owner);
    if (own === undefined) {
      own = new Map();
      this.lists.set(owner, own);
    }
    own.set(variant * CPUS + cpu, list);
    return list;
  }
}
