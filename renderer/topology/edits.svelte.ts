/**
 * Edits made in the drawing, by pointer, keys or menu: one step of the history each. What is refused is said at the card
 * where it was tried, until something else is done. While something is carried, it says what and over which node.
 */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import { addLink, changeCpus, freeLinks, moveCpu, moveMemory, removeLink, shareOf, type Planned } from './edits.ts';

/** What is being dragged from a card; `from` is a node's place. */
export interface Carried {
  readonly kind: 'cpu' | 'memory' | 'link';
  readonly from: number;
  /** As it is written beside the pointer. */
  readonly text: string;
  /** Of memory. */
  readonly mib: number;
  /** Of the pointer, px of the page. */
  readonly x: number;
  readonly y: number;
  /** The node under the pointer, by place; -1 where there is none, or the one it comes from. */
  readonly over: number;
}

/** What was refused, at the node (id) where it was tried. */
export interface Refusal {
  readonly node: number;
  readonly message: string;
  /** It would be allowed with links of its own. */
  readonly offersLinks: boolean;
}

export class TopologyEdits {
  carried = $state.raw<Carried | null>(null);
  refusal = $state.raw<Refusal | null>(null);
  /** The link that was chosen, by places. */
  link = $state.raw<{ readonly from: number; readonly to: number } | null>(null);

  readonly #lab: { readonly machine: MachineState };
  readonly #onaccepted: () => void;

  /** `onaccepted` is called after every edit that came into force. */
  constructor(lab: { readonly machine: MachineState }, onaccepted: () => void = () => undefined) {
    this.#lab = lab;
    this.#onaccepted = onaccepted;
  }

  changeCpus(index: number, by: 1 | -1): Promise<boolean> {
    return this.#do(index, (profile) => changeCpus(profile, index, by));
  }

  moveCpu(from: number, to: number): Promise<boolean> {
    return this.#do(to, (profile) => moveCpu(profile, from, to));
  }

  /** Moves one step of the giver's size, or `mib`. */
  moveMemory(from: number, to: number, mib?: number): Promise<boolean> {
    return this.#do(to, (profile) => moveMemory(profile, from, to, mib ?? shareOf(profile, from)));
  }

  /** Between nodes by place. */
  addLink(from: number, to: number): Promise<boolean> {
    return this.#do(from, (profile) => addLink(profile, this.#id(from), this.#id(to)));
  }

  removeLink(from: number, to: number): Promise<boolean> {
    return this.#do(from, (profile) => removeLink(profile, this.#id(from), this.#id(to)));
  }

  freeLinks(): Promise<boolean> {
    return this.#do(0, freeLinks);
  }

  /** MiB that one drag of a node's memory moves. */
  shareOf(index: number): number {
    const { profile } = this.#lab.machine;
    return profile === null ? 0 : shareOf(profile, index);
  }

  /** What was carried is put down where it is. */
  drop(): void {
    const { carried } = this;
    this.carried = null;
    if (carried === null || carried.over < 0) return;
    const { kind, from, over, mib } = carried;
    if (kind === 'cpu') void this.moveCpu(from, over);
    else if (kind === 'memory') void this.moveMemory(from, over, mib);
    else void this.addLink(from, over);
  }

  #id(index: number): number {
    return this.#lab.machine.profile?.machine.nodes[index]?.id ?? -1;
  }

  async #do(index: number, plan: (profile: MachineProfile) => Planned): Promise<boolean> {
    const { profile } = this.#lab.machine;
    this.refusal = null;
    this.link = null;
    if (profile?.machine.nodes[index] === undefined) return false;
    const planned = plan(profile);
    const node = this.#id(index);
    if ('no' in planned) {
      const { kind } = profile.machine.interconnect;
      const offersLinks = planned.no.includes('Turn it into free links') && kind !== 'none' && kind !== 'matrix';
      this.refusal = { node, message: planned.no, offersLinks };
      return false;
    }
    const accepted = await this.#lab.machine.replace(planned.profile, planned.label);
    if (accepted) {
      this.#onaccepted();
      return true;
    }
    const { issues } = this.#lab.machine.refused.find(({ path }) => path === '') ?? { issues: [] };
    this.#lab.machine.restore('');
    const message = issues.map((issue) => issue.message).join(' ');
    if (message !== '') this.refusal = { node, message, offersLinks: false };
    return false;
  }
}
