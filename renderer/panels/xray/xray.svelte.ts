/**
 * The request that is laid open, and what the lab says of it: on the machine as it boots, or on a run's kernel as it
 * stands. One question at a time; an answer to an older one is dropped.
 */
import type { Xray, XrayRequest } from '../../../src/sim/kernel/alloc/xray.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Client } from '../../client/client.ts';
import { failureOf } from '../../state/failure.ts';

type XrayClient = Pick<Client, 'xray' | 'xrayRun'>;

interface Question {
  readonly profile: MachineProfile;
  readonly request: XrayRequest;
  /** Null: as booted. */
  readonly runId: string | null;
}

export class XrayState {
  request = $state.raw<XrayRequest>({ node: 0, mask: 'GFP_HIGHUSER', order: 0, memalloc: false });
  source = $state.raw<'boot' | 'run'>('boot');
  result = $state.raw<Xray | null>(null);
  /** Why there is no answer to the request as it stands; the last answer stays beside it. */
  wrong = $state.raw<readonly string[]>([]);

  readonly #client: XrayClient;
  #wanted: Question | null = null;
  #asking: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(client: XrayClient) {
    this.#client = client;
  }

  change(change: Partial<XrayRequest>): void {
    this.request = { ...this.request, ...change };
  }

  /** Asks the lab about the request as it stands. Resolves when nothing is left to ask. */
  ask(profile: MachineProfile, runId: string | null): Promise<void> {
    this.#wanted = { profile, request: this.request, runId };
    if (!this.#busy) this.#asking = this.#askAll();
    return this.#asking;
  }

  async #askAll(): Promise<void> {
    this.#busy = true;
    while (this.#wanted !== null) await this.#ask(this.#wanted);
    this.#busy = false;
  }

  async #ask(question: Question): Promise<void> {
    const { profile, request, runId } = question;
    const isOld = (): boolean => this.#wanted !== question;
    try {
      const result = await (runId === null
        ? this.#client.xray(profile, request)
        : this.#client.xrayRun(runId, request));
      if (isOld()) return;
      this.result = result;
      this.wrong = [];
    } catch (error) {
      if (isOld()) return;
      const { issues, message } = failureOf(error);
      this.wrong = issues.length > 0 ? issues.map((issue) => issue.message) : [message];
    } finally {
      if (!isOld()) this.#wanted = null;
    }
  }
}
