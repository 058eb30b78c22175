/** `numaq boot`: the layout as a boot log or as JSON. */
import { canonicalJson } from '../../lab/canonical-json.ts';
import { bootMachine } from '../../lab/machines.ts';
import {
  asNodeId,
  type BootLayout,
  bootLog,
  InputError,
  type MachineProfile,
  makeIssue,
  traitsOf,
  zonelistsOf,
} from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { type MachineOptions, readMachine } from '../machine-argument.ts';

export interface BootOptions extends MachineOptions {
  /** Zonelists of this node instead of all nodes'. */
  readonly node?: number;
  readonly json?: true;
}

/** Boots the machine and prints the layout. Returns the exit code: 1 where it does not boot. */
export async function bootCommand(io: Io, argument: string, options: BootOptions): Promise<number> {
  const profile = await readMachine(argument, options);
  const booted = bootMachine(profile);
  if (booted.issues.length > 0) throw new InputError(argument, booted.issues);
  const layout = options.node === undefined ? booted : withListsOf(options.node, profile, booted);
  io.out(options.json ? `${canonicalJson(layout)}\n` : bootLog(profile, layout));
  return layout.boots ? OK : NO;
}

/** `layout` with the zonelists of one node, whatever the number of nodes. Throws InputError where it has no such node. */
function withListsOf(node: number, profile: MachineProfile, layout: BootLayout): BootLayout {
  const { nodes } = layout;
  if (!nodes.some(({ id }) => id === node)) {
    const expected = `the id of one of the ${nodes.length} nodes (${nodes[0].id} to ${nodes[nodes.length - 1].id})`;
    throw new InputError('--node', [makeIssue('unknown-node', '', expected, `${node}`)]);
  }
  if (!layout.boots) return layout;
  return {
    ...layout,
    zonelists: zonelistsOf(profile, traitsOf(profile.kernel, profile.machine), layout, asNodeId(node)),
  };
}
