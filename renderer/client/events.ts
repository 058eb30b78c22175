/** Events of the browser door: those of the server, and those that the client makes itself (progress of an upload). */
import type { EventName, LabEvents } from '../../src/lab/contract.ts';
import { failed, NO_ANSWER } from './failure.ts';

type Listener<E extends EventName> = (payload: LabEvents[E]) => void;

export class EventHub {
  readonly #source: EventSource;
  readonly #listeners: { [E in EventName]: Set<Listener<E>> } = {
    runProgress: new Set(),
    traceProgress: new Set(),
    command: new Set(),
    machineOpened: new Set(),
  };

  private constructor(source: EventSource) {
    this.#source = source;
    for (const event of Object.keys(this.#listeners) as EventName[]) this.#forward(event);
  }

  /** Resolves when events arrive. Rejects with a LabError where the server does not answer or refuses this page. */
  static open(url: string): Promise<EventHub> {
    return new Promise((resolve, reject) => {
      const source = new EventSource(url);
      source.addEventListener('open', () => resolve(new EventHub(source)), { once: true });
      source.addEventListener('error', () => reject(failed(NO_ANSWER)), { once: true });
    });
  }

  /** Calls `listener` on every event of that name; returns the function that stops it. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    this.#listeners[event].add(listener);
    return () => this.#listeners[event].delete(listener);
  }

  emit<E extends EventName>(event: E, payload: LabEvents[E]): void {
    for (const listener of [...this.#listeners[event]]) listener(payload);
  }

  #forward<E extends EventName>(event: E): void {
    this.#source.addEventListener(event, (message: MessageEvent<string>) => {
      this.emit(event, withUpload(event, JSON.parse(message.data) as LabEvents[E]));
    });
  }
}

/** Of a trace's way here, the upload is the first half and the lab's reading the second. */
function withUpload<E extends EventName>(event: E, payload: LabEvents[E]): LabEvents[E] {
  return event === 'traceProgress' && 'progress' in payload
    ? { ...payload, progress: (1 + payload.progress) / 2 }
    : payload;
}
