/** Which fields stand in the inspector for what is selected, in which order, and what else is told beside them. */
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Selection } from '../../state/selection.svelte.ts';

export interface Section {
  /** None for the first, whose title is the inspector's. */
  readonly title?: string;
  /** Fields by path; the fields of a group without its frame end in `.*`. */
  readonly fields: readonly (string | NamedField)[];
  /** Paths that a `.*` leaves to other sections. */
  readonly without?: readonly string[];
}

/** A field that stands outside its group and therefore needs the group's name in its own. */
export interface NamedField {
  readonly path: string;
  readonly label: string;
}

export interface Page {
  readonly title: string;
  readonly sections: readonly Section[];
  /** What belongs to it and is edited on a page of its own. */
  readonly links: readonly { readonly label: string; readonly to: Selection }[];
}

const CPU: readonly string[] = ['machine.cpu.*'];

/** Switches of the kernel that belong together; all others stand before them, in the schema's order. */
const KERNEL_GROUPS = [
  {
    title: 'Where memory is taken',
    fields: [
      'kernel.placement',
      'kernel.localAllocation',
      'kernel.binding',
      'kernel.setbinding',
      'kernel.interleaveWeights',
    ],
  },
  { title: 'Scheduling', fields: ['kernel.scheduler', 'kernel.nodeBalance', 'kernel.taskPlacement'] },
  {
    title: 'Text and compiler',
    fields: ['kernel.kernelText', 'kernel.compiler', 'kernel.optimisation', 'kernel.compiled'],
  },
] as const;

/** The inspector's page for a selection. */
export function pageOf(selection: Selection, profile: MachineProfile): Page {
  switch (selection.kind) {
    case 'machine':
      return machinePage();
    case 'cpu':
      return { title: 'CPU', sections: [{ fields: CPU }], links: [] };
    case 'interconnect':
      return { title: 'Interconnect', sections: [{ fields: ['machine.interconnect'] }], links: [] };
    case 'remoteCache':
      return { title: 'Remote cache', sections: [{ fields: ['machine.remoteCache'] }], links: [] };
    case 'kernel':
      return {
        title: 'Kernel',
        sections: [{ fields: ['kernel.*'], without: KERNEL_GROUPS.flatMap(({ fields }) => fields) }, ...KERNEL_GROUPS],
        links: [{ label: 'Zones', to: { kind: 'zones' } }],
      };
    case 'zones':
      return {
        title: 'Zones',
        sections: [{ fields: ['zones.*'] }],
        links: [{ label: 'Kernel', to: { kind: 'kernel' } }],
      };
    case 'workload':
      return { title: 'Workload', sections: [{ title: 'Placement', fields: ['kernel.placement'] }], links: [] };
    case 'node':
      return nodePage(selection.node, profile);
    case 'cpus':
      return {
        title: `CPUs of node ${selection.node}`,
        sections: [
          { fields: nodeFields(selection.node, profile, ['cpus']) },
          { title: 'Every CPU of the machine', fields: CPU },
        ],
        links: [{ label: `Node ${selection.node}`, to: { kind: 'node', node: selection.node } }],
      };
    case 'zone':
      return {
        title: `Zone ${selection.zone} ${selection.node}`,
        sections: [{ title: 'What sets its borders', fields: zoneFields(selection, profile) }],
        links: [
          { label: `Node ${selection.node}`, to: { kind: 'node', node: selection.node } },
          { label: 'All zones', to: { kind: 'zones' } },
        ],
      };
  }
}

function machinePage(): Page {
  return {
    title: 'Machine',
    sections: [
      { fields: ['title', 'machine.bits', 'machine.pae', 'machine.localNs', 'machine.transferNs', 'machine.bus'] },
      { fields: ['notes'] },
    ],
    links: [
      { label: 'CPU and caches', to: { kind: 'cpu' } },
      { label: 'Remote cache', to: { kind: 'remoteCache' } },
      { label: 'Interconnect', to: { kind: 'interconnect' } },
      { label: 'Kernel', to: { kind: 'kernel' } },
      { label: 'Zones', to: { kind: 'zones' } },
    ],
  };
}

function nodePage(id: number, profile: MachineProfile): Page {
  const { remoteCache, interconnect } = profile.machine;
  const shared: (string | NamedField)[] = ['machine.cpu.clockMHz', { path: 'machine.cpu.l2.kib', label: 'L2 per CPU' }];
  if (remoteCache !== undefined) {
    shared.push({ path: 'machine.remoteCache.mib', label: 'Remote cache' }, 'machine.remoteCache.ways');
  }
  shared.push('machine.localNs');
  if ('remoteNs' in interconnect) shared.push('machine.interconnect.remoteNs');
  return {
    title: `Node ${id}`,
    sections: [
      { fields: nodeFields(id, profile, ['memoryMiB', 'cpus', 'id', 'startMiB', 'holes', 'bus', 'io']) },
      { title: 'Every node of the machine', fields: shared },
    ],
    links: [
      { label: 'CPU and caches', to: { kind: 'cpu' } },
      { label: 'Remote cache', to: { kind: 'remoteCache' } },
      { label: 'Interconnect', to: { kind: 'interconnect' } },
    ],
  };
}

function nodeFields(id: number, profile: MachineProfile, keys: readonly string[]): string[] {
  const index = profile.machine.nodes.findIndex((node) => node.id === id);
  return index < 0 ? [] : keys.map((key) => `machine.nodes[${index}].${key}`);
}

function zoneFields(selection: Extract<Selection, { kind: 'zone' }>, profile: MachineProfile): Section['fields'] {
  const key = { DMA: 'dma', Normal: 'normal', HighMem: 'highmem' }[selection.zone];
  const cut = [{ path: `zones.zonesPerType.${key}`, label: 'Zones of the type' }, 'zones.fallbackShare'];
  const memory = nodeFields(selection.node, profile, ['memoryMiB']);
  if (selection.zone === 'DMA') return ['zones.dmaLimitMiB', ...cut];
  if (selection.zone === 'Normal')
    return ['zones.dmaLimitMiB', 'zones.maxmemMiB', 'zones.vmallocReserveMiB', ...memory, ...cut];
  return ['zones.maxmemMiB', ...memory, ...cut];
}

/** Where the zone's own watermarks stand in `zones.watermarks`; -1 where the flavour's rule holds. */
export function marksIndex(selection: Extract<Selection, { kind: 'zone' }>, profile: MachineProfile): number {
  return profile.zones.watermarks.findIndex((marks) => marks.node === selection.node && marks.zone === selection.zone);
}

/** A physical or virtual address as the kernel prints it: `0xd0c00000`. */
export function hexAddress(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

/** CPU ids of a node, which follow the order of the nodes: `12–15`. */
export function cpuIds(id: number, profile: MachineProfile): string {
  let first = 0;
  for (const node of profile.machine.nodes) {
    if (node.id === id) {
      if (node.cpus === 0) return 'none';
      const last = first + node.cpus - 1;
      return node.cpus === 1 ? String(first) : `${first}–${last}`;
    }
    first += node.cpus;
  }
  return 'none';
}
