/** What nodes and groups of the drawing show: the boot's answer, and what the run says at the moment under the playhead. */
import type { BootLayout, NodeLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { untrack } from 'svelte';
import { afterAnswer } from '../state/answering.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import type { PlayheadState } from '../state/playhead.svelte.ts';
import type { Run, RunsState } from '../state/runs.svelte.ts';
import { changesOf, freePages, NO_CHANGES, spillOf, type Changes } from './changes.ts';
import { contentOf, type ZoneContent, type ZoneState } from './occupancy.ts';
import { factsOf, type RunFacts } from './run-facts.ts';

/** In words, as the head of a card has it; null before any run. */
export type NodeState = ZoneState | 'takes spill';

export interface GroupSum {
  readonly nodes: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Of its pages, 0 to 1, in use; null where the machine does not boot. */
  readonly used: number | null;
  readonly belowLow: number;
}

/** Of the lab, whose machine is another one with every tab. */
export interface FactSources {
  readonly machine: MachineState;
  readonly runs: Pick<RunsState, 'current'>;
  readonly playhead: Pick<PlayheadState, 'moment'>;
}

/** A machine as it is drawn. */
interface Drawn extends Pick<MachineState, 'profile' | 'layout'> {
  readonly of: MachineState;
}

export class TopologyFacts {
  readonly #lab: FactSources;
  #drawn = $state.raw<Drawn | null>(null);
  /**
   * As it was drawn last while the drawing follows it. As it stands where it does not, and where other nodes stand at
   * other places: what is done at a place of the drawing is done to the node that stands there.
   */
  readonly #machine: Pick<MachineState, 'profile' | 'layout'> = $derived.by(() => {
    const { machine } = this.#lab;
    const drawn = this.#drawn;
    return drawn?.of === machine && hasSameNodes(drawn.profile, machine.profile) ? drawn : machine;
  });

  /** The run that is shown: the current one, where it is of the machine as it stands. */
  readonly run: Run | null = $derived.by(() => {
    const run = this.#lab.runs.current;
    return run !== null && run.start.profile === this.#machine.profile ? run : null;
  });
  readonly #atMoment = $derived.by(() => (this.run === null ? null : this.#lab.playhead.moment));
  readonly known: RunFacts = $derived.by(() => {
    // A column of samples grows in place: its count is what changes.
    void this.run?.frameCount;
    return factsOf(this.run, this.#atMoment);
  });
  readonly live: boolean = $derived(this.run !== null && (this.#atMoment !== null || this.run.frameCount > 0));
  readonly layout: BootLayout | null = $derived.by(() => this.#machine.layout);
  readonly profile: MachineProfile | null = $derived.by(() => this.#machine.profile);
  /** Pages of the largest node: to scale, all cards have its scale. */
  readonly largest: number = $derived(
    this.layout?.nodes.reduce((most, node) => Math.max(most, node.endPfn - node.startPfn), 0) ?? 0,
  );
  /** Id of the first CPU of each node, by place. */
  readonly firstCpus: readonly number[] = $derived.by(() => {
    let next = 0;
    return (this.profile?.machine.nodes ?? []).map(({ cpus }) => {
      const first = next;
      next += cpus;
      return first;
    });
  });
  /** Free pages of each node after boot, by place. */
  readonly #freeAtBoot: readonly number[] = $derived.by(() => {
    const { layout } = this;
    if (layout === null) return [];
    return layout.nodes.map((node) => freePages(contentOf(layout, node, () => undefined)));
  });
  readonly #changed: Changes = $derived.by(() =>
    this.layout === null ? NO_CHANGES : changesOf(this.layout, this.known, this.#freeAtBoot),
  );
  readonly #spill: ReadonlySet<number> = $derived.by(() =>
    this.layout === null ? this.#changed.low : spillOf(this.layout, this.known, this.#changed.low),
  );

  constructor(lab: FactSources) {
    this.#lab = lab;
  }

  /**
   * Lets the drawing follow the edits of the machine on the table, each when it is answered elsewhere: the field that was
   * edited never waits for the drawing. For an effect of what draws; it ends with that.
   */
  follow(): void {
    const { machine } = this.#lab;
    let waits = false;
    let never = (): void => undefined;
    $effect(() => {
      void [machine.profile, machine.layout];
      if (waits) return;
      waits = true;
      never = afterAnswer(() => {
        waits = false;
        this.catchUp();
      });
    });
    $effect(() => () => {
      never();
      this.#drawn = null;
    });
    untrack(() => this.#draw());
  }

  /** Draws the machine as it stands, at once, where it is drawn: for an edit that was made in the drawing. */
  catchUp(): void {
    if (this.#drawn !== null) this.#draw();
  }

  #draw(): void {
    const { machine } = this.#lab;
    const { profile, layout } = machine;
    this.#drawn = { of: machine, profile, layout };
  }

  /** Zones of a node with what is in them. */
  contentsOf(node: NodeLayout): readonly ZoneContent[] {
    const { layout, known } = this;
    return layout === null ? [] : contentOf(layout, node, known.freeOf, known.ownedOf);
  }

  /** Free frames of 4 KiB of a zone as the run on screen has it; undefined where none of this machine is. */
  freeOf(node: NodeLayout, at: { readonly zone: string; readonly index: number }): number | undefined {
    if (!this.live || this.profile !== this.#lab.machine.profile) return undefined;
    return this.contentsOf(node).find(({ zone }) => zone.name === at.zone && zone.index === at.index)?.freePages;
  }

  /** How a node stands, in words; null before any run. */
  stateOf(node: NodeLayout, contents: readonly ZoneContent[] = this.contentsOf(node)): NodeState | null {
    if (!this.live) return null;
    const states = contents.filter(({ zone }) => zone.watermarks.high > 0).map(({ state }) => state);
    if (states.includes('below low')) return 'below low';
    if (this.#spill.has(node.id)) return 'takes spill';
    return states.includes('near high') ? 'near high' : (states[0] ?? null);
  }

  /** Share of a node's pages in use, 0 to 1; null where the machine does not boot: nothing holds any. */
  usedOf(index: number): number | null {
    if (this.layout?.boots === false) return null;
    const node = this.layout?.nodes[index];
    if (node === undefined || node.presentPages === 0) return 0;
    const free = this.#freeAtBoot[index] - (this.#changed.taken.get(node.id) ?? 0);
    return Math.min(1, Math.max(0, 1 - free / node.presentPages));
  }

  isBelowLow(id: number): boolean {
    return this.#changed.low.has(id);
  }

  /** A group in sums. */
  sumOf(members: readonly number[]): GroupSum {
    const nodes = this.profile?.machine.nodes ?? [];
    const sum = { nodes: members.length, cpus: 0, memoryMiB: 0, belowLow: 0 };
    let [present, used] = [0, 0];
    for (const index of members) {
      const [spec, node] = [nodes[index], this.layout?.nodes[index]];
      if (spec === undefined || node === undefined) continue;
      sum.cpus += spec.cpus;
      sum.memoryMiB += spec.memoryMiB;
      present += node.presentPages;
      used += (this.usedOf(index) ?? 0) * node.presentPages;
      if (this.isBelowLow(node.id)) sum.belowLow += 1;
    }
    const share = present === 0 ? 0 : used / present;
    return { ...sum, used: this.layout?.boots === false ? null : share };
  }
}

function hasSameNodes(a: MachineProfile | null, b: MachineProfile | null): boolean {
  if (a === null || b === null) return a === b;
  const [these, those] = [a.machine.nodes, b.machine.nodes];
  return these === those || (these.length === those.length && these.every(({ id }, at) => id === those[at].id));
}
