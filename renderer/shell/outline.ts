/**
 * The outline as a flat list of rows, from the profile and its boot: what is folded is not in it, so that a machine of
 * 4,096 nodes is 4,096 rows until one is opened. Pure.
 */
import type { BootLayout, ZoneLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { InterconnectSpec, MachineProfile } from '../../src/sim/profiles/schema.ts';
import { formatBytes, formatNumber } from '../panels/format.ts';
import { selectionKey, type Selection } from '../state/selection.svelte.ts';

const MIB = 1024 * 1024;
const FRAME = 4096;

export interface OutlineRow {
  readonly key: string;
  readonly depth: number;
  readonly label: string;
  readonly value: string;
  readonly selection: Selection;
  /** Undefined where there is nothing to open. */
  readonly expanded?: boolean;
  /** The title of a group: a rule above it. */
  readonly group: boolean;
  readonly title: string;
  /** Place among the rows of the same parent, from 1, and how many those are: folding and scrolling hide rows from a reader. */
  readonly place: number;
  readonly siblings: number;
}

/** The rows to show when the rows whose keys are in `open` are open. */
export function outlineRows(
  profile: MachineProfile,
  layout: BootLayout | null,
  open: ReadonlySet<string>,
  workload: string,
): readonly OutlineRow[] {
  const rows: PlainRow[] = [];
  const add = (
    depth: number,
    label: string,
    value: string,
    selection: Selection,
    more: Partial<PlainRow> = {},
  ): void => {
    rows.push({
      key: selectionKey(selection),
      depth,
      label,
      value,
      selection,
      group: false,
      title: `${label} ${value}`,
      ...more,
    });
  };
  const { machine, kernel } = profile;
  const totalMiB = machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0);
  const machineOpen = open.has('machine');
  add(0, profile.title, formatBytes(totalMiB * MIB), { kind: 'machine' }, { expanded: machineOpen });
  if (machineOpen) {
    let firstCpu = 0;
    machine.nodes.forEach((node, index) => {
      const key = `node:${node.id}`;
      const isOpen = open.has(key);
      add(
        1,
        `Node ${node.id}`,
        formatBytes(node.memoryMiB * MIB),
        { kind: 'node', node: node.id },
        { expanded: isOpen },
      );
      if (isOpen) {
        for (const zone of [...(layout?.nodes[index]?.zones ?? [])].reverse()) {
          add(2, zoneTitle(zone), formatBytes(zone.pages * FRAME), {
            kind: 'zone',
            node: node.id,
            zone: zone.name,
            index: zone.index,
          });
        }
        if (node.cpus > 0)
          add(2, cpuTitle(firstCpu, node.cpus), `${machine.cpu.clockMHz} MHz`, { kind: 'cpus', node: node.id });
      }
      firstCpu += node.cpus;
    });
    add(1, 'CPU', machine.cpu.name, { kind: 'cpu' });
    if (machine.interconnect.kind !== 'none') {
      add(1, interconnectTitle(machine.interconnect), interconnectValue(machine.interconnect, machine.nodes.length), {
        kind: 'interconnect',
      });
    }
    if (machine.remoteCache !== undefined)
      add(1, 'Remote cache', formatBytes(machine.remoteCache.mib * MIB), { kind: 'remoteCache' });
  }
  add(0, 'Kernel', kernel.flavour, { kind: 'kernel' }, { group: true });
  add(1, 'Page cluster', formatBytes(FRAME << kernel.pageMmuShift), { kind: 'kernel' }, { key: 'kernel.cluster' });
  add(1, 'Placement', kernel.placement.policy.replace('-', ' '), { kind: 'kernel' }, { key: 'kernel.placement' });
  add(0, 'Zones', lowText(layout), { kind: 'zones' }, { group: true });
  add(0, 'Workload', workload, { kind: 'workload' }, { group: true });
  return withPlaces(rows);
}

type PlainRow = Omit<OutlineRow, 'place' | 'siblings'>;

function withPlaces(rows: readonly PlainRow[]): readonly OutlineRow[] {
  /** Of each row, the list of places that it shares with its siblings. */
  const families: PlainRow[][] = [];
  const open: PlainRow[][] = [];
  const places = rows.map((row) => {
    open.length = row.depth + 1;
    const family = (open[row.depth] ??= []);
    families.push(family);
    return family.push(row);
  });
  return rows.map((row, at) => ({ ...row, place: places[at], siblings: families[at].length }));
}

function lowText(layout: BootLayout | null): string {
  if (layout === null || layout.lowmemEnd === 0) return '';
  return layout.boots ? `${formatNumber(layout.lowmemMiB)} MiB low` : 'does not boot';
}

/** `HighMem`, and where a type is cut in several zones `HighMem 2`; a fall-back zone says so. */
export function zoneTitle(zone: ZoneLayout): string {
  const number = zone.index > 0 ? ` ${zone.index + 1}` : '';
  return `${zone.name}${number}${zone.fallback ? ' (fall-back)' : ''}`;
}

export function cpuTitle(first: number, count: number): string {
  return count === 1 ? `CPU ${first}` : `CPUs ${first}–${first + count - 1}`;
}

const titles: Readonly<Record<InterconnectSpec['kind'], string>> = {
  none: 'No interconnect',
  ring: 'Ring',
  mesh: 'Mesh',
  crossbar: 'Crossbar',
  links: 'Links',
  matrix: 'Latency matrix',
};

function interconnectTitle(interconnect: InterconnectSpec): string {
  return titles[interconnect.kind];
}

function interconnectValue(interconnect: InterconnectSpec, nodes: number): string {
  switch (interconnect.kind) {
    case 'ring':
      return nodes > 1 ? `${formatNumber(nodes)} links` : '';
    case 'mesh':
      return `${formatNumber(interconnect.columns)} columns`;
    case 'links':
      return `${formatNumber(interconnect.links.length)} links`;
    default:
      return '';
  }
}
