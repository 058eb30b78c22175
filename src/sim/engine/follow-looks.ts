/**
 * What stood around a followed reference before and after it: the cache line in every cache and at its home, the page lists
 * of the zones that it took from or gave to, its page and who maps it. A sight (base/follow.ts) for each reference that may be
 * the one; the last has seen it. Everything is read, nothing changed: the run comes out the same.
 *
 * A line is looked at when the reference begins where its page is mapped then; else when the fault has mapped it, before the
 * access. A reference that lies across lines is looked at by its first one.
 */
import type { FollowSight } from '../base/follow.ts';
import type { Core } from '../hardware/core.ts';
import { type CpuLine, type LineLook, lookAtLine, type Mesi, NO_LINE } from '../hardware/line-look.ts';
import type { Machine } from '../hardware/machine.ts';
import {
  type FollowedLists,
  type FollowedPage,
  type ListsLook,
  lookAtLists,
  lookAtPage,
} from '../kernel/alloc/follow-lists.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Before and after the reference. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** Nodes by id. */
export interface FollowedLine {
  /** Frame, and byte in it at which the reference begins. */
  readonly pfn: number;
  readonly offset: number;
  readonly write: boolean;
  readonly home: number;
  /** CPU that made it. */
  readonly cpu: number;
  /** True where its page was mapped before: `before` is then as the reference began. */
  readonly mapped: boolean;
  /** Bytes of a line of L1 and L2, and of the unit between nodes. */
  readonly bytes: { readonly l1: number; readonly l2: number; readonly between: number };
  /** The CPU of the reference, and those that had or have the line. */
  readonly cpus: readonly ({ readonly cpu: number; readonly node: number } & Change<CpuLine>)[];
  /** CPUs of the run that neither had nor have it. */
  readonly others: number;
  /** Nodes whose remote cache had or has it; absent where the machine has none. */
  readonly remoteCaches?: readonly ({ readonly node: number } & Change<Mesi>)[];
  readonly directory: Change<{ readonly state: LineLook['directory']; readonly sharers: readonly number[] }>;
}

/** What followReference() gives beside the steps. */
interface Seen {
  readonly line?: FollowedLine;
  readonly lists: readonly FollowedLists[];
  readonly page?: FollowedPage;
}

interface Access {
  readonly slot: number;
  readonly offset: number;
  readonly write: boolean;
  readonly mapped: boolean;
  readonly before: LineLook;
}

export class FollowLooks {
  /** Of the reference that was followed, once it is over. */
  seen: Seen = { lists: [] };
  /** Lists of each zone (its number) before it was touched, in the order in which that was. */
  private lists = new Map<number, ListsLook>();
  private first: Access | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly core: Core,
    private readonly layout: BootLayout,
    private readonly kernel: Kernel | undefined,
  ) {}

  /** For a reference that begins now and may be the one. */
  begin(): FollowSight {
    this.lists = new Map();
    this.first = undefined;
    return {
      zone: (number) => this.zone(number),
      access: (slot, offset, write, mapped) => this.access(slot, offset, write, mapped),
      done: () => this.done(),
    };
  }

  private zone(number: number): void {
    const { kernel, core } = this;
    if (kernel === undefined || this.lists.has(number)) return;
    this.lists.set(number, lookAtLists(kernel.allZones[number], core.cpu));
  }

  private access(slot: number, offset: number, write: boolean, mapped: boolean): void {
    const { first, machine } = this;
    // The fault may have given the page another frame (copy on write); further lines of a reference are not looked at.
    if (first !== undefined && (first.slot === slot || first.offset !== offset)) return;
    this.first = { slot, offset, write, mapped, before: lookAtLine(machine, slot, offset) };
  }

  private done(): void {
    const { kernel, first } = this;
    const page = kernel === undefined || first === undefined ? undefined : lookAtPage(kernel, first.slot);
    this.seen = {
      lists:
        kernel === undefined ? [] : [...this.lists].map(([number, before]) => this.listsOf(kernel, number, before)),
      ...(first === undefined ? {} : { line: this.lineOf(first) }),
      ...(page === undefined ? {} : { page }),
    };
  }

  private listsOf(kernel: Kernel, number: number, before: ListsLook): FollowedLists {
    const { core, first } = this;
    const zone = kernel.allZones[number];
    const { name, index } = zone.layout;
    const gave = first !== undefined && kernel.memMap.zone[kernel.memMap.pageOf(first.slot)] === number;
    return { name, node: zone.node, index, gave, before, after: lookAtLists(zone, core.cpu) };
  }

  private lineOf({ slot, offset, write, mapped, before }: Access): FollowedLine {
    const { machine, core } = this;
    const { frames, spec } = machine;
    const after = lookAtLine(machine, slot, offset);
    const cpus = [...machine.cores.keys()]
      .filter((cpu) => cpu === core.cpu || before.cpus.has(cpu) || after.cpus.has(cpu))
      .sort((a, b) => a - b);
    const places = machine.nodes.map(({ place }) => place);
    const caches = places.filter((place) => before.remoteCaches.has(place) || after.remoteCaches.has(place));
    const directory = (look: LineLook): FollowedLine['directory']['before'] => {
      return { state: look.directory, sharers: look.sharers.map((place) => this.node(place)) };
    };
    const l2 = spec.cpu.l2.lineBytes;
    return {
      pfn: frames.pfnOf(slot),
      offset,
      write,
      home: this.node(frames.homeOf(slot)),
      cpu: core.cpu,
      mapped,
      bytes: { l1: spec.cpu.l1d.lineBytes, l2, between: spec.remoteCache?.lineBytes ?? l2 },
      cpus: cpus.map((cpu) => ({
        cpu,
        node: this.node(machine.placeOf(cpu)),
        before: before.cpus.get(cpu) ?? NO_LINE,
        after: after.cpus.get(cpu) ?? NO_LINE,
      })),
      others: machine.cores.size - cpus.length,
      ...(spec.remoteCache === undefined
        ? {}
        : {
            remoteCaches: caches.map((place) => ({
              node: this.node(place),
              before: before.remoteCaches.get(place) ?? 'I',
              after: after.remoteCaches.get(place) ?? 'I',
            })),
          }),
      directory: { before: directory(before), after: directory(after) },
    };
  }

  private node(place: number): number {
    return this.layout.nodes[place].id;
  }
}
