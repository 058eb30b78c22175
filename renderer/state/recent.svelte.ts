/** Machines opened or saved lately, newest first, as the lab remembers them. */
import type { RecentMachine } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';

export class RecentState {
  machines = $state.raw<readonly RecentMachine[]>([]);
  readonly #client: Pick<Client, 'recentMachines' | 'forgetRecent'>;

  constructor(client: Pick<Client, 'recentMachines' | 'forgetRecent'>) {
    this.#client = client;
  }

  /** Asks the lab again. A list that cannot be read is an empty one. */
  async refresh(): Promise<void> {
    this.machines = await this.#client.recentMachines().catch(() => []);
  }

  async forget(handle: string): Promise<void> {
    await this.#client.forgetRecent(handle).catch(() => null);
    await this.refresh();
  }
}
