/**
 * Distances between nodes as the 2.6.11 zonelists use them (asm-generic/topology.h: 10 local, 20 remote). A kernel of
 * those years read them from firmware where there was any; the lab derives them from the unloaded latencies of the
 * machine's interconnect (hardware/routes.ts) as round(10 x latency / local latency), at least 10, and keeps 10 and 20
 * where the latencies are not known.
 */
import { makeRoutes } from '../../hardware/routes.ts';
import type { MachineSpec } from '../../profiles/schema.ts';

const LOCAL_DISTANCE = 10;
const REMOTE_DISTANCE = 20;

/** Distances from node `from` to every node, by index: 10 is local. Throws InputError where nothing joins the nodes. */
export function distanceRows(machine: MachineSpec): (from: number) => Float64Array {
  const routes = makeRoutes(machine);
  return (from) => {
    const own = routes.missNs(from, from);
    const local = own > 0 ? own : machine.localNs;
    const row = new Float64Array(machine.nodes.length);
    for (let to = 0; to < row.length; to++) {
      const ns = routes.missNs(from, to);
      const known = local > 0 && ns > 0 && ns < Infinity;
      row[to] = known ? Math.max(LOCAL_DISTANCE, Math.round((LOCAL_DISTANCE * ns) / local)) : REMOTE_DISTANCE;
    }
    row[from] = LOCAL_DISTANCE;
    return row;
  };
}
