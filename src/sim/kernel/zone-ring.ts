/**
 * Several zones of one type on one node form a ring: an allocation begins at zone `cpu` mod their number (a proposal of
 * the LSE calls, March 2002; no kernel had it). With one zone of each type a list stays as it is.
 */
import type { Zone } from './zone.ts';

/** The zones of a list, each run of one node and type turned so that it begins at the CPU's own. */
export function ringFor(cpu: number, zones: readonly Zone[]): readonly Zone[] {
  const turned: Zone[] = [];
  for (let from = 0; from < zones.length;) {
    let to = from + 1;
    const same = (zone: Zone): boolean =>
      zone.place === zones[from].place &&
      zone.layout.name === zones[from].layout.name &&
      zone.layout.fallback === zones[from].layout.fallback;
    while (to < zones.length && same(zones[to])) to++;
    const group = zones.slice(from, to);
    const start = cpu % group.length;
    turned.push(...group.slice(start), ...group.slice(0, start));
    from = to;
  }
  return turned;
}
