/** Watermarks of zones as lines of a chart of free memory, in MiB. */
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { Selection } from '../../state/selection.svelte.ts';
import { zoneLabel, type ZoneAt } from './columns.ts';
import type { Mark } from './spec.ts';

const PAGES_PER_MIB = 256;
const DASHED: readonly number[] = [5, 3];
const DOTTED: readonly number[] = [2, 2];

type ZoneLayout = BootLayout['nodes'][number]['zones'][number];

/** A zone as boot laid it out; undefined where the layout has none there. */
export function zoneLayout(layout: BootLayout | null, at: ZoneAt): ZoneLayout | undefined {
  const node = layout?.nodes.find(({ id }) => id === at.node);
  return node?.zones.find(({ name, index }) => name === at.zone && index === at.index);
}

/** The low mark of each zone that has one; the selected zone's warns most. */
export function lowMarks(layout: BootLayout | null, zones: readonly ZoneAt[], selection: Selection): readonly Mark[] {
  return zones.flatMap((at) => {
    const low = zoneLayout(layout, at)?.watermarks.low ?? 0;
    if (low === 0) return [];
    return [mark(layout, `low ${zoneLabel(at)}`, low, isSelected(at, selection), DASHED)];
  });
}

/** All three marks of one zone. */
export function zoneMarks(layout: BootLayout | null, at: ZoneAt, selection: Selection): readonly Mark[] {
  const marks = zoneLayout(layout, at)?.watermarks;
  if (marks === undefined || marks.low === 0) return [];
  const selected = isSelected(at, selection);
  return [
    mark(layout, 'min', marks.min, selected, DOTTED),
    mark(layout, `low ${zoneLabel(at)}`, marks.low, selected, DASHED),
    mark(layout, 'high', marks.high, selected, DOTTED),
  ];
}

function mark(
  layout: BootLayout | null,
  label: string,
  pages: number,
  selected: boolean,
  dash: readonly number[],
): Mark {
  const value = (pages * (layout?.clusterFrames ?? 1)) / PAGES_PER_MIB;
  return { label, value, token: selected ? '--bad' : '--warn', dash };
}

function isSelected(at: ZoneAt, selection: Selection): boolean {
  return (
    selection.kind === 'zone' &&
    at.node === selection.node &&
    at.zone === selection.zone &&
    at.index === selection.index
  );
}
