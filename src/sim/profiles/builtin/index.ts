/** The machines that come with the lab, in the order of the picker. */
import type { BuiltIn } from './builtin.ts';
import { numaqMachines } from './numaq.ts';

export type { BuiltIn } from './builtin.ts';

export const builtins: readonly BuiltIn[] = [...numaqMachines];

/** The built-in machine of this id, or undefined. */
export function builtInById(id: string): BuiltIn | undefined {
  return builtins.find((machine) => machine.id === id);
}
