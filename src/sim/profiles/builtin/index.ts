/** The machines that come with the lab, in the order of the picker. */
import { altixMachines } from './altix.ts';
import type { BuiltIn } from './builtin.ts';
import { cachesOnly } from './caches-only.ts';
import { numaqMachines } from './numaq.ts';
import { pcs } from './pcs.ts';
import { twoSockets } from './x86-64.ts';

export type { BuiltIn } from './builtin.ts';

export const builtins: readonly BuiltIn[] = [...numaqMachines, ...pcs, ...altixMachines, twoSockets, cachesOnly];

/** The built-in machine of this id, or undefined. */
export function builtInById(id: string): BuiltIn | undefined {
  return builtins.find((machine) => machine.id === id);
}
