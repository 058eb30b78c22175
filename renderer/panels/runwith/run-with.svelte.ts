/**
 * "Run the same with …": a run's machine, workload and seed taken up again, to change one or more values of them and run
 * that. The machine on the table stays as it is. The new run joins the comparison with the one that it came from.
 */
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import type { Client } from '../../client/client.ts';
import { editNames } from '../../state/edit-name.ts';
import { failureOf } from '../../state/failure.ts';
import { MachineState } from '../../state/machine.svelte.ts';
import type { NoticeState } from '../../state/notice.svelte.ts';
import type { Run } from '../../state/run.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { CompareState } from '../compare/compare.svelte.ts';
import { differencesOf, type Parameter } from '../compare/differences.ts';
import { asSchema, type SchemaNode } from '../inspector/schema.ts';
import { workloadsTitle } from '../runbar/workload-title.ts';

interface Parts {
  readonly client: Pick<Client, 'check'>;
  readonly catalogue: Catalogue;
  readonly runs: RunsState;
  readonly compare: CompareState;
  readonly notice: NoticeState;
}

export class RunWithState {
  /** The run that is taken up; null while nothing is. */
  base = $state.raw<Run | null>(null);
  /** Its machine, with the changes so far; checked by the lab at each of them. */
  readonly machine: MachineState;
  workloads = $state.raw<readonly WorkloadSpec[]>([]);
  seed = $state.raw(0);
  /** Why it could not be taken up or started, as a sentence; empty where it could. */
  said = $state.raw('');
  readonly schema: SchemaNode;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.schema = asSchema(parts.catalogue.profileSchema);
    this.machine = new MachineState(parts.client, editNames(this.schema, parts.catalogue.flavours));
  }

  /** What is changed so far, against the run. */
  readonly changes: readonly Parameter[] = $derived.by(() => {
    const { base, workloads, seed } = this;
    const { profile } = this.machine;
    if (base === null || profile === null) return [];
    const { flavours } = this.#parts.catalogue;
    const runs = [base.start, { profile, workloads, seed }].map((start) => ({ start, report: null }));
    return differencesOf(runs, { schema: this.schema, flavours }).differ;
  });

  /** Why it cannot run now, as a sentence; null where it can. */
  get problem(): string | null {
    const { machine } = this;
    if (machine.refused.length > 0) return 'A value was refused: mend it, or leave it as it was.';
    if (machine.layout?.boots === false) return 'The machine does not boot with these values.';
    if (this.changes.length === 0) return 'Change a value, the seed or the workload.';
    if (this.#parts.runs.active !== null) return 'A run is under way: wait for its end, or cancel it.';
    return null;
  }

  /** Takes up a run. */
  async open(run: Run): Promise<void> {
    this.said = '';
    this.workloads = run.start.workloads;
    this.seed = run.start.seed;
    try {
      const checked = await this.#parts.client.check(run.start.profile);
      const name = `run ${run.number}`;
      if (this.machine.open({ handle: null, name, checked })) this.base = run;
      else this.#parts.notice.say(`The machine of ${name} is not valid here: it was made by another version.`);
    } catch (error) {
      this.#parts.notice.say(failureOf(error).message);
    }
  }

  close(): void {
    this.base = null;
  }

  /** Puts a workload in the place of one. */
  changeWorkload(at: number, workload: WorkloadSpec): void {
    this.workloads = this.workloads.map((each, place) => (place === at ? workload : each));
  }

  /** Starts it; the dialog closes when the lab has taken it. */
  async start(): Promise<void> {
    const { base, workloads, seed, changes, machine } = this;
    const { profile, layout } = machine;
    if (base === null || profile === null || layout === null || this.problem !== null) return;
    const { runs, compare, catalogue, notice } = this.#parts;
    const variant = `run ${base.number} with ${changes.map(changeText).join(', ')}`;
    const run = await runs.start({
      profile: titled(profile, base.start.profile),
      layout,
      workloads,
      seed,
      title: workloadsTitle(workloads, catalogue),
      variant,
      ...(base.start.history === undefined ? {} : { history: base.start.history }),
    });
    if (run === null) {
      this.said = runs.failure?.message ?? 'The lab did not take it.';
      return;
    }
    compare.join(base, run);
    notice.say(`Run ${run.number}: ${variant}. It joins the comparison when it is done.`);
    this.close();
  }
}

/** A machine keeps its name and notes, whatever an edit put into its sources. */
const titled = (profile: MachineProfile, { title }: MachineProfile): MachineProfile => ({ ...profile, title });

/** `Page cluster 32 KiB`. */
export const changeText = ({ label, texts }: Parameter): string => `${label} ${texts[1] ?? ''}`;
