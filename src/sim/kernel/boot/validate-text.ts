/** What kernel text per node needs: the patch depends on NUMA and HIGHMEM64G (large pages of 2 MiB, pmd pages). */
import { makeIssue, type Issue } from '../../base/errors.ts';
import type { MachineProfile } from '../../profiles/schema.ts';

/** Issues of copies of the kernel's text. */
export function textIssues({ machine, kernel }: MachineProfile): Issue[] {
  if (kernel.kernelText === 'one') return [];
  const { bits, pae, nodes } = machine;
  if (bits === 32 && pae && nodes.length > 1) return [];
  const expected = 'one, or a 32-bit machine with PAE and several nodes';
  return [makeIssue('text-copies', 'kernel.kernelText', expected, kernel.kernelText)];
}
