/**
 * The script of a segment's design: a creator that makes the segment, asks for its policies and initialises it; users
 * that attach it, initialise their parts, wait for each other, and then do their transactions. What a server is besides
 * (its text, its private memory, its disks) is left out: what is asked is whose memory the segment's references reach.
 */
import { parseScript, type Script, SCRIPT_FORMAT, SCRIPT_VERSION } from '../script.ts';
import { bindingOperation, bindsTask } from './binding.ts';
import type { SegmentDesign } from './design.ts';
import { refuseIssues } from './issues.ts';
import { cpusOf, type SegmentMachine } from './machine.ts';
import { mapOperations, type SeenRange, seenRanges, segmentsOf } from './mapping.ts';
import { processesOf, segmentCpus, type UserProcess } from './places.ts';
import { transactionOperations, windowOperations } from './transactions.ts';
import { CHUNK, chunks, creatorPieces, type Piece, userPieces, warmOperations } from './warming.ts';

/** Operations of all programs, written out, at most about so many. */
const MOST_OPERATIONS = 200_000;
const MOST_OPERATIONS_EACH = 4000;
const PAGE_KIB = 4;

/** `cpus`: of the workload, in the order of its spec. Throws an InputError at `path` for a design that this machine has no place for. */
export function segmentScript(
  design: SegmentDesign,
  machine: SegmentMachine,
  cpus: readonly number[] = segmentCpus(design, machine),
  path = '',
): Script {
  refuseIssues(design, machine, path);
  const seen = seenRanges(design);
  const users = processesOf(design, machine);
  const pieces = userPieces(design, seen, users, machine);
  const kinds = programsOf(design, users);
  const each = Math.max(100, Math.min(MOST_OPERATIONS_EACH, Math.floor(MOST_OPERATIONS / kinds.length)));
  const places = (on: readonly number[]): readonly number[] => on.map((cpu) => cpus.indexOf(cpu));
  return parseScript(
    {
      format: SCRIPT_FORMAT,
      version: SCRIPT_VERSION,
      title: design.title,
      imitates:
        'A segment of shared memory as designed: who creates and initialises it, which calls bind it, who uses it. One write a page stands for its initialisation; text, private memory and disks of the processes are left out.',
      segments: segmentsOf(design, seen),
      programs: {
        creator: creatorOperations(design, seen, machine, users.length),
        ...Object.fromEntries(
          kinds.map(({ name, first }) => [
            name,
            userOperations(design, seen, machine, first, pieces[first.number], users.length, each),
          ]),
        ),
      },
      start: [
        { program: 'creator', cpus: places(cpusOf(machine, design.creator.node)) },
        ...users.map((user) => ({ program: programOf(design, user), cpus: places(user.cpus) })),
      ],
    },
    design.title,
  );
}

/** The design with sizes and references at a scale (above 0, up to 1): whole pages, and at least a transaction. */
export function scaledDesign(design: SegmentDesign, scale: number, machine: SegmentMachine): SegmentDesign {
  if (scale === 1) return design;
  const unit = design.huge ? machine.hugePageBytes / 1024 : PAGE_KIB;
  const { windows } = design;
  return {
    ...design,
    // So that what was seen through windows still is.
    windows:
      windows.kind === 'none'
        ? windows
        : { ...windows, areaKiB: wholeTimes(windows.areaKiB * scale, windows.windowKiB) },
    ranges: design.ranges.map((range) => ({
      ...range,
      kib: wholeTimes(range.kib * scale, unit),
      // Shares stay those of the full size, whatever sizes are rounded to.
      weight: range.weight ?? range.kib,
    })),
    users: design.users.map((group) => ({
      ...group,
      references: Math.max(group.perTransaction, Math.round(group.references * scale)),
    })),
  };
}

const wholeTimes = (value: number, unit: number): number => Math.max(1, Math.round(value / unit)) * unit;

/** Users of a group run one program, unless each initialises a part of its own. */
export function programOf({ initialiser, users }: SegmentDesign, { group, member }: UserProcess): string {
  const { name } = users[group];
  return initialiser === 'users' ? `user.${name}.${member}` : `user.${name}`;
}

function programsOf(
  design: SegmentDesign,
  users: readonly UserProcess[],
): readonly { readonly name: string; readonly first: UserProcess }[] {
  const byName = new Map<string, UserProcess>();
  for (const user of users) {
    const name = programOf(design, user);
    if (!byName.has(name)) byName.set(name, user);
  }
  return [...byName].map(([name, first]) => ({ name, first }));
}

/**
 * Everybody meets four times: the segment is there (and bound), it has been initialised, all calls are made, all have done
 * their transactions. Who ends earlier would unmap everything in one operation of the kernel, whose bookings of buses
 * lie far ahead of everybody else's.
 */
const meet = (name: 'created' | 'warmed' | 'ready' | 'used', users: number): object => {
  return { op: 'barrier', name, parties: users + 1 };
};

function creatorOperations(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  machine: SegmentMachine,
  users: number,
): readonly object[] {
  const { call, after } = design.binding;
  const ofSegments = call === 'shmbind';
  const binds = bindsTask(call) && !after ? [] : bindOperations(design, seen, machine);
  return [
    ...(ofSegments && !after ? binds : []),
    ...mapOperations(design, seen),
    ...(ofSegments || after ? [] : binds),
    meet('created', users),
    ...warmOperations(design, creatorPieces(design, seen, machine), machine),
    meet('warmed', users),
    ...(after ? binds : []),
    { op: 'measure' },
    meet('ready', users),
    meet('used', users),
  ];
}

/** The calls that bind the ranges; of one behind windows, part by part. */
function bindOperations(design: SegmentDesign, seen: readonly SeenRange[], machine: SegmentMachine): readonly object[] {
  return seen.flatMap((each) => {
    const { range, segment, part } = each;
    const bind = (region: string, from: number, bytes: number): readonly object[] => {
      const operation = bindingOperation(design, range.policy, segment, { region, from, bytes }, machine);
      return operation === undefined ? [] : [operation];
    };
    const { call } = design.binding;
    if (part !== undefined) return bind(part.region, part.from, part.bytes);
    if (call === 'shmbind' || bindsTask(call)) return bind(range.name, 0, each.bytes);
    return chunks(design, each).flatMap(({ offset, length }) => {
      const calls = bind(CHUNK, 0, length);
      if (calls.length === 0) return [];
      const map = { op: 'mmap', as: CHUNK, bytes: length, segment, offset };
      return [map, ...calls, { op: 'munmap', region: CHUNK }];
    });
  });
}

function userOperations(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  machine: SegmentMachine,
  user: UserProcess,
  pieces: readonly Piece[],
  users: number,
  mostOperations: number,
): readonly object[] {
  return [
    meet('created', users),
    ...mapOperations(design, seen),
    ...ownCall(design, seen, machine, user),
    ...warmOperations(design, pieces, machine),
    meet('warmed', users),
    meet('ready', users),
    ...windowOperations(design, seen),
    ...transactionOperations(design, design.users[user.group], seen, mostOperations),
    meet('used', users),
  ];
}

/**
 * Where nobody initialises and the call binds tasks, each user binds itself before it begins: as its own range wants it,
 * or the first range that wants anything.
 */
function ownCall(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  machine: SegmentMachine,
  { group }: UserProcess,
): readonly object[] {
  const { binding, initialiser, users } = design;
  if (!bindsTask(binding.call) || initialiser !== 'nobody') return [];
  const { own } = users[group];
  const wanted =
    own === undefined
      ? seen.find(({ range }) => range.policy.mode !== 'none')
      : seen.find(({ range }) => range.name === own.range);
  if (wanted === undefined) return [];
  const { range, segment } = wanted;
  const call = bindingOperation(design, range.policy, segment, { region: '', from: 0, bytes: 0 }, machine);
  return call === undefined ? [] : [call];
}
