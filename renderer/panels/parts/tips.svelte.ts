/** Which tool tip is shown: one for the whole window, beside what has the pointer or the keyboard's focus. */
export class TipState {
  owner = $state.raw<Element | null>(null);
  text = $state.raw('');

  show(owner: Element, text: string): void {
    if (text === '') return;
    this.owner = owner;
    this.text = text;
  }

  /** With an owner: only where the tip is its. */
  hide(owner?: Element): void {
    if (owner === undefined || this.owner === owner) this.owner = null;
  }
}

export const tips = new TipState();
