/** Adding, duplicating and removing of nodes: one undoable change each, which keeps ids, links and sources in step. */
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { InterconnectSpec, MachineProfile, NodeSpec } from '../../src/sim/profiles/schema.ts';
import type { DialogsState } from './dialogs.svelte.ts';
import { formatNumber } from '../panels/format.ts';
import type { MachineState } from './machine.svelte.ts';
import type { NoticeState } from './notice.svelte.ts';
import type { SelectionState } from './selection.svelte.ts';

export class NodesState {
  readonly #machine: MachineState;
  readonly #selection: SelectionState;
  readonly #dialogs: DialogsState;
  readonly #notice: NoticeState;

  /** What was said of the memory of a node that was added. */
  #told: { readonly id: number; readonly text: string } | null = null;

  readonly canDuplicate: boolean = $derived.by(() => this.#selectedIndex() >= 0);
  readonly canRemove: boolean = $derived.by(
    () => this.#selectedIndex() >= 0 && (this.#machine.profile?.machine.nodes.length ?? 0) > 1,
  );

  constructor(machine: MachineState, selection: SelectionState, dialogs: DialogsState, notice: NoticeState) {
    this.#machine = machine;
    this.#selection = selection;
    this.#dialogs = dialogs;
    this.#notice = notice;
  }

  /** Adds a node like the last one, without its holes and devices. */
  async add(): Promise<boolean> {
    const { profile } = this.#machine;
    const last = profile?.machine.nodes.at(-1);
    if (profile === null || last === undefined) return false;
    return this.#change(
      withNode(profile, { id: last.id, cpus: last.cpus, memoryMiB: last.memoryMiB, holes: [], io: [] }),
      last.memoryMiB,
      (id) => `Node ${id} added`,
    );
  }

  /** Adds a node like the selected one (or `id`). */
  async duplicate(id: number | null = this.#selection.node): Promise<boolean> {
    const { profile } = this.#machine;
    const node = profile?.machine.nodes.find((candidate) => candidate.id === id);
    if (profile === null || node === undefined) return false;
    // Holes and a start are physical addresses: they belong to the place where the node lies.
    const copy = { ...node, holes: [] };
    delete copy.startMiB;
    return this.#change(
      withNode(profile, copy),
      copy.memoryMiB,
      (added) => `Node ${node.id} duplicated as node ${added}`,
    );
  }

  async remove(id: number | null = this.#selection.node): Promise<boolean> {
    const { profile } = this.#machine;
    if (profile === null || profile.machine.nodes.length < 2) return false;
    const index = profile.machine.nodes.findIndex((node) => node.id === id);
    if (index < 0) return false;
    const accepted = await this.#put(withoutNode(profile, index), 'The node was not removed', `Node ${id} removed`);
    if (accepted && this.#selection.node === id) this.#selection.select({ kind: 'machine' });
    return accepted;
  }

  /** Takes back what was said of a node that is gone. */
  forgetWithout(layout: BootLayout): void {
    const told = this.#told;
    if (told === null || layout.nodes.some(({ id }) => id === told.id)) return;
    this.#told = null;
    if (this.#notice.text === told.text) this.#notice.clear();
  }

  /** `wishedMiB`: the memory of the node that the new one was to be like. */
  async #change(profile: MachineProfile, wishedMiB: number, label: (id: number) => string): Promise<boolean> {
    const added = profile.machine.nodes.at(-1) as NodeSpec;
    const accepted = await this.#put(profile, 'The node was not added', label(added.id));
    if (accepted) {
      this.#selection.select({ kind: 'node', node: added.id });
      if (added.memoryMiB < wishedMiB) {
        this.#told = { id: added.id, text: shortOfMemory(added, profile) };
        this.#notice.say(this.#told.text);
      }
    }
    return accepted;
  }

  /** There is no field where a refused change of the whole machine could be shown: it is said in a dialog and left. */
  async #put(profile: MachineProfile, title: string, label: string): Promise<boolean> {
    const accepted = await this.#machine.replace(profile, label);
    const { issues } = this.#machine.refused.find((refused) => refused.path === '') ?? { issues: [] };
    this.#machine.restore('');
    if (issues.length > 0) {
      const message = issues.map((issue) => issue.message).join('\n');
      void this.#dialogs.showFailure(title, { kind: 'input', source: '', message, issues });
    }
    return accepted;
  }

  #selectedIndex(): number {
    const { current } = this.#selection;
    const id = current.kind === 'node' ? current.node : null;
    return id === null ? -1 : (this.#machine.profile?.machine.nodes.findIndex((node) => node.id === id) ?? -1);
  }
}

/**
 * The profile with `like` as its last node, under the lowest id above all others, joined to the interconnect. Where the
 * addresses do not reach, it gets what memory is left.
 */
export function withNode(profile: MachineProfile, like: NodeSpec): MachineProfile {
  const { nodes, interconnect } = profile.machine;
  const id = Math.max(...nodes.map((node) => node.id)) + 1;
  const node = { ...like, id, memoryMiB: Math.min(like.memoryMiB, roomMiB(profile)) };
  const sources = { ...profile.sources, [`machine.nodes[${nodes.length}]`]: 'assumed: added by hand' };
  const machine = { ...profile.machine, nodes: [...nodes, node], interconnect: joined(interconnect, profile, id) };
  return { ...profile, machine, sources };
}

/** What of less than this is left of a full address space is left alone: the new node is one without memory. */
const LEAST_MIB = 64;

/** Addresses that are left behind the last node: PAE reaches 64 GiB, 32 bits without it 4. */
function roomMiB({ machine }: MachineProfile): number {
  if (machine.bits === 64) return Infinity;
  const end = machine.nodes.reduce((before, node) => (node.startMiB ?? before) + node.memoryMiB, 0);
  const room = (machine.pae ? 65536 : 4096) - end;
  return room < LEAST_MIB ? 0 : room;
}

function shortOfMemory({ id, memoryMiB }: NodeSpec, { machine }: MachineProfile): string {
  const reach = machine.pae ? 'PAE’s 64 GiB' : 'The 4 GiB that 32 bits reach';
  return memoryMiB === 0
    ? `${reach} are used up: node ${id} has no memory`
    : `${reach} leave ${formatNumber(memoryMiB)} MiB for node ${id}`;
}

function joined(interconnect: InterconnectSpec, profile: MachineProfile, id: number): InterconnectSpec {
  const { nodes, remoteCache, localNs } = profile.machine;
  const last = nodes[nodes.length - 1].id;
  switch (interconnect.kind) {
    case 'none':
      // One node needs no interconnect, two do: a crossbar of plain figures, marked `assumed` with the node.
      return {
        kind: 'crossbar',
        remoteNs: Math.max(1, localNs * 2),
        linkMBps: 1000,
        queued: true,
        invalidation: 'parallel',
      };
    case 'links': {
      const latencyNs =
        interconnect.links[0]?.latencyNs ?? Math.max(0, (interconnect.remoteNs - profile.machine.localNs) / 2);
      const bandwidthMBps = interconnect.links[0]?.bandwidthMBps ?? interconnect.linkMBps;
      return { ...interconnect, links: [...interconnect.links, { from: last, to: id, latencyNs, bandwidthMBps }] };
    }
    case 'matrix': {
      const far = Math.max(...interconnect.latencyNs.flat(), remoteCache?.hitNs ?? 0, localNs);
      const rows = interconnect.latencyNs.map((row) => [...row, far]);
      return { ...interconnect, latencyNs: [...rows, [...nodes.map(() => far), localNs]] };
    }
    default:
      return interconnect;
  }
}

/** The profile without the node at `index`: links to it, its marks and bindings go with it; sources of later nodes move up. */
export function withoutNode(profile: MachineProfile, index: number): MachineProfile {
  const { nodes, interconnect } = profile.machine;
  const { id } = nodes[index];
  const machine = { ...profile.machine, nodes: without(nodes, index), interconnect: parted(interconnect, id, index) };
  const zones = { ...profile.zones, watermarks: profile.zones.watermarks.filter((marks) => marks.node !== id) };
  const kernel = { ...profile.kernel, placement: placementWithout(profile.kernel.placement, id) };
  const sources = Object.fromEntries(
    Object.entries(profile.sources).flatMap(([path, source]) => {
      const moved = movedUp(path, index);
      return moved === null ? [] : [[moved, source]];
    }),
  );
  return { ...profile, machine, zones, kernel, sources };
}

function parted(interconnect: InterconnectSpec, id: number, index: number): InterconnectSpec {
  if (interconnect.kind === 'links') {
    return { ...interconnect, links: interconnect.links.filter((link) => link.from !== id && link.to !== id) };
  }
  if (interconnect.kind === 'matrix') {
    const rows = without(interconnect.latencyNs, index).map((row) => without(row, index));
    return { ...interconnect, latencyNs: rows };
  }
  return interconnect;
}

function placementWithout(
  placement: MachineProfile['kernel']['placement'],
  id: number,
): MachineProfile['kernel']['placement'] {
  if (placement.policy === 'preferred') return placement.node === id ? { policy: 'first-touch' } : placement;
  if (placement.policy === 'first-touch') return placement;
  const nodes = placement.nodes.filter((node) => node !== id);
  return nodes.length === 0 ? { policy: 'first-touch' } : { ...placement, nodes };
}

function movedUp(path: string, removed: number): string | null {
  const match = /^machine\.nodes\[(\d+)\](.*)$/.exec(path);
  if (match === null) return path;
  const index = Number(match[1]);
  if (index === removed) return null;
  return index < removed ? path : `machine.nodes[${index - 1}]${match[2]}`;
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, at) => at !== index);
}
