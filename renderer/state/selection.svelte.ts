/** What is selected in outline and topology, and therefore shown by the inspector. Nodes are named by id, never by place. */
import type { ZoneName } from '../../src/sim/kernel/boot/layout.ts';

export type Selection =
  | { readonly kind: 'machine' }
  | { readonly kind: 'cpu' }
  | { readonly kind: 'interconnect' }
  | { readonly kind: 'remoteCache' }
  | { readonly kind: 'kernel' }
  | { readonly kind: 'zones' }
  | { readonly kind: 'workload' }
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'cpus'; readonly node: number }
  | { readonly kind: 'zone'; readonly node: number; readonly zone: ZoneName; readonly index: number };

export class SelectionState {
  current = $state.raw<Selection>({ kind: 'machine' });

  /** The node that is selected, or that the selected zone or CPUs are of; null otherwise. */
  readonly node: number | null = $derived('node' in this.current ? this.current.node : null);

  select(selection: Selection): void {
    this.current = selection;
  }

  is(selection: Selection): boolean {
    return sameSelection(this.current, selection);
  }
}

/** True where both select the same thing. */
export function sameSelection(a: Selection, b: Selection): boolean {
  return selectionKey(a) === selectionKey(b);
}

/** A text that names a selection: a key for lists. */
export function selectionKey(selection: Selection): string {
  switch (selection.kind) {
    case 'node':
    case 'cpus':
      return `${selection.kind}:${selection.node}`;
    case 'zone':
      return `zone:${selection.node}:${selection.zone}:${selection.index}`;
    default:
      return selection.kind;
  }
}
