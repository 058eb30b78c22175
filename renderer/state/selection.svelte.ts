/** What is selected in outline and topology, and therefore shown by the inspector. Nodes are named by id, never by place. */
import { placeOf } from '../shell/places.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { BootLayout, ZoneName } from '../../src/sim/kernel/boot/layout.ts';

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
  /** A field of it (by its path in the profile) that the inspector should bring into sight and give the focus; it takes this back. */
  field = $state.raw<string | null>(null);
  /** The inspector should give its search the focus; it takes this back. */
  finding = $state.raw(false);

  /** The node that is selected, or that the selected zone or CPUs are of; null otherwise. */
  readonly node: number | null = $derived('node' in this.current ? this.current.node : null);

  select(selection: Selection): void {
    this.current = selection;
    this.field = null;
  }

  /** Selects what has the field at `path` of a profile, and has the inspector bring it into sight. */
  reveal(path: string, profile: MachineProfile): void {
    this.select(placeOf(path, profile));
    this.field = path;
  }

  /** Falls back to the machine where a node or zone that is selected is not there any more: undo takes nodes away, too. */
  keepWithin(layout: BootLayout): void {
    if (selectionOf(selectionKey(this.current), layout) === null) this.select({ kind: 'machine' });
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

type Plain = Exclude<Selection['kind'], 'node' | 'cpus' | 'zone'>;
const PLAIN: Readonly<Record<Plain, { readonly kind: Plain }>> = {
  machine: { kind: 'machine' },
  cpu: { kind: 'cpu' },
  interconnect: { kind: 'interconnect' },
  remoteCache: { kind: 'remoteCache' },
  kernel: { kind: 'kernel' },
  zones: { kind: 'zones' },
  workload: { kind: 'workload' },
};

/** What a text of selectionKey() names; null where it names nothing, or a node or zone that the machine does not have. */
export function selectionOf(key: string, layout: BootLayout): Selection | null {
  const [kind, id, name, index] = key.split(':');
  const node = layout.nodes.find((one) => String(one.id) === id);
  if (kind === 'node' || kind === 'cpus') return node === undefined ? null : { kind, node: node.id };
  if (kind !== 'zone') return Object.hasOwn(PLAIN, kind) ? PLAIN[kind as Plain] : null;
  const zone = node?.zones.find((one) => one.name === name && String(one.index) === index);
  return node === undefined || zone === undefined ? null : { kind, node: node.id, zone: zone.name, index: zone.index };
}
