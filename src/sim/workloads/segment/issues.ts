/** What is wrong with a design on a machine: nodes and CPUs that are not there, sizes that do not fit, modes that a call lacks. */
import { InputError, type Issue, makeIssue } from '../../base/errors.ts';
import { modesOf } from './binding.ts';
import { segmentBytes, type SegmentDesign } from './design.ts';
import { cpusOf, type SegmentMachine } from './machine.ts';

const PAGE_BYTES = 4096;
/** SHMMAX of a 32-bit kernel, a size_t. */
const MOST_SYSV = 2 ** 32;
/** Programs of a script, less the creator's: users that initialise have one each. */
const MOST_INITIALISERS = 900;

export function segmentIssues(design: SegmentDesign, machine: SegmentMachine): readonly Issue[] {
  return [...rangeIssues(design, machine), ...placeIssues(design, machine), ...sizeIssues(design, machine)];
}

/** Throws an InputError that names `source` where anything is wrong. */
export function refuseIssues(design: SegmentDesign, machine: SegmentMachine, path = ''): void {
  const issues = segmentIssues(design, machine);
  if (issues.length === 0) return;
  throw new InputError(
    '',
    issues.map((issue) => ({ ...issue, path: path === '' ? issue.path : `${path}.${issue.path}` })),
  );
}

function rangeIssues({ ranges, binding, huge, windows }: SegmentDesign, machine: SegmentMachine): readonly Issue[] {
  const issues: Issue[] = [];
  const modes = modesOf(binding.call);
  for (const [index, { kib, policy, pattern }] of ranges.entries()) {
    const path = `ranges[${index}]`;
    if (binding.call !== 'none' && !modes.includes(policy.mode)) {
      const expected = `what ${binding.call} can ask for (${modes.join(', ')})`;
      issues.push(makeIssue('mode', `${path}.policy.mode`, expected, policy.mode));
    }
    const step = machine.hugePageBytes / 1024;
    if (huge && kib % step !== 0) {
      issues.push(makeIssue('huge', `${path}.kib`, `whole huge pages of ${step} KiB`, `${kib} KiB`));
    }
    if (windows.kind !== 'none' && kib > windows.areaKiB && pattern === 'linear') {
      const expected = 'uniform, skewed or hot: the range is seen through windows';
      issues.push(makeIssue('windows', `${path}.pattern`, expected, pattern));
    }
  }
  return issues;
}

function placeIssues({ creator, users }: SegmentDesign, machine: SegmentMachine): readonly Issue[] {
  const issues: Issue[] = [];
  const needsCpus = (node: number, path: string): void => {
    if (cpusOf(machine, node).length > 0) return;
    const ids = machine.nodes.filter(({ cpus }) => cpus.length > 0).map(({ id }) => id);
    issues.push(makeIssue('no-node', path, `a node with CPUs (${ids.slice(0, 16).join(', ')})`, String(node)));
  };
  needsCpus(creator.node, 'creator.node');
  for (const [index, { nodes, cpus }] of users.entries()) {
    for (const [at, node] of nodes.entries()) needsCpus(node, `users[${index}].nodes[${at}]`);
    for (const [at, cpu] of cpus.entries()) {
      if (cpu < machine.cpus) continue;
      const expected = `a CPU of the machine (0 to ${machine.cpus - 1})`;
      issues.push(makeIssue('no-cpu', `users[${index}].cpus[${at}]`, expected, String(cpu)));
    }
  }
  return issues;
}

function sizeIssues(design: SegmentDesign, machine: SegmentMachine): readonly Issue[] {
  const { windows, kind, huge, initialiser, warming, users, separate, ranges } = design;
  const issues: Issue[] = [];
  const bytes = segmentBytes(design);
  const largest = separate ? Math.max(...ranges.map(({ kib }) => kib)) * 1024 : bytes;
  const mib = (size: number): string => `${Math.round(size / 2 ** 20)} MiB`;
  if (kind === 'sysv' && largest > MOST_SYSV) {
    issues.push(makeIssue('sysv', 'kind', 'tmpfs: a SysV segment has at most 4096 MiB', `sysv, of ${mib(largest)}`));
  }
  if (windows.kind === 'none') {
    // TASK_UNMAPPED_BASE: the kernel looks for room from a third of user space on.
    const room = machine.userBytes - Math.floor(machine.userBytes / 3 / PAGE_BYTES) * PAGE_BYTES;
    if (bytes > room) {
      const expected = `windows, or ranges of at most ${mib(room)} in all: mappings begin at a third of the ${mib(machine.userBytes)} of an address space`;
      issues.push(makeIssue('too-large', 'windows.kind', expected, `none, for ${mib(bytes)}`));
    }
    return initialisers(issues, initialiser, users);
  }
  if (kind === 'sysv') issues.push(makeIssue('windows', 'kind', 'tmpfs: shmat() maps a whole segment', 'sysv'));
  if (huge) issues.push(makeIssue('windows', 'huge', 'false: windows are of small pages', 'true'));
  if (windows.areaKiB % windows.windowKiB !== 0) {
    const expected = `a multiple of the window (${windows.windowKiB} KiB)`;
    issues.push(makeIssue('windows', 'windows.areaKiB', expected, `${windows.areaKiB}`));
  }
  if (initialiser === 'users' && warming === 'turns') {
    issues.push(makeIssue('windows', 'warming', 'linear or random: windows do not go page by page', 'turns'));
  }
  return initialisers(issues, initialiser, users);
}

function initialisers(
  issues: Issue[],
  initialiser: SegmentDesign['initialiser'],
  users: SegmentDesign['users'],
): readonly Issue[] {
  const processes = users.reduce((sum, group) => sum + group.processes, 0);
  if (initialiser === 'users' && processes > MOST_INITIALISERS) {
    const found = `users, of ${processes} processes`;
    issues.push(makeIssue('initialiser', 'initialiser', `creator: at most ${MOST_INITIALISERS} users share it`, found));
  }
  return issues;
}
