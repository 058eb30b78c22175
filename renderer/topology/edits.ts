/**
 * What can be done to the machine in the drawing: CPUs and memory from node to node, and links. Each answers with the
 * changed profile and what the history calls it, or with why not. The lab's own check has the last word. Pure.
 */
import { formatBytes } from '../panels/format.ts';
import type { InterconnectSpec, MachineProfile } from '../../src/sim/profiles/schema.ts';
import { withValue } from '../state/machine.svelte.ts';
import { memoryStep } from './borders.ts';

/** `no`: what cannot be done, and why. */
export type Planned = { readonly profile: MachineProfile; readonly label: string } | { readonly no: string };

const MIB = 1024 * 1024;
const MOST_CPUS = 64;

/** A CPU more or less in the node at `index`. */
export function changeCpus(profile: MachineProfile, index: number, by: 1 | -1): Planned {
  const node = profile.machine.nodes[index];
  const cpus = node.cpus + by;
  if (cpus < 0) return { no: `Node ${node.id} has no CPU to remove.` };
  if (cpus > MOST_CPUS) return { no: `A node has at most ${MOST_CPUS} CPUs.` };
  return {
    profile: withValue(profile, `machine.nodes[${index}].cpus`, cpus),
    label: `Node ${node.id}: CPU ${by > 0 ? 'added' : 'removed'}`,
  };
}

/** A CPU of one node becomes one of another. CPUs are numbered anew along the nodes. */
export function moveCpu(profile: MachineProfile, from: number, to: number): Planned {
  const [giver, taker] = [profile.machine.nodes[from], profile.machine.nodes[to]];
  if (giver.cpus === 0) return { no: `Node ${giver.id} has no CPU to move.` };
  if (taker.cpus >= MOST_CPUS) return { no: `Node ${taker.id} has ${MOST_CPUS} CPUs, which is the most.` };
  const without = withValue(profile, `machine.nodes[${from}].cpus`, giver.cpus - 1);
  return {
    profile: withValue(without, `machine.nodes[${to}].cpus`, taker.cpus + 1),
    label: `CPU moved from node ${giver.id} to node ${taker.id}`,
  };
}

/** MiB that one drag of a node's memory moves: a step of its size, or what is left. */
export function shareOf(profile: MachineProfile, index: number): number {
  const { memoryMiB } = profile.machine.nodes[index];
  return Math.min(memoryMiB, memoryStep(memoryMiB));
}

/** `mib` of the memory of one node become memory of another. */
export function moveMemory(profile: MachineProfile, from: number, to: number, mib: number): Planned {
  const [giver, taker] = [profile.machine.nodes[from], profile.machine.nodes[to]];
  if (giver.memoryMiB === 0) return { no: `Node ${giver.id} has no memory to give.` };
  const given = Math.min(mib, giver.memoryMiB);
  const without = withValue(profile, `machine.nodes[${from}].memoryMiB`, giver.memoryMiB - given);
  return {
    profile: withValue(without, `machine.nodes[${to}].memoryMiB`, taker.memoryMiB + given),
    label: `${formatBytes(given * MIB)} moved from node ${giver.id} to node ${taker.id}`,
  };
}

const KINDS: Readonly<Record<InterconnectSpec['kind'], string>> = {
  none: 'No interconnect',
  ring: 'A ring',
  mesh: 'A mesh',
  crossbar: 'A crossbar',
  links: 'Free links',
  matrix: 'A latency matrix',
};

/** A link between two nodes (ids), like the last one. */
export function addLink(profile: MachineProfile, from: number, to: number): Planned {
  const { interconnect, localNs } = profile.machine;
  if (interconnect.kind !== 'links') {
    return { no: `${KINDS[interconnect.kind]} has its links by its kind. Turn it into free links to draw your own.` };
  }
  if (from === to) return { no: 'A link joins two nodes.' };
  if (linkBetween(interconnect, from, to) >= 0) return { no: `Nodes ${from} and ${to} have a link already.` };
  const last = interconnect.links.at(-1);
  const latencyNs = last?.latencyNs ?? Math.max(0, (interconnect.remoteNs - localNs) / 2);
  const bandwidthMBps = last?.bandwidthMBps ?? interconnect.linkMBps;
  const links = [...interconnect.links, { from, to, latencyNs, bandwidthMBps }];
  return {
    profile: withLinks(profile, { ...interconnect, links }, `machine.interconnect.links[${links.length - 1}]`),
    label: `Link drawn from node ${from} to node ${to}`,
  };
}

/** Takes the link between two nodes (ids) away. */
export function removeLink(profile: MachineProfile, from: number, to: number): Planned {
  const { interconnect } = profile.machine;
  if (interconnect.kind !== 'links') {
    return { no: `${KINDS[interconnect.kind]} has its links by its kind. Turn it into free links to remove one.` };
  }
  const at = linkBetween(interconnect, from, to);
  if (at < 0) return { no: `Nodes ${from} and ${to} have no link.` };
  const links = interconnect.links.filter((_, index) => index !== at);
  const sources = Object.fromEntries(
    Object.entries(profile.sources).flatMap(([path, source]): [string, string][] => {
      const found = /^machine\.interconnect\.links\[(\d+)\](.*)$/.exec(path);
      if (found === null || Number(found[1]) < at) return [[path, source]];
      return Number(found[1]) === at
        ? []
        : [[`machine.interconnect.links[${Number(found[1]) - 1}]${found[2]}`, source]];
    }),
  );
  return {
    profile: { ...withLinks(profile, { ...interconnect, links }), sources },
    label: `Link between node ${from} and node ${to} removed`,
  };
}

/** A ring or mesh as links of its own, which can then be drawn and removed. Links run both ways, a ring's also. */
export function freeLinks(profile: MachineProfile): Planned {
  const { interconnect, nodes, localNs } = profile.machine;
  if (interconnect.kind === 'links') return { no: 'Its links are free already.' };
  const pairs = pairsOf(profile);
  if (pairs === null || interconnect.kind === 'none' || interconnect.kind === 'matrix') {
    return {
      no: `${KINDS[interconnect.kind]} cannot be turned into free links: only a ring, a mesh, and a crossbar of at most ${MOST_MESHED} nodes can.`,
    };
  }
  const { remoteNs, linkMBps, queued, invalidation } = interconnect;
  const first = Math.max(0, (remoteNs - localNs) / 2);
  const latencyNs = interconnect.kind === 'crossbar' ? first : Math.max(interconnect.hopNs, 0);
  const links = pairs.map(([from, to]) => ({
    ...{ from: nodes[from].id, to: nodes[to].id },
    ...{ latencyNs, bandwidthMBps: linkMBps },
  }));
  return {
    profile: withLinks(
      profile,
      { kind: 'links', links, remoteNs, linkMBps, queued, invalidation },
      'machine.interconnect.links',
    ),
    label: 'Interconnect turned into free links',
  };
}

/** A crossbar of more nodes would be more links than a drawing can hold. */
const MOST_MESHED = 8;

function pairsOf({ machine: { interconnect, nodes } }: MachineProfile): readonly (readonly [number, number])[] | null {
  const count = nodes.length;
  const indices = nodes.map((_, index) => index);
  switch (interconnect.kind) {
    case 'ring':
      return count < 2 ? [] : indices.slice(0, count === 2 ? 1 : count).map((index) => [index, (index + 1) % count]);
    case 'mesh': {
      const { columns } = interconnect;
      return indices.flatMap((index): [number, number][] => [
        ...((index + 1) % columns === 0 || index + 1 >= count ? [] : [[index, index + 1] as [number, number]]),
        ...(index + columns < count ? [[index, index + columns] as [number, number]] : []),
      ]);
    }
    case 'crossbar':
      if (count > MOST_MESHED) return null;
      return indices.flatMap((from) => indices.slice(from + 1).map((to): [number, number] => [from, to]));
    default:
      return null;
  }
}

function linkBetween(interconnect: InterconnectSpec & { kind: 'links' }, a: number, b: number): number {
  return interconnect.links.findIndex(({ from, to }) => (from === a && to === b) || (from === b && to === a));
}

function withLinks(profile: MachineProfile, interconnect: InterconnectSpec, assumed?: string): MachineProfile {
  const sources = assumed === undefined ? profile.sources : { ...profile.sources, [assumed]: 'assumed: drawn by hand' };
  return { ...profile, machine: { ...profile.machine, interconnect }, sources };
}

/** Nodes (ids) that a node has a link of its own with. */
export function linkedTo({ machine: { interconnect } }: MachineProfile, node: number): readonly number[] {
  if (interconnect.kind !== 'links') return [];
  return interconnect.links.flatMap(({ from, to }) => (from === node ? [to] : to === node ? [from] : []));
}
