/**
 * Messages between nodes: each directed link is a ledger; a message books its bytes on every link of its path and waits
 * where they are taken. A message carries a header of HEADER_BYTES, as an SCI packet's (16 bytes, IEEE 1596).
 * Latency without load is the routes' affair; send() returns only what is waited on top of it.
 */
import type { MachineSpec } from '../profiles/schema.ts';
import { Ledger } from './ledger.ts';
import { makeRoutes, type Routes } from './routes.ts';

export const HEADER_BYTES = 16;

export class Interconnect {
  readonly routes: Routes;
  readonly serialInvalidation: boolean;
  private readonly queued: boolean;
  /** Made when a link is first used. */
  private readonly ledgers: (Ledger | undefined)[];
  private wait = 0;
  private at = 0;
  private bytes = 0;

  constructor(
    machine: MachineSpec,
    private readonly backlogBytes: number,
  ) {
    this.routes = makeRoutes(machine);
    const { interconnect } = machine;
    this.queued = interconnect.kind !== 'none' && interconnect.queued;
    this.serialInvalidation = interconnect.kind !== 'none' && interconnect.invalidation === 'serial';
    this.ledgers = new Array<Ledger | undefined>(this.routes.links).fill(undefined);
  }

  /** Unloaded latency of a miss of `from` at the memory of `to`, ns. */
  missNs(from: number, to: number): number {
    return this.routes.missNs(from, to);
  }

  /** Sends `payload` bytes at `now`; returns how long the message waits for links on its way, ns. */
  send(from: number, to: number, payload: number, now: number): number {
    if (from === to) return 0;
    this.wait = 0;
    this.at = now;
    this.bytes = HEADER_BYTES + payload;
    this.routes.path(from, to, this.bookLink);
    return this.wait;
  }

  /**
   * Sends `messages` of `payload` bytes each as a stream that without others takes `ns` from `now` on; returns how long
   * the slowest link of its path takes, ns.
   */
  stream(from: number, to: number, payload: number, messages: number, now: number, ns: number): number {
    let slowest = ns;
    this.routes.path(from, to, (link) => {
      slowest = Math.max(slowest, this.ledger(link).stream(now, messages * (HEADER_BYTES + payload), ns));
    });
    return slowest;
  }

  /** Time a byte takes on the slowest link of the path, ns. */
  slowestNsPerByte(from: number, to: number): number {
    let slowest = 0;
    this.routes.path(from, to, (link) => {
      slowest = Math.max(slowest, 1000 / this.routes.bandwidthMBps(link));
    });
    return slowest;
  }

  /** Of every link that carried something: its ends (places of nodes, -1 a switch) and its ledger. */
  *used(): Generator<{ readonly from: number; readonly to: number; readonly ledger: Ledger }> {
    for (let link = 0; link < this.ledgers.length; link++) {
      const ledger = this.ledgers[link];
      if (ledger === undefined) continue;
      const [from, to] = this.routes.ends(link);
      yield { from, to, ledger };
    }
  }

  private readonly bookLink = (link: number): void => {
    this.wait += this.ledger(link).book(this.at + this.wait, this.bytes);
  };

  private ledger(link: number): Ledger {
    const known = this.ledgers[link];
    if (known !== undefined) return known;
    const ledger = new Ledger(1000 / this.routes.bandwidthMBps(link), this.queued, this.backlogBytes);
    this.ledgers[link] = ledger;
    return ledger;
  }
}
