/** What the window asks or says in a dialog: one at a time, the others wait. */
import type { LabFailure } from '../../src/lab/contract.ts';

export type Answer = 'save' | 'discard' | 'cancel';

type DialogRequest =
  | { readonly kind: 'unsaved'; readonly name: string; readonly answer: (answer: Answer) => void }
  | { readonly kind: 'failure'; readonly title: string; readonly failure: LabFailure; readonly answer: () => void }
  | { readonly kind: 'notes'; readonly answer: () => void };

export class DialogsState {
  #queue = $state.raw<readonly DialogRequest[]>([]);
  /** The dialog to show now. */
  readonly current: DialogRequest | null = $derived(this.#queue[0] ?? null);

  /** Asks what shall become of unsaved changes. */
  askUnsaved(name: string): Promise<Answer> {
    return new Promise((resolve) =>
      this.#push({ kind: 'unsaved', name, answer: (answer) => this.#close(() => resolve(answer)) }),
    );
  }

  /** Says what went wrong; resolves when it is closed. A cancelled action says nothing. */
  showFailure(title: string, failure: LabFailure): Promise<void> {
    if (failure.kind === 'cancelled') return Promise.resolve();
    return new Promise((resolve) =>
      this.#push({ kind: 'failure', title, failure, answer: () => this.#close(resolve) }),
    );
  }

  /** Shows the notes of the machine on the table. */
  showNotes(): Promise<void> {
    return new Promise((resolve) => this.#push({ kind: 'notes', answer: () => this.#close(resolve) }));
  }

  #push(request: DialogRequest): void {
    this.#queue = [...this.#queue, request];
  }

  #close(then: () => void): void {
    this.#queue = this.#queue.slice(1);
    then();
  }
}
