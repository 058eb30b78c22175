/** Charts, topology and budget as CSV: units in the head, all digits, points for decimals. */
import type { Moment } from '../../../src/sim/engine/moment.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Span } from '../charts/decimate.ts';
import { chartRows } from '../charts/rows.ts';
import type { ChartSpec } from '../charts/spec.ts';
import { OWNER_LOOKS } from '../memory-owners.ts';
import { type Cell, toCsv } from '../results/csv.ts';

const FRAME_BYTES = 4096;

/** Every sample of the chart's series within `span`, a row a time; a gap is an empty cell. */
export function chartCsv(spec: ChartSpec, span: Span): string {
  const [shown] = spec.unit.split(',');
  const unit = shown === 's' ? 'ns' : shown;
  const rows = chartRows(spec, span);
  const columns = ['Time, ns', ...spec.series.map(({ label }) => `${label}, ${unit}`)];
  return toCsv(
    columns,
    rows.times.map((time, row) => [time, ...spec.series.map((_, series) => cell(rows.value(series, row)))]),
  );
}

/** Low memory item by item, with the arithmetic and its source. */
export function budgetCsv({ lowmemBudget }: BootLayout): string {
  return toCsv(
    ['Item', 'Owner', 'Bytes', 'How it comes about', 'Source'],
    lowmemBudget.map(({ item, owner, bytes, formula, source, assumed }) => [
      item,
      owner,
      bytes,
      formula,
      assumed ? 'assumed' : source,
    ]),
  );
}

/** A row for each zone: its node, where it lies, its watermarks, and what a run has in it at a moment. */
export function topologyCsv(profile: MachineProfile, layout: BootLayout, moment: Moment | null): string {
  const owners = moment === null ? [] : OWNER_LOOKS.filter(({ owner }) => owner in (moment.zones[0]?.owners ?? {}));
  const cluster = `pages of ${(layout.clusterFrames * FRAME_BYTES) / 1024} KiB`;
  const atMoment = moment === null ? [] : ['Free', ...owners.map(({ label }) => label)];
  const columns = [
    ...['Node', 'CPUs', 'Memory of the node, MiB', 'Zone', 'Present, pages of 4 KiB'],
    ...['min', 'low', 'high', ...atMoment].map((name) => `${name}, ${cluster}`),
  ];
  const rows = layout.nodes.flatMap((node, place) =>
    node.zones.map((zone): Cell[] => {
      const { cpus, memoryMiB } = profile.machine.nodes[place] ?? { cpus: 0, memoryMiB: 0 };
      const used = moment?.zones.find(
        (other) => other.node === node.id && other.zone === zone.name && other.index === zone.index,
      );
      const { min, low, high } = zone.watermarks;
      const counted = owners.map(({ owner }) => used?.owners[owner] ?? '');
      return [
        ...[node.id, cpus, memoryMiB, zone.name, zone.present, min, low, high],
        ...(moment === null ? [] : [used?.free ?? '', ...counted]),
      ];
    }),
  );
  return toCsv(columns, rows);
}

function cell(value: number): Cell {
  return Number.isFinite(value) ? value : '';
}
