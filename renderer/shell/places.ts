/** From the path of a field to the thing that has it, and back. Pure. */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { parsePath } from '../state/path.ts';
import type { Selection } from '../state/selection.svelte.ts';

/** What to select so that the inspector shows the field at `path`. */
export function placeOf(path: string, profile: MachineProfile): Selection {
  const [root, part, index] = parsePath(path);
  if (root === 'kernel') return { kind: 'kernel' };
  if (root === 'zones') return { kind: 'zones' };
  if (root !== 'machine') return { kind: 'machine' };
  if (part === 'cpu') return { kind: 'cpu' };
  if (part === 'interconnect') return { kind: 'interconnect' };
  if (part === 'remoteCache') return { kind: 'remoteCache' };
  const node = part === 'nodes' && typeof index === 'number' ? profile.machine.nodes[index] : undefined;
  return node === undefined ? { kind: 'machine' } : { kind: 'node', node: node.id };
}

/** The path that the fields of what is selected lie in; empty where they lie in no one place. */
export function pathOfSelection(selection: Selection, profile: MachineProfile | null): string {
  switch (selection.kind) {
    case 'cpu':
    case 'interconnect':
    case 'remoteCache':
      return `machine.${selection.kind}`;
    case 'kernel':
    case 'zones':
      return selection.kind;
    case 'node':
    case 'cpus':
    case 'zone': {
      const index = profile?.machine.nodes.findIndex(({ id }) => id === selection.node) ?? -1;
      return index < 0 ? '' : `machine.nodes[${index}]`;
    }
    default:
      return '';
  }
}
