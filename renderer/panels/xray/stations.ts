/** The nodes whose zones a request was tested on, in order, each once. Pure. */
import type { Xray } from '../../../src/sim/kernel/alloc/xray.ts';

export function stationsOf({ walks, zones }: Pick<Xray, 'walks' | 'zones'>): readonly number[] {
  const nodes = new Set<number>();
  const tested = walks.flatMap(({ tests }) => tests.filter(({ outcome }) => outcome !== 'not reached'));
  // The one that gives comes last, though an earlier walk was there before.
  const last = tested.at(-1);
  const giver = last?.outcome === 'taken' ? zones[last.at].node : undefined;
  for (const { at } of tested) if (zones[at].node !== giver) nodes.add(zones[at].node);
  return giver === undefined ? [...nodes] : [...nodes, giver];
}
