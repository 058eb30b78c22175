/** A design to begin with on a machine: a database's segment, used by all nodes alike, initialised by one process. Pure. */
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import { type RangePreset, wholeRange } from './ranges.ts';

/** The segment takes no more of the machine's memory than this part of it. */
const MOST_OF_MEMORY = 16;
/** Nor of an address space than this part: libraries and stack lie between its holes. */
const MOST_OF_SPACE = 3;
/** One group a node up to so many; beyond, one group for all of them. */
const MOST_GROUPS = 8;
const KIB = 1024;

/** Ranges of all presets, as large as the machine allows, and as many processes as there are CPUs. */
export function starterDesign({ machine, zones }: MachineProfile, presets: readonly RangePreset[]): SegmentDesign {
  const kib = machine.nodes.reduce((sum, node) => sum + node.memoryMiB, 0) * KIB;
  // By their sizes all but the buffer pool would hardly be used.
  const whole = presets.map(({ range, referencesPercent }) => wholeRange({ ...range, weight: referencesPercent }));
  const most = Math.min(kib / MOST_OF_MEMORY, (zones.userSpaceMiB * KIB) / MOST_OF_SPACE);
  const scale = Math.min(1, most / whole.reduce((sum, range) => sum + range.kib, 0));
  const ranges = whole.map((range) => ({ ...range, kib: Math.max(4, Math.floor((range.kib * scale) / 4) * 4) }));
  const homes = machine.nodes.filter((node) => node.cpus > 0);
  const group = { cpus: [], references: 100_000, perTransaction: 100, instructions: 0 };
  const users =
    homes.length <= MOST_GROUPS
      ? homes.map(({ id, cpus }) => ({ ...group, name: `node${id}`, nodes: [id], processes: cpus }))
      : [
          {
            ...group,
            name: 'users',
            nodes: homes.map(({ id }) => id),
            processes: homes.reduce((sum, { cpus }) => sum + cpus, 0),
          },
        ];
  return {
    format: 'numaq-lab/segment',
    version: 1,
    title: 'Database segment',
    kind: 'sysv',
    huge: false,
    separate: false,
    ranges,
    binding: { call: 'none', strict: false, after: false },
    creator: { node: homes[0]?.id ?? 0 },
    initialiser: 'creator',
    warming: 'linear',
    users,
    windows: { kind: 'none' },
  };
}
