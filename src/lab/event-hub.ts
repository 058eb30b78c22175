/** The lab's events to whoever listens: windows and pages come and go. */
import type { EventName, LabEvents } from './contract.ts';

type Listener<E extends EventName> = (payload: LabEvents[E]) => void;

export class EventHub {
  readonly #listeners: { readonly [E in EventName]: Set<Listener<E>> } = {
    runProgress: new Set(),
    traceProgress: new Set(),
    command: new Set(),
    machineOpened: new Set(),
  };

  /** Calls `listener` on every event of that name; returns the function that stops it. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    this.#listeners[event].add(listener);
    return () => void this.#listeners[event].delete(listener);
  }

  emit<E extends EventName>(event: E, payload: LabEvents[E]): void {
    for (const listener of [...this.#listeners[event]]) listener(payload);
  }
}
