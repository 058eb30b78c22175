/** What one step is: to the next event, to the next timer tick, or by an interval of virtual time. Outlives the window. */
import type { RunStep } from '../../../src/lab/contract.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import { readStored, writeStored } from '../../state/stored.ts';

export type StepKind = RunStep['by'];

const KINDS: readonly StepKind[] = ['event', 'tick', 'time'];
const STORED = 'stepping';
/** Of a run that has come nowhere yet. */
const FIRST_NS = 1e6;
/** Parts of a run that the playhead's own interval makes. */
const PARTS = 100;

export class SteppingState {
  /** What the step button does. */
  kind = $state.raw<StepKind>('event');
  /** The interval that a person chose, ns; null: about a hundredth of the run so far. */
  chosenNs = $state.raw<number | null>(null);
  readonly #runs: Pick<RunsState, 'current'>;

  /** Of steps by time and of the playhead's arrows, ns. */
  readonly intervalNs: number = $derived.by(() => this.chosenNs ?? intervalFor(this.#runs.current?.timeNs ?? 0));

  constructor(runs: Pick<RunsState, 'current'>) {
    this.#runs = runs;
    const stored = readStored(STORED);
    if (stored === null || typeof stored !== 'object') return;
    const { kind, ns } = stored as { kind?: unknown; ns?: unknown };
    this.kind = KINDS.find((known) => known === kind) ?? 'event';
    if (typeof ns === 'number' && ns > 0) this.chosenNs = ns;
  }

  choose(kind: StepKind): void {
    this.kind = kind;
    this.#store();
  }

  /** Null goes back to the lab's own interval. */
  setInterval(ns: number | null): void {
    this.chosenNs = ns;
    this.#store();
  }

  /** As the lab is asked for it. */
  step(kind: StepKind = this.kind): RunStep {
    return kind === 'time' ? { by: 'time', ns: this.intervalNs } : { by: kind };
  }

  #store(): void {
    writeStored(STORED, { kind: this.kind, ns: this.chosenNs });
  }
}

/** 1, 2 or 5 times a power of ten, near a hundredth of `ns`. */
function intervalFor(ns: number): number {
  if (!(ns > 0)) return FIRST_NS;
  const part = ns / PARTS;
  const power = 10 ** Math.floor(Math.log10(part));
  const factor = part / power >= 5 ? 5 : part / power >= 2 ? 2 : 1;
  return Number((factor * power).toPrecision(12));
}
