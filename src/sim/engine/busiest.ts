/** The memory bus or link that was taken for the largest part of a run: what a workload runs into first. */
import type { Machine } from '../hardware/machine.ts';
import type { BusyResource } from './locality-report.ts';

/** The busiest of all memory buses and links, and the busiest link, of the `measuredNs` that were measured; null where none carried anything. */
export function busiestOf(
  machine: Machine,
  idOf: (place: number) => number,
  measuredNs: number,
): { readonly busiest: BusyResource | null; readonly busiestLink: BusyResource | null } {
  const utilisation = (busyNs: number): number => (measuredNs <= 0 ? 0 : (100 * busyNs) / measuredNs);
  let bus: BusyResource | null = null;
  for (const node of machine.nodes) {
    if (!node.busUsed) continue;
    const id = idOf(node.place);
    const name = `memory bus of node ${id}`;
    bus = busier(bus, { kind: 'memory bus', name, from: id, to: id, utilisation: utilisation(node.bus.measuredNs) });
  }
  let link: BusyResource | null = null;
  for (const { from, to, ledger } of machine.interconnect.used()) {
    const ends = { from: from < 0 ? -1 : idOf(from), to: to < 0 ? -1 : idOf(to) };
    link = busier(link, { kind: 'link', name: linkName(ends), ...ends, utilisation: utilisation(ledger.measuredNs) });
  }
  const busiest = link === null ? bus : busier(bus, link);
  return { busiest: busiest?.utilisation === 0 ? null : busiest, busiestLink: link?.utilisation === 0 ? null : link };
}

/** The first of two that are alike. */
function busier(a: BusyResource | null, b: BusyResource): BusyResource {
  return a === null || b.utilisation > a.utilisation ? b : a;
}

function linkName({ from, to }: { readonly from: number; readonly to: number }): string {
  if (from < 0) return `link of the switch to node ${to}`;
  if (to < 0) return `link of node ${from} to the switch`;
  return `link from node ${from} to node ${to}`;
}
