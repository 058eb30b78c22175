/**
 * What the kernel's command line and the 4G/4G switch make of a profile before anything is laid out: mem= cuts memory from
 * the top (limit_regions() of arch/i386/kernel/setup.c: in 2.4 and from 2.6.0 on what lies above an address, in 2.5 what
 * comes after so much RAM), highmem= and vmalloc= move the border of low memory (find_max_low_pfn(), VMALLOC_RESERVE),
 * memfrac= the 2.4 marks (zone_balance_ratio of mm/page_alloc.c), hugepages= the pool.
 *
 * To apply it twice changes nothing, so that whoever has either profile gets the same machine.
 */
import { grouped } from '../../base/grouped.ts';
import { makeIssue, type Issue } from '../../base/errors.ts';
import { FRAME_BYTES, FRAMES_PER_MIB, MIB } from '../../base/units.ts';
import { parseCommandLine, type CommandLine } from '../../profiles/cmdline.ts';
import type { MachineProfile, NodeSpec } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { BootMessage } from './layout.ts';
import { lowmemLimitPfn, SPLIT_4G4G } from './limits.ts';
import { nodeSpans, ramIn, type NodeSpan } from './spans.ts';

const PATH = 'kernel.cmdline';
/** highmem= may not leave less low memory than this. */
const LEAST_LOW_PFN = 64 * FRAMES_PER_MIB;
/** zone_balance_ratio of 2.4. */
const BALANCE_RATIO = 128;

/** The profile as the kernel finds it when it lays out memory. */
export function asBooted(profile: MachineProfile, traits: KernelTraits): MachineProfile {
  const split = traits.split4g && profile.zones.userSpaceMiB !== SPLIT_4G4G;
  const text = profile.kernel.cmdline;
  if (text === '' && !split) return profile;
  const line = parseCommandLine(text);
  let booted = profile;
  if (split) booted = withZones(booted, { userSpaceMiB: SPLIT_4G4G });
  if (line.mem !== undefined) booted = cutAt(booted, endOfMem(booted, line.mem, traits));
  if (profile.machine.bits === 64) return booted;
  if (line.vmalloc !== undefined) booted = withZones(booted, { vmallocReserveMiB: line.vmalloc / MIB });
  if (line.highmem !== undefined) booted = withHighmem(booted, Math.floor(line.highmem / FRAME_BYTES));
  return booted;
}

/** zone_balance_ratio of DMA, Normal and HighMem, as a 2.4 kernel reads memfrac=. */
export function balanceRatios(profile: MachineProfile): readonly [number, number, number] {
  const [dma = BALANCE_RATIO, normal = BALANCE_RATIO, highmem = BALANCE_RATIO] =
    profile.kernel.cmdline === '' ? [] : (parseCommandLine(profile.kernel.cmdline).memfrac ?? []);
  return [dma, normal, highmem];
}

/**
 * Large pages that the node at `place` keeps: of hugepages= its share, taken from all nodes in turn (hugetlb_init() of 2.6.0);
 * else what the profile says for each.
 */
export function hugePagesOf(profile: MachineProfile, place: number): number {
  const total = parseCommandLine(profile.kernel.cmdline).hugepages;
  if (total === undefined) return profile.kernel.hugePages;
  const nodes = profile.machine.nodes.length;
  return Math.floor(total / nodes) + (place < total % nodes ? 1 : 0);
}

/** What is wrong with the words, each with its column, and a mem= that leaves nothing. */
export function commandLineIssues(profile: MachineProfile, traits: KernelTraits): Issue[] {
  if (profile.kernel.cmdline === '') return [];
  const line = parseCommandLine(profile.kernel.cmdline);
  const issues = line.faults.map(({ text, column, expected }) =>
    makeIssue('cmdline', PATH, expected, `"${text}" at column ${column}`),
  );
  const had = profile.machine.nodes.some((node) => node.memoryMiB > 0);
  if (issues.length === 0 && had && asBooted(profile, traits).machine.nodes.every((node) => node.memoryMiB === 0)) {
    issues.push(makeIssue('cmdline', PATH, 'a mem= that leaves some memory', profile.kernel.cmdline));
  }
  return issues;
}

/** The line as the kernel prints it, and what becomes of words that do nothing here. */
export function commandLineMessages(profile: MachineProfile, traits: KernelTraits): BootMessage[] {
  const text = profile.kernel.cmdline;
  if (text.trim() === '') return [];
  const line = parseCommandLine(text);
  const note = (words: string): BootMessage => ({ kind: 'note', text: words, path: PATH });
  const messages: BootMessage[] = [{ kind: 'kernel', text: `Kernel command line: ${text}` }];
  for (const { text: word } of line.unmodelled) messages.push(note(`${word} is read by kernels, but not modelled.`));
  for (const { text: word } of line.unknown) messages.push(note(`${word} is kept: nothing here reads it.`));
  messages.push(...idleWords(line, profile, traits).map(note));
  if (line.vmalloc !== undefined && !traits.readsVmalloc && profile.machine.bits === 32) {
    const words = `${traits.flavour} never had vmalloc= (2.6.10 was the first): a patch.`;
    messages.push({ kind: 'assumed', text: words, path: PATH });
  }
  return messages;
}

/** Words that are known, yet without effect on this machine. */
function idleWords(line: CommandLine, profile: MachineProfile, traits: KernelTraits): string[] {
  const idle: string[] = [];
  const is64 = profile.machine.bits === 64;
  if (is64 && line.highmem !== undefined) idle.push('highmem= does nothing on a 64-bit machine.');
  if (is64 && line.vmalloc !== undefined) idle.push('vmalloc= does nothing on a 64-bit machine.');
  if (!is64 && line.vmalloc !== undefined && profile.zones.maxmemMiB !== undefined) {
    idle.push('vmalloc= does nothing here: zones.maxmemMiB sets the limit of low memory.');
  }
  if (line.memfrac !== undefined && !traits.readsMemfrac) {
    idle.push(`memfrac= is a word of 2.4: ${traits.flavour} does not read it.`);
  }
  if (line.mem !== undefined && cutAt(profile, endOfMem(profile, line.mem, traits)) === profile) {
    idle.push('mem= is not below what the machine has.');
  }
  if (!is64 && line.highmem !== undefined) {
    const before = asBooted({ ...profile, kernel: { ...profile.kernel, cmdline: withoutHighmem(line) } }, traits);
    const refused = highmemRefused(before, Math.floor(line.highmem / FRAME_BYTES));
    if (refused !== undefined) idle.push(refused);
  }
  return idle;
}

function withoutHighmem({ mem, vmalloc }: CommandLine): string {
  return [mem === undefined ? '' : `mem=${mem}`, vmalloc === undefined ? '' : `vmalloc=${vmalloc}`].join(' ').trim();
}

/** Why find_max_low_pfn() takes no notice of highmem=, or undefined where it does. */
function highmemRefused(profile: MachineProfile, pages: number): string | undefined {
  const limit = lowmemLimitPfn(profile.zones);
  const end = endOf(profile);
  const asked = `${grouped(Math.floor(pages / FRAMES_PER_MIB))}MB`;
  if (end > limit) {
    const available = `${grouped(Math.floor((end - limit) / FRAMES_PER_MIB))}MB`;
    return pages + limit > end
      ? `only ${available} highmem pages available, ignoring highmem size of ${asked}.`
      : undefined;
  }
  if (pages >= end) {
    return `highmem size specified (${asked}) is bigger than pages available (${grouped(Math.floor(end / FRAMES_PER_MIB))}MB)!`;
  }
  return end - pages < LEAST_LOW_PFN
    ? `highmem size ${asked} results in smaller than 64MB lowmem, ignoring it.`
    : undefined;
}

function withHighmem(profile: MachineProfile, pages: number): MachineProfile {
  if (highmemRefused(profile, pages) !== undefined) return profile;
  const limit = lowmemLimitPfn(profile.zones);
  const end = endOf(profile);
  if (end > limit) return cutAt(profile, limit + pages);
  return pages === 0 ? profile : withZones(profile, { maxmemMiB: (end - pages) / FRAMES_PER_MIB });
}

function withZones(profile: MachineProfile, zones: Partial<MachineProfile['zones']>): MachineProfile {
  return { ...profile, zones: { ...profile.zones, ...zones } };
}

/** End of the highest memory, pfn. */
function endOf(profile: MachineProfile): number {
  return nodeSpans(profile.machine).reduce(
    (end, span) => (span.endPfn > span.startPfn ? Math.max(end, span.endPfn) : end),
    0,
  );
}

/** First frame that mem= takes away. */
function endOfMem(profile: MachineProfile, bytes: number, traits: KernelTraits): number {
  const frames = Math.floor(bytes / FRAME_BYTES);
  return traits.memLimit === 'address' ? frames : endOfSize(nodeSpans(profile.machine), frames);
}

/** Frame behind the first `frames` frames of RAM. */
function endOfSize(spans: readonly NodeSpan[], frames: number): number {
  let left = frames;
  const inOrder = [...spans].filter((span) => span.endPfn > span.startPfn).sort((a, b) => a.startPfn - b.startPfn);
  for (const span of inOrder) {
    let at = span.startPfn;
    for (const hole of [...span.holes, { startPfn: span.endPfn, endPfn: span.endPfn }]) {
      const ram = Math.max(0, hole.startPfn - at);
      if (ram >= left) return at + left;
      left -= ram;
      at = Math.max(at, hole.endPfn);
    }
  }
  return inOrder.at(-1)?.endPfn ?? 0;
}

/** Memory from frame `end` on is not there; nodes stay where they are. */
function cutAt(profile: MachineProfile, end: number): MachineProfile {
  const spans = nodeSpans(profile.machine);
  if (spans.every((span) => span.endPfn <= end || span.endPfn === span.startPfn)) return profile;
  const nodes = profile.machine.nodes.map((node, place): NodeSpec => {
    const span = spans[place];
    const endPfn = Math.max(span.startPfn, Math.min(span.endPfn, end));
    const holes = node.holes
      .map(({ startKiB, endKiB }) => ({ startKiB, endKiB: Math.min(endKiB, endPfn * 4) }))
      .filter(({ startKiB, endKiB }) => startKiB < endKiB);
    const startMiB = span.startPfn / FRAMES_PER_MIB;
    // A node all of whose frames left are holes has no memory.
    const empty = ramIn(span, span.startPfn, endPfn) === 0;
    const memoryMiB = empty ? 0 : (endPfn - span.startPfn) / FRAMES_PER_MIB;
    return { ...node, startMiB, memoryMiB, holes: empty ? [] : holes };
  });
  return { ...profile, machine: { ...profile.machine, nodes } };
}
