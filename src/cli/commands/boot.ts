/** `numaq boot`: the layout as a boot log or as JSON. */
import { canonicalJson } from '../../lab/canonical-json.ts';
import { bootMachine } from '../../lab/machines.ts';
import { bootLog, InputError } from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { type MachineOptions, readMachine } from '../machine-argument.ts';

/** Boots the machine and prints the layout. Returns the exit code: 1 where it does not boot. */
export async function bootCommand(
  io: Io,
  argument: string,
  options: MachineOptions & { readonly json?: true },
): Promise<number> {
  const profile = await readMachine(argument, options);
  const layout = bootMachine(profile);
  if (layout.issues.length > 0) throw new InputError(argument, layout.issues);
  io.out(options.json ? `${canonicalJson(layout)}\n` : bootLog(profile, layout));
  return layout.boots ? OK : NO;
}
