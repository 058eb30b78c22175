/** Moments of one message, when rows come faster than a screen takes them: of large machines fewer. */
import type { Moment } from '../sim/index.ts';

/** CPUs, nodes, zones and links of all moments of a message: some 400 KB at 30 messages a second. */
const MOST_ENTRIES = 4096;

/** Every second one is left out until the rest fits; the last one stays. */
export function thinned(moments: readonly Moment[]): readonly Moment[] {
  let kept = moments;
  while (kept.length > 1 && kept.reduce((sum, moment) => sum + entries(moment), 0) > MOST_ENTRIES) {
    const odd = kept.length % 2;
    kept = kept.filter((_, at) => at % 2 !== odd);
  }
  return kept;
}

function entries({ cpus, nodes, zones, links }: Moment): number {
  return cpus.length + nodes.length + zones.length + links.length;
}
