/**
 * The command lines of numactl that lay a segment out as a design does: numactl(8), "numactl can set up policy for a SYSV
 * shared memory segment or a file in shmfs/hugetlbfs". The order of options matters there: --length and --offset are of
 * the --shm or --file that follows, --strict and the policy come after it, --touch last. A segment that is not there is made by the
 * first command, as long as its --length says; so each segment begins with one for all of it. numactl maps what it binds: "shared
 * memory segments larger than numactl's address space cannot be completely policied [...] Changing it piece by piece may
 * work", so a file that processes see through windows is made beforehand and bound in pieces of 1 GiB.
 *
 * A strict or loose task binding, shmbind and membind had no command; what they come to is written with the policies that
 * numactl has (bind: --membind; shmbind without MEM_HARDBIND: --preferred).
 */
import { idRanges } from '../base/id-ranges.ts';
import type { RangePolicy, SegmentDesign } from '../workloads/segment/design.ts';
import { type SeenRange, seenRanges } from '../workloads/segment/mapping.ts';

/** Empty where no call binds anything. */
export function numactlCommands(design: SegmentDesign): readonly string[] {
  if (design.binding.call === 'none') return [];
  const seen = seenRanges(design);
  return [...new Set(seen.map(({ segment }) => segment))].flatMap((segment) =>
    commandsOf(
      design,
      segment,
      seen.filter((each) => each.segment === segment),
    ),
  );
}

/** What numactl maps at once of a file that is larger than address spaces. */
const PIECE = 2 ** 30;

function commandsOf(design: SegmentDesign, segment: string, seen: readonly SeenRange[]): readonly string[] {
  const total = seen.reduce((sum, { bytes }) => sum + bytes, 0);
  const windows = design.windows.kind !== 'none';
  // Whoever initialises touches; numactl can do it in the creator's place.
  const touch = design.initialiser === 'creator';
  const ranges = seen.flatMap(({ range, offset, bytes }) => {
    const policy = policyOption(design, range.policy);
    if (policy === undefined) return [];
    const piece = windows ? PIECE : bytes;
    return Array.from({ length: Math.ceil(bytes / piece) }, (_, at) =>
      command(design, segment, offset + at * piece, Math.min(piece, bytes - at * piece), policy, touch),
    );
  });
  if (windows) return [`dd if=/dev/zero of=${file(segment)} bs=1k seek=${total / 1024} count=0`, ...ranges];
  const alone = seen.length === 1 && ranges.length === 1;
  return alone ? ranges : [command(design, segment, 0, total, '--localalloc', false), ...ranges];
}

const file = (segment: string): string => `/dev/shm/${segment}`;

function command(
  { kind, huge, binding }: SegmentDesign,
  segment: string,
  offset: number,
  bytes: number,
  policy: string,
  touch: boolean,
): string {
  const sysv = kind === 'sysv';
  return [
    'numactl',
    ...(huge && sysv ? ['--huge'] : []),
    `--length=${sizeText(bytes)}`,
    ...(offset === 0 ? [] : [`--offset=${sizeText(offset)}`]),
    sysv ? `--shm=/tmp/${segment}.key` : `--file=${file(segment)}`,
    ...(binding.strict && binding.call === 'mbind' && policy !== '--localalloc' ? ['--strict'] : []),
    policy,
    ...(touch ? ['--touch'] : []),
  ].join(' ');
}

/** Undefined where the range is left as it is. */
function policyOption({ binding }: SegmentDesign, { mode, nodes }: RangePolicy): string | undefined {
  const list = idRanges(nodes);
  switch (mode) {
    case 'none':
      return undefined;
    case 'first-touch':
      return '--localalloc';
    case 'preferred':
      return nodes.length === 0 ? '--localalloc' : `--preferred=${Math.min(...nodes)}`;
    case 'bind': {
      const soft = (binding.call === 'shmbind' || binding.call === 'mem_setbinding') && !binding.strict;
      if (!soft) return `--membind=${list}`;
      return nodes.length === 1 ? `--preferred=${list}` : `--preferred-many=${list}`;
    }
    case 'interleave':
      return `--interleave=${list}`;
    case 'preferred-many':
      return `--preferred-many=${list}`;
    case 'weighted-interleave':
      return `--weighted-interleave=${list}`;
  }
}

/** In the largest unit of which it is a whole number: numactl takes k, m and g. */
function sizeText(bytes: number): string {
  const units = [
    ['g', 2 ** 30],
    ['m', 2 ** 20],
    ['k', 2 ** 10],
  ] as const;
  const unit = units.find(([, size]) => bytes % size === 0);
  return unit === undefined ? `${bytes}` : `${bytes / unit[1]}${unit[0]}`;
}
