/** A request that a run has met, in words. Pure. */
import type { SeenRequest, SeenZone } from '../../../src/sim/kernel/alloc/seen-requests.ts';
import type { XrayRequest } from '../../../src/sim/kernel/alloc/xray.ts';
import { MASKS } from './masks.ts';

/** `HighMem 3`. */
export function zoneText({ name, node, index }: SeenZone): string {
  return `${name} ${node}${index > 0 ? ` #${index}` : ''}`;
}

export function policyText({ policy, node }: Pick<SeenRequest, 'policy' | 'node'>): string {
  return policy ? 'of the task or its memory' : `default: node ${node} first`;
}

export function takenText({ from, cpu }: Pick<SeenRequest, 'from' | 'cpu'>): string {
  switch (from) {
    case 'hot list':
    case 'cold list':
      return `${from} of CPU ${cpu}`;
    case 'free lists':
      return 'the zone’s free lists';
    case 'clean':
      return 'a clean page';
    case 'kept':
      return 'what it freed itself';
    case null:
      return 'nowhere';
  }
}

/** The same request laid open; null where its mask is none that can be chosen. */
export function requestOf({ node, mask, order }: Pick<SeenRequest, 'node' | 'mask' | 'order'>): XrayRequest | null {
  const known = MASKS.find(({ id }) => id === mask);
  return known === undefined ? null : { node, mask: known.id, order, memalloc: false };
}
