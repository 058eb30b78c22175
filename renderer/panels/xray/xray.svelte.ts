/**
 * The request that is laid open, and what the lab says of it: on the machine as it boots, or on a run's kernel as it
 * stands. One question at a time; an answer to an older one is dropped.
 */
import type { Xray, XrayRequest } from '../../../src/sim/kernel/alloc/xray.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Client } from '../../client/client.ts';
import { failureOf } from '../../state/failure.ts';
import { Questions } from '../../state/questions.ts';

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
  readonly #questions = new Questions<Question>((question, isOld) => this.#ask(question, isOld));

  constructor(client: XrayClient) {
    this.#client = client;
  }

  change(change: Partial<XrayRequest>): void {
    this.request = { ...this.request, ...change };
  }

  /** Asks the lab about the request as it stands. Resolves when nothing is left to ask. */
  ask(profile: MachineProfile, runId: string | null): Promise<void> {
    return this.#questions.ask({ profile, request: this.request, runId });
  }

  async #ask({ profile, request, runId }: Question, isOld: () => boolean): Promise<void> {
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
    }
  }
}
