/**
 * A node as coherence sees it: the CPUs that run something, the bus they share with the memory controller, and the
 * remote cache, if the machine has one. The remote cache includes every line of other nodes that the node's CPUs hold;
 * its lines carry the node's MESI state towards the rest of the machine.
 */
import type { Core } from './core.ts';
import type { Ledger } from './ledger.ts';
import type { SetAssoc } from './set-assoc.ts';

export interface HardwareNode {
  readonly place: number;
  readonly cores: Core[];
  readonly bus: Ledger;
  readonly remoteCache: SetAssoc | undefined;
}
