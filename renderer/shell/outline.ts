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

/** What will run, as the outline says it. */
export interface OutlineWorkload {
  readonly title: string;
  readonly programs: readonly { readonly key: number; readonly name: string; readonly where: string }[];
}

/** The rows to show when the rows whose keys are in `open` are open. */
export function outlineRows(
  profile: MachineProfile,
  layout: BootLayout | null,
  open: ReadonlySet<string>,
  workload: OutlineWorkload,
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
          add(2, cpuTitle(firstCpu, node.cpus), `${formatNumber(machine.cpu.clockMHz)} MHz`, {
            kind: 'cpus',
            node: node.id,
          });
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
  const group = (key: string, label: string, value: string, selection: Selection): boolean => {
    const isOpen = open.has(key);
    add(0, label, value, selection, { key, group: true, expanded: isOpen });
    return isOpen;
  };
  const part = (key: string, label: string, value: string, selection: Selection): void =>
    add(1, label, value, selection, { key });
  if (group('kernel', 'Kernel', kernel.flavour, { kind: 'kernel' })) {
    const to: Selection = { kind: 'kernel' };
    part('kernel.cluster', 'Page cluster', formatBytes(FRAME << kernel.pageMmuShift), to);
    part('kernel.rmap', 'Reverse map', kernel.rmap ?? 'by flavour', to);
    part('kernel.highpte', 'Page tables', tablesText(kernel.highpte), to);
    part('kernel.placement', 'Placement', kernel.placement.policy.replace('-', ' '), to);
  }
  if (group('zones', 'Zones', lowText(layout), { kind: 'zones' }) && layout !== null) {
    for (const { name, pages } of zoneSums(layout)) {
      part(`zones.${name}`, name, formatBytes(pages * FRAME), { kind: 'zones' });
    }
  }
  if (group('workload', 'Workload', workload.title, { kind: 'workload' })) {
    for (const program of workload.programs) {
      part(`workload.${program.key}`, program.name, program.where, { kind: 'workload' });
    }
  }
  return withPlaces(rows);
}

function tablesText(highpte: boolean | undefined): string {
  if (highpte === undefined) return 'by flavour';
  return highpte ? 'highmem' : 'low memory';
}

/** Pages of each type of zone on all nodes, high ones first. */
function zoneSums(layout: BootLayout): readonly { readonly name: string; readonly pages: number }[] {
  return (['HighMem', 'Normal', 'DMA'] as const)
    .map((name) => {
      const zones = layout.nodes.flatMap((node) => node.zones.filter((zone) => zone.name === name));
      return { name, pages: zones.reduce((sum, zone) => sum + zone.pages, 0) };
    })
    .filter(({ pages }) => pages > 0);
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
