/** From the path of an issue to the thing that has the field. Pure. */
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
