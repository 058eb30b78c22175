/** A binding call of a script as a programmer writes it: `mbind(log, MPOL_BIND, 0-1, MPOL_MF_STRICT)`. */
import { idRanges } from '../../base/id-ranges.ts';
import type { Operation } from '../../workloads/operations.ts';

/** `range`: what the call's part of memory is called. */
export function operationText(operation: Operation, range: string): string {
  switch (operation.op) {
    case 'setMempolicy':
      return call('set_mempolicy', [mode(operation.mode), idRanges(operation.nodes)]);
    case 'mbind':
      return call('mbind', [
        range,
        mode(operation.mode),
        idRanges(operation.nodes),
        operation.strict ? 'MPOL_MF_STRICT' : '',
      ]);
    case 'membind':
      return call('membind', [range, `CPUs ${idRanges(operation.cpus)}`]);
    case 'memSetbinding':
      return call('mem_setbinding', [
        idRanges(operation.nodes),
        operation.behaviour === 'strict' ? 'MPOL_STRICT' : 'MPOL_LOOSE',
      ]);
    case 'shmbind': {
      const { segment, placement, strength, nodes } = operation;
      const flags = `${PLACEMENTS[placement]}|${strength === 'hard' ? 'MEM_HARDBIND' : 'MEM_SOFTBIND'}`;
      return call('shmbind', [segment, flags, idRanges(nodes)]);
    }
    default:
      return operation.op;
  }
}

const PLACEMENTS = { firstref: 'MEM_FIRSTREF', stripe: 'MEM_STRIPE', mostfree: 'MEM_MOSTFREE' } as const;

const mode = (name: string): string => `MPOL_${name.toUpperCase().replaceAll('-', '_')}`;

const call = (name: string, parameters: readonly string[]): string =>
  `${name}(${parameters.filter((each) => each !== '').join(', ')})`;
