/**
 * The machine on the table: its profile, what boot makes of it, and what was typed but refused. Every edit is checked by
 * the lab at once. While a check is under way further edits wait and go together into the next one, so that a
 * dragged border never queues up. A value that the check refuses is kept aside with its issues; profile and layout stay
 * the last valid ones, hence they can always be saved, run and drawn.
 */
import type { Checked, LabFailure, OpenedMachine, RecoveredMachine } from '../../src/lab/contract.ts';
import type { Issue } from '../../src/sim/base/errors.ts';
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { Client } from '../client/client.ts';
import type { EditName } from './edit-name.ts';
import { failureOf } from './failure.ts';
import { HistoryState } from './history.svelte.ts';
import { getAt, isWithin, setAt } from './path.ts';
import { shared } from './shared.ts';

/** A value that was typed and refused, and why. It is shown in its field until it is mended or left. */
export interface Refused {
  readonly path: string;
  readonly value: unknown;
  readonly issues: readonly Issue[];
}

interface Edit {
  readonly path: string;
  readonly value: unknown;
  /** Edits of one gesture (a drag, a held arrow key) are one step. */
  readonly gesture: string | undefined;
  /** What the history calls it; undefined: as its field is called. */
  readonly label: string | undefined;
  readonly done: (accepted: boolean) => void;
}

export class MachineState {
  /**
   * The last valid profile; null until a machine is opened. Never changed in place, and undo brings the same object back:
   * it names this state of this machine, so a run of it is stale where its own is another one.
   */
  profile = $state.raw<MachineProfile | null>(null);
  /** The boot of `profile`. It may say `boots: false`: a machine that is valid, and too large for its low memory. */
  layout = $state.raw<BootLayout | null>(null);
  /** Paths of the numbers without a source. */
  assumed = $state.raw<readonly string[]>([]);
  /** What was typed and refused: at most one value a path. */
  refused = $state.raw<readonly Refused[]>([]);
  /** Names the file that the machine came from; null for a built-in or a new one. */
  handle = $state.raw<string | null>(null);
  /** File name, or the name under which it was opened. */
  name = $state.raw('');
  /** True while the lab is looking at an edit. */
  checking = $state.raw(false);
  /** The lab did not answer: nothing typed is lost, the next edit tries again. */
  failure = $state.raw<LabFailure | null>(null);

  /** The states since it was opened; undo and redo move in it. */
  readonly history = new HistoryState();
  /** The profile as it was opened or last saved. */
  saved = $state.raw<MachineProfile | null>(null);
  /** Called with the boot of what has come on the table, before anything else hears of it. */
  onlayout: (layout: BootLayout) => void = () => undefined;
  /** Called after every change of what is on the table, and after a save. */
  onchange: () => void = () => undefined;

  #gesture: string | undefined;
  #queue: Edit[] = [];
  #running = false;
  /** Every state that it has been in, also those that no undo leads to any more. */
  readonly #states = new WeakSet<MachineProfile>();
  /** Changes when another machine is opened: answers to checks of the one before are dropped. */
  #opening = 0;
  readonly #client: Pick<Client, 'check'>;

  /** Every issue at a field, of all refused values. */
  readonly issues: readonly Issue[] = $derived(this.refused.flatMap((refused) => refused.issues));
  /** Changed since it was opened or saved. */
  readonly dirty: boolean = $derived(this.profile !== this.saved);
  readonly canUndo: boolean = $derived(this.history.canUndo);
  readonly canRedo: boolean = $derived(this.history.canRedo);
  readonly #nameOf: EditName;

  constructor(client: Pick<Client, 'check'>, nameOf: EditName = (path) => path) {
    this.#client = client;
    this.#nameOf = nameOf;
  }

  /** Puts an opened machine on the table. False where it has no valid profile: then nothing changes. */
  open(opened: OpenedMachine): boolean {
    const { profile, layout, issues } = opened.checked;
    if (profile === undefined || layout === undefined || issues.length > 0) return false;
    this.#opening += 1;
    for (const edit of this.#queue.splice(0)) edit.done(false);
    this.failure = null;
    this.handle = opened.handle;
    this.name = opened.name;
    this.saved = profile;
    this.history.start(`Opened ${opened.name}`, profile, opened.checked);
    this.#show(profile, opened.checked);
    return true;
  }

  /**
   * Puts a machine on the table as it was when the lab ended without saving: undo leads from its unsaved changes to the
   * machine as it was opened or saved. False where that is not valid any more.
   */
  recover({ opened, changed }: RecoveredMachine): boolean {
    if (!this.open(opened)) return false;
    if (changed?.profile === undefined || changed.layout === undefined) return changed === null;
    const entry = this.history.push('Recovered changes', changed.profile, changed);
    this.#show(entry.profile, entry.checked);
    return true;
  }

  /**
   * Sets the value at a path (`machine.nodes[3].memoryMiB`); undefined gives an optional field back to its rule. Resolves
   * to true when the value is in force, to false when it was refused (see `refused`) or replaced by a later one.
   * A number set by hand is marked `assumed` in the profile's sources. Edits with the same `gesture` are one undo step, and
   * none where they end in what was there before them;
   * `label` is what the history calls it where the field's name would not say.
   */
  edit(path: string, value: unknown, gesture?: string, label?: string): Promise<boolean> {
    return new Promise((done) => {
      const older = this.#queue.findIndex((edit) => edit.path === path);
      if (older >= 0) this.#queue.splice(older, 1)[0].done(false);
      this.#queue.push({ path, value, gesture, label, done });
      void this.#work();
    });
  }

  /** Puts a whole profile in the place of this one; `label` is what the history calls it (`Node 8 added`). False when it was refused: see `refused` at ''. */
  replace(profile: MachineProfile, label: string): Promise<boolean> {
    return this.edit('', profile, undefined, label);
  }

  /** Leaves a refused value: the field shows the one in force again. Without a path: all of them. */
  restore(path?: string): void {
    this.refused = path === undefined ? [] : this.refused.filter((refused) => refused.path !== path);
  }

  /** Issues that belong to the field at `path`: its own refused value's, and any whose place lies in it. */
  issuesAt(path: string): readonly Issue[] {
    const own = this.#refusedAt(path)?.issues;
    return own ?? this.issues.filter((issue) => isWithin(issue.path, path));
  }

  /** The value to show at a field: the refused one where there is one, else the one in force. */
  valueAt(path: string): unknown {
    const refused = this.#refusedAt(path);
    return refused === undefined ? getAt(this.profile, path) : refused.value;
  }

  /** The field at `path` shows a value that was refused. */
  isRefused(path: string): boolean {
    return this.#refusedAt(path) !== undefined;
  }

  /** The profile is, or was, this machine: a copy of it is another one. */
  owns(profile: MachineProfile): boolean {
    return profile === this.profile || this.#states.has(profile);
  }

  /** What a run of `profile` is of, where that is not the machine as it stands; empty where it is. */
  staleText(profile: MachineProfile): string {
    if (profile === this.profile) return '';
    return this.owns(profile) ? 'of the machine before the edit' : 'of another machine';
  }

  undo(): void {
    this.jump(this.history.position - 1);
  }

  redo(): void {
    this.jump(this.history.position + 1);
  }

  /** Puts the state of a history entry on the table, by its index; nothing where there is none. */
  jump(index: number): void {
    const entry = this.history.go(index);
    if (entry !== undefined) this.#show(entry.profile, entry.checked);
  }

  /** `profile` has been written to a file: edits made meanwhile stay unsaved. */
  markSaved(handle: string | null, name: string, profile: MachineProfile): void {
    this.handle = handle;
    this.name = name;
    this.saved = profile;
    this.onchange();
  }

  #refusedAt(path: string): Refused | undefined {
    return this.refused.find((refused) => refused.path === path);
  }

  #show(profile: MachineProfile, checked: Checked): void {
    this.#gesture = undefined;
    this.refused = [];
    this.#put(profile, checked);
  }

  #put(profile: MachineProfile, checked: Checked): void {
    this.profile = profile;
    this.layout = checked.layout ?? null;
    this.assumed = checked.assumed;
    this.#states.add(profile);
    if (this.layout !== null) this.onlayout(this.layout);
    this.onchange();
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.checking = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      if (!(await this.#apply(batch)) && batch.length > 1) {
        for (const edit of batch) await this.#apply([edit]);
      }
    }
    this.#running = false;
    this.checking = false;
  }

  /** Checks the profile with a batch of edits in it. False where it was refused and the batch should be tried one by one. */
  async #apply(batch: readonly Edit[]): Promise<boolean> {
    const opening = this.#opening;
    const finish = (accepted: boolean): true => {
      for (const edit of batch) edit.done(accepted);
      return true;
    };
    const base = this.profile;
    if (base === null) return finish(false);
    const candidate = batch.reduce<MachineProfile>((profile, edit) => withValue(profile, edit.path, edit.value), base);
    let checked: Checked;
    try {
      checked = await this.#client.check(candidate);
    } catch (error) {
      if (opening !== this.#opening) return finish(false);
      this.failure = failureOf(error);
      checked = { issues: this.failure.issues, assumed: [] };
      return finish(false);
    }
    if (opening !== this.#opening) return finish(false);
    this.failure = null;
    // Undo came while the check was under way: the edit was made to what is no longer there.
    if (this.profile !== base) return finish(false);
    const issues = checked.issues.length > 0 ? checked.issues : (checked.layout?.issues ?? []);
    if (checked.profile !== undefined && checked.layout !== undefined && issues.length === 0) {
      this.#accept(batch, checked.profile, checked);
      return finish(true);
    }
    if (batch.length > 1) return false;
    const { path, value } = batch[0];
    this.refused = [...this.refused.filter((refused) => refused.path !== path), { path, value, issues }];
    return finish(false);
  }

  #accept(batch: readonly Edit[], profile: MachineProfile, checked: Checked): void {
    const gesture = batch.at(-1)?.gesture;
    const goesOn = gesture !== undefined && gesture === this.#gesture;
    const label = this.#label(batch);
    this.refused = this.refused.filter((refused) => !batch.some((edit) => isWithin(refused.path, edit.path)));
    if (shared(this.profile, profile) === this.profile) return;
    const paths = batch.map(({ path }) => path);
    const began = goesOn ? this.history.before : this.history.current;
    if (gesture !== undefined && began !== undefined && isSameBut(began.profile, profile, paths)) {
      // The gesture ends where it began: no step. Where it leaves from there again, it is a new one.
      this.#gesture = undefined;
      if (goesOn && this.history.takeBack() !== undefined) this.#put(began.profile, began.checked);
      return;
    }
    const entry = this.history.push(label, profile, checked, goesOn);
    this.#gesture = gesture;
    this.#put(entry.profile, entry.checked);
  }

  /** What the history calls edits that went into force together. */
  #label(batch: readonly Edit[]): string {
    const base = this.profile;
    if (base === null) return '';
    return batch.map(({ path, value, label }) => label ?? this.#nameOf(path, value, base)).join('; ');
  }
}

/** The profiles say the same, except where the numbers at `paths` come from. */
function isSameBut(before: MachineProfile, after: MachineProfile, paths: readonly string[]): boolean {
  const sources = { ...after.sources };
  for (const path of [...Object.keys(before.sources), ...Object.keys(sources)]) {
    if (!paths.some((edited) => isWithin(path, edited))) continue;
    if (path in before.sources) sources[path] = before.sources[path];
    else delete sources[path];
  }
  return shared(before, { ...after, sources }) === before;
}

/** The profile with a value set, and where a number was set by hand, with that said in its sources. */
export function withValue(profile: MachineProfile, path: string, value: unknown): MachineProfile {
  if (path === '') return value as MachineProfile;
  const next = setAt(profile, path, value);
  const rests = path.startsWith('machine') || path.startsWith('kernel') || path.startsWith('zones');
  if (!rests || (typeof value !== 'number' && value !== undefined)) return next;
  const sources = Object.fromEntries(Object.entries(next.sources).filter(([at]) => !isWithin(at, path)));
  if (value !== undefined) sources[path] = 'assumed: set by hand';
  return { ...next, sources };
}
