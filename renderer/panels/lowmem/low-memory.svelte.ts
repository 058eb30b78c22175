/**
 * What explains the low memory of the machine on the table: the lab's answer (where more memory breaks boot, every split),
 * asked a moment after the last edit; which item and which split are looked at; and the clusters that are being
 * measured one run after the other.
 */
import type { LabFailure, LowMemory } from '../../../src/lab/contract.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Client } from '../../client/client.ts';
import { failureOf } from '../../state/failure.ts';
import type { Run, RunStart } from '../../state/runs.svelte.ts';
import { Settled } from '../../state/settled.ts';
import { atCluster } from './measured.ts';

export class LowMemoryState {
  /** Of the last valid machine; null until the lab has answered. */
  answer = $state.raw<LowMemory | null>(null);
  failure = $state.raw<LabFailure | null>(null);
  /** The item of the budget that is explained, by its name; empty: the largest. */
  item = $state.raw('');
  /** User space of the split whose addresses are listed, MiB; null: the machine's own. */
  split = $state.raw<number | null>(null);
  /** Clusters (PAGE_MMUSHIFT) that still wait for their run. */
  waiting = $state.raw<readonly number[]>([]);

  readonly #client: Pick<Client, 'lowMemory' | 'check'>;
  readonly #settled = new Settled<MachineProfile>((profile, isOld) => this.#ask(profile, isOld));

  constructor(client: Pick<Client, 'lowMemory' | 'check'>) {
    this.#client = client;
  }

  /** Asks anew for `profile`; the answer of before stays until the new one comes. */
  follow(profile: MachineProfile): void {
    this.#settled.follow(profile);
  }

  stop(): void {
    this.#settled.stop();
  }

  /** Runs `start` at each of these clusters, one after the other, until all are done or one is cancelled; what does not boot is left out. */
  async measure(
    shifts: readonly number[],
    start: Omit<RunStart, 'layout'>,
    begin: (start: RunStart) => Promise<Run | null>,
  ): Promise<void> {
    if (this.waiting.length > 0) return;
    this.waiting = shifts;
    while (this.waiting.length > 0) {
      const shift = this.waiting[0] ?? 0;
      const own = shift === start.profile.kernel.pageMmuShift;
      const profile = own ? start.profile : atCluster(start.profile, shift);
      const layout = await this.#boot(profile);
      const title = `${start.title}, ${4 << shift} KiB clusters`;
      const run = layout?.boots === true ? await begin({ ...start, profile, layout, title }) : null;
      if (run !== null) await finished(run);
      this.waiting = run?.state === 'cancelled' ? [] : this.waiting.slice(1);
    }
  }

  async #boot(profile: MachineProfile): Promise<BootLayout | null> {
    try {
      return (await this.#client.check(profile)).layout ?? null;
    } catch {
      // The lab did not answer: a run would not begin either.
      return null;
    }
  }

  async #ask(profile: MachineProfile, isOld: () => boolean): Promise<void> {
    try {
      const answer = await this.#client.lowMemory(profile);
      if (isOld()) return;
      this.answer = answer;
      this.failure = null;
    } catch (error) {
      if (!isOld()) this.failure = failureOf(error);
    }
  }
}

/** Resolves when the run is under way no more. */
function finished(run: Run): Promise<void> {
  return new Promise((resolve) => {
    const stop = $effect.root(() => {
      $effect(() => {
        if (run.active) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  });
}
