/**
 * The segment on the table: its design as edited, what is known of it before it runs, and what a person has chosen of
 * it. A design that the lab refuses stays as it was typed, with its issues; the last prediction stays in view.
 */
import type { Issue } from '../../../src/sim/base/errors.ts';
import type { SegmentCatalogue } from '../../../src/lab/contract.ts';
import type { Client } from '../../client/client.ts';
import type { SegmentPrediction } from '../../../src/sim/engine/segment/prediction.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import { failureOf } from '../../state/failure.ts';
import { Questions } from '../../state/questions.ts';
import { getAt, isWithin, setAt } from '../../state/path.ts';
import { UndoSteps } from '../../state/undo-steps.svelte.ts';
import { type Binding, callOf } from './calls.ts';
import { nodesOf, place, type RangeChoice } from './ranges.ts';
import { starterDesign } from './starter.ts';

interface Question {
  readonly profile: MachineProfile;
  readonly design: SegmentDesign;
}

type SegmentClient = Pick<Client, 'predictSegment' | 'segmentDesigns'>;

export class SegmentState {
  /** Designs and ranges to begin with, and the design's schema; null until the lab has given them. */
  catalogue = $state.raw<SegmentCatalogue | null>(null);
  /** Of the last design that nothing was wrong with. */
  prediction = $state.raw<SegmentPrediction | null>(null);
  /** Command lines of numactl for its layout. */
  numactl = $state.raw<readonly string[]>([]);
  issues = $state.raw<readonly Issue[]>([]);
  /** The design that was found right last: the one that can run. */
  valid = $state.raw<SegmentDesign | null>(null);
  /** The range that the form shows, or all. */
  selected = $state.raw<RangeChoice>(0);
  /** What is being carried to a node, by the pointer or by keys. */
  carried = $state.raw<RangeChoice | null>(null);
  /** Over which node the pointer carries it; -1: over all nodes. */
  over = $state.raw<number | null>(null);

  readonly canRun: boolean = $derived(this.design !== null && this.design === this.valid);

  readonly #client: SegmentClient;
  readonly #steps = new UndoSteps<SegmentDesign | null>(null);
  readonly #questions = new Questions<Question>((question, isOld) => this.#ask(question, isOld));

  constructor(client: SegmentClient) {
    this.#client = client;
  }

  /** As edited; null until a design has been opened. */
  get design(): SegmentDesign | null {
    return this.#steps.now;
  }

  get canUndo(): boolean {
    return this.#steps.canUndo;
  }

  get canRedo(): boolean {
    return this.#steps.canRedo;
  }

  /** Asks the lab once for what a design begins with; on a machine without a design, one is made for it. */
  async begin(profile: MachineProfile | null): Promise<void> {
    try {
      this.catalogue ??= await this.#client.segmentDesigns();
    } catch (error) {
      this.issues = [issueOf(failureOf(error).message)];
    }
    if (this.design === null && profile !== null && this.catalogue !== null) {
      this.open(starterDesign(profile, this.catalogue.presets));
    }
  }

  /** Puts a design on the table; what was there can be had back by undo. */
  open(design: SegmentDesign): void {
    this.change(design);
    this.selected = design.ranges.length > 1 ? 'all' : 0;
  }

  /** Sets the design; changes with one `gesture` text (a drag) are one step to undo. */
  change(next: SegmentDesign, gesture?: string): void {
    if (this.design === null) this.#steps.start(next);
    else this.#steps.change(next, gesture);
    this.#keepSelected();
  }

  /** Ends a gesture: the next change is a step of its own. */
  endGesture(): void {
    this.#steps.endGesture();
  }

  /** Sets the field at `path`; undefined takes it away. */
  edit(path: string, value: unknown, gesture?: string): void {
    if (this.design !== null) this.change(setAt(this.design, path, value), gesture);
  }

  valueAt(path: string): unknown {
    return getAt(this.design, path);
  }

  issuesAt(path: string): readonly Issue[] {
    return this.issues.filter((issue) => isWithin(issue.path, path));
  }

  undo(): void {
    this.#steps.undo();
    this.#keepSelected();
  }

  redo(): void {
    this.#steps.redo();
    this.#keepSelected();
  }

  /**
   * Puts a range, or all, on nodes: with `add` beside those that it is on. Where no call is chosen yet, the one that
   * a kernel with `binding` has is.
   */
  place(which: RangeChoice, nodes: readonly number[], binding: Binding, add = false): void {
    if (this.design === null) return;
    const all = add ? [...nodesOf(this.design, which), ...nodes] : nodes;
    const { call } = this.design.binding;
    this.change(place(this.design, which, all, call === 'none' && all.length > 0 ? callOf(binding) : call));
    this.selected = which;
  }

  /** Puts a range on a node more, or takes it off it. */
  toggle(which: RangeChoice, node: number, binding: Binding): void {
    if (this.design === null) return;
    const nodes = nodesOf(this.design, which);
    const rest = nodes.filter((one) => one !== node);
    this.place(which, rest.length < nodes.length ? rest : [...nodes, node], binding);
  }

  /**
   * Asks the lab what becomes of the design on a machine, one question at a time: a drag asks faster than a lab that
   * plays a large machine answers. An answer to an older question is dropped. Resolves when nothing is left to ask.
   */
  predict(profile: MachineProfile | null): Promise<void> {
    const { design } = this;
    return this.#questions.ask(profile === null || design === null ? null : { profile, design });
  }

  /** Old: the machine is gone, or the design is another by now. */
  async #ask(question: Question, isOld: () => boolean): Promise<void> {
    try {
      const { prediction, issues, numactl } = await this.#client.predictSegment(question);
      if (isOld()) return;
      this.issues = issues;
      if (prediction === undefined) return;
      this.prediction = prediction;
      this.numactl = numactl;
      this.valid = question.design;
    } catch (error) {
      if (isOld()) return;
      const failure = failureOf(error);
      this.issues = failure.issues.length > 0 ? failure.issues : [issueOf(failure.message)];
    }
  }

  /** A range that is gone is not selected. */
  #keepSelected(): void {
    const { design } = this;
    if (design === null || this.selected === 'all' || this.selected < design.ranges.length) return;
    this.selected = design.ranges.length - 1;
  }
}

function issueOf(message: string): Issue {
  return { code: 'failed', path: '', expected: '', found: '', message };
}
