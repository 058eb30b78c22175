/**
 * A node as coherence sees it: the CPUs that run something, the bus they share with the memory controller, and the
 * remote cache, if the machine has one. The remote cache includes every line of other nodes that the node's CPUs hold;
 * its lines carry the node's MESI state towards the rest of the machine.
 */
import type { MachineSpec } from '../profiles/schema.ts';
import type { Core } from './core.ts';
import { Ledger } from './ledger.ts';
import { INVALID, SetAssoc } from './set-assoc.ts';

export class HardwareNode {
  readonly cores: Core[] = [];
  private busLedger: Ledger | undefined;
  private cache: SetAssoc | undefined;

  constructor(
    private readonly machine: MachineSpec,
    readonly place: number,
    private readonly backlogBytes: number,
  ) {}

  /** Made when it is first used: of thousands of nodes few carry anything. */
  get bus(): Ledger {
    if (this.busLedger === undefined) {
      const spec = this.machine.nodes[this.place].bus ?? this.machine.bus;
      this.busLedger = new Ledger(1000 / spec.bandwidthMBps, spec.queued, this.backlogBytes);
    }
    return this.busLedger;
  }

  get busUsed(): boolean {
    return this.busLedger !== undefined;
  }

  /** The node's state of a line between nodes in its remote cache. */
  remoteCacheState(granule: number): number {
    const at = this.cache?.find(granule) ?? -1;
    return this.cache === undefined || at < 0 ? INVALID : this.cache.states[at];
  }

  get remoteCache(): SetAssoc | undefined {
    const spec = this.machine.remoteCache;
    if (spec !== undefined && this.cache === undefined) {
      this.cache = new SetAssoc({ bytes: spec.mib * 1024 * 1024, ways: spec.ways, lineBytes: spec.lineBytes });
    }
    return this.cache;
  }
}
