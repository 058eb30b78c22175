/**
 * The request that is laid open, and what the lab says of it: on the machine as it boots, on a run's kernel as it
 * stands, or at the playhead. One question at a time; an answer to an older one is dropped.
 */
import type { Xray, XrayRequest } from '../../../src/sim/kernel/alloc/xray.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Client } from '../../client/client.ts';
import { failureOf } from '../../state/failure.ts';
import { Questions } from '../../state/questions.ts';

type XrayClient = Pick<Client, 'xray' | 'xrayRun' | 'xraySeen'>;

/** Whose zones: of the machine as it boots, of a run under way, or where the playhead stands in one. */
export type XrayOf = 'boot' | 'seen' | { readonly runId: string };

export const XRAY_SOURCES = ['boot', 'run', 'seen'] as const;
export type XraySource = (typeof XRAY_SOURCES)[number];

interface Question {
  readonly profile: MachineProfile;
  readonly request: XrayRequest;
  readonly of: XrayOf;
}

export class XrayState {
  request = $state.raw<XrayRequest>({ node: 0, mask: 'GFP_HIGHUSER', order: 0, memalloc: false });
  /** Whose zones are wanted, at first those that the whole window shows; see `sourceOf`. */
  wanted = $state.raw<XraySource>('seen');
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

  /**
   * Whose zones there are to see: those wanted, or those of the run as it stands where the playhead is at now, or the
   * machine's where no run is under way.
   */
  sourceOf({ isActive, isBack }: { readonly isActive: boolean; readonly isBack: boolean }): XraySource {
    if (this.wanted === 'boot' || (this.wanted === 'seen' && isBack)) return this.wanted;
    return isActive ? 'run' : 'boot';
  }

  /** Asks the lab about the request as it stands. Resolves when nothing is left to ask. */
  ask(profile: MachineProfile, of: XrayOf): Promise<void> {
    return this.#questions.ask({ profile, request: this.request, of });
  }

  async #ask({ profile, request, of }: Question, isOld: () => boolean): Promise<void> {
    try {
      const result = await (of === 'boot'
        ? this.#client.xray(profile, request)
        : of === 'seen'
          ? this.#client.xraySeen(request)
          : this.#client.xrayRun(of.runId, request));
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
