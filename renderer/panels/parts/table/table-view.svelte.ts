/** What is asked of a table from outside of it: its filter, and its rows as they are shown, to be copied. */
import { copyText } from '../clipboard.ts';
import { type ShownTable, tableCsv, tableText } from './columns.ts';

export class TableView {
  filter = $state.raw('');
  /** What became of the last copy, as a sentence; empty before. */
  said = $state.raw('');
  /** Put here by the table that shows it; null while none does. */
  #read = $state.raw<(() => ShownTable) | null>(null);

  /** True while a table can be copied. */
  get there(): boolean {
    return this.#read !== null;
  }

  /** Called by the table; returns what takes it away again. */
  show(read: () => ShownTable): () => void {
    this.#read = read;
    return () => {
      if (this.#read === read) this.#read = null;
    };
  }

  /** Puts the rows as they are shown on the clipboard. */
  async copy(as: 'text' | 'csv'): Promise<void> {
    const shown = this.#read?.();
    if (shown === undefined) return;
    const copied = await copyText(as === 'csv' ? tableCsv(shown) : tableText(shown));
    this.said = copied ? `Copied ${as === 'csv' ? 'as CSV' : 'as text'}.` : 'The clipboard is closed to this window.';
  }

  /** The rows as they are shown, as CSV; null while no table is there. */
  csv(): string | null {
    const shown = this.#read?.();
    return shown === undefined ? null : tableCsv(shown);
  }
}
