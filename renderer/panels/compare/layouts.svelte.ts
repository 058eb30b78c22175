/** What boot makes of the machines of compared runs: asked for once a machine, since a run's never changes. */
import { SvelteMap } from 'svelte/reactivity';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Client } from '../../client/client.ts';
import type { Run } from '../../state/runs.svelte.ts';

export class LayoutsState {
  readonly #known = new SvelteMap<MachineProfile, BootLayout | null>();
  /** Not watched: an effect that asks would ask again and again of a lab that cannot say. */
  readonly #asked = new WeakSet<MachineProfile>();
  readonly #client: Pick<Client, 'check'>;

  constructor(client: Pick<Client, 'check'>) {
    this.#client = client;
  }

  /** The layout of a run's machine; null while it is not known, and where the lab could not say. */
  of(run: Run): BootLayout | null {
    return this.#known.get(run.start.profile) ?? null;
  }

  /** Asks for those that are not known yet. */
  ask(runs: readonly Run[]): void {
    for (const { start } of runs) {
      const { profile } = start;
      if (this.#asked.has(profile)) continue;
      this.#asked.add(profile);
      this.#client.check(profile).then(
        ({ layout }) => this.#known.set(profile, layout ?? null),
        // Figures of low memory are left out then; asked again when it is next compared.
        () => void this.#asked.delete(profile),
      );
    }
  }
}
