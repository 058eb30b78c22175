/** What an X-ray of a request shows, in sentences: for the window and the command line alike. */
import type { KernelTraits } from '../../profiles/traits.ts';
import type { Walk } from '../page-alloc.ts';
import type { Xray, XrayTest, XrayWalk, XrayZone } from './xray.ts';

type Seen = Omit<Xray, 'title' | 'because'>;

const figure = new Intl.NumberFormat('en-US');
const n = (value: number): string => figure.format(value);
const count = (value: number, one: string, many: string): string => `${n(value)} ${value === 1 ? one : many}`;

/** What a walk holds zones to. */
export const walkWords: Readonly<Record<Walk, string>> = {
  low: 'low marks',
  'low+clean': 'low marks, clean pages counted',
  min: 'min marks',
  again: 'min marks, after reclaim',
  high: 'high marks',
  any: 'no marks',
};

export function zoneWords({ name, node, index }: Pick<XrayZone, 'name' | 'node' | 'index'>): string {
  return `${name}${index > 0 ? ` #${index}` : ''} of node ${node}`;
}

/** Where it lands. */
export function titleOf({ request, zones, outcome }: Seen): string {
  const what = request.order === 0 ? 'Page' : `Block of ${n(2 ** request.order)} pages`;
  switch (outcome.kind) {
    case 'taken': {
      const zone = zones[outcome.at];
      return `${what} from ${zoneWords(zone)}, ${zone.node === request.node ? 'local' : 'remote'}`;
    }
    case 'reclaim':
      return `No zone gives: the caller reclaims, from ${zoneWords(zones[outcome.at])} down`;
    case 'fails':
      return 'The request fails';
  }
}

export function becauseOf(seen: Seen): readonly string[] {
  const { walks, outcome, zones } = seen;
  if (zones.length === 0) return ['No zone of the machine is of a type that this mask may have.'];
  return [...walks.flatMap((walk, at) => wordsOfWalk(walk, at)), ...endOf(seen), ...nearMisses(seen)].filter(
    (text) => text !== '' && outcome !== undefined,
  );
}

function wordsOfWalk({ words, woken, fallback, tests }: XrayWalk, at: number): readonly string[] {
  const reached = tests.filter(({ outcome }) => outcome !== 'not reached');
  const refused = reached.filter(({ outcome }) => outcome !== 'taken').length;
  const taken = refused < reached.length;
  const woke = woken === 0 ? [] : [`kswapd is woken for ${count(woken, 'zone', 'zones')}.`];
  const who = fallback ? 'fall-back zone' : 'zone';
  const sent = refused === 0 ? '' : `${count(refused, who, `${who}s`)} sent it on`;
  const gave = taken ? `the ${ordinal(reached.length)} one gives` : 'none gives';
  const text = refused === 0 ? `the first ${who} gives` : `${sent}, ${gave}`;
  return [...woke, `Walk ${n(at + 1)}, ${words}: ${text}.`];
}

function endOf({ walks, outcome, request }: Seen): readonly string[] {
  if (outcome.kind === 'reclaim') {
    return ['The caller reclaims pages and goes round again; what that frees is not known before it is done.'];
  }
  if (outcome.kind === 'fails') {
    return [request.memalloc ? 'A caller that reclaims gets no more.' : 'The caller cannot wait, so it gets none.'];
  }
  const woken = walks.some((walk) => walk.woken > 0);
  return woken ? [] : ['kswapd is not woken: the low marks held.'];
}

/** Zones that had more than their own high mark and were sent on all the same: the bar had grown, or their blocks are small. */
function nearMisses({ walks, zones, sign }: Seen): readonly string[] {
  const last = walks.at(-1);
  if (last === undefined) return [];
  const words = last.tests.flatMap((test) => {
    const zone = zones[test.at];
    if (test.outcome === 'taken' && test.byHigh) {
      return [
        `${zoneWords(zone)} is below its bar; it has its high mark, which is enough for a caller that cannot wait.`,
      ];
    }
    return test.outcome === 'refused' ? [missOf(test, zone, sign)] : [];
  });
  return words.filter((text) => text !== '').slice(0, 3);
}

function missOf(test: XrayTest, zone: XrayZone, sign: Xray['sign']): string {
  if (test.bar === null) return '';
  const which = zoneWords(zone);
  if (test.failedOrder > 0)
    return `${which} has ${n(test.free)} free pages, too many of them in blocks below order ${test.failedOrder}.`;
  const short = test.bar - test.free + (sign === '>' ? 1 : 0);
  const own = test.free > zone.high ? `, more than its own high mark (${n(zone.high)}),` : '';
  return `${which} has ${n(test.free)} free pages${own} and is ${count(short, 'page', 'pages')} short of its bar.`;
}

export function ruleOf(watermarks: KernelTraits['watermarks'], protection: number, nodeByNode: boolean): string {
  const along = nodeByNode
    ? 'each node by itself: it reclaims on one before it tries the next'
    : 'the bar is carried along the whole list, over nodes';
  switch (watermarks) {
    case '2.4.22':
      return `2.4.22: the bar begins at 2^order; each zone adds its mark, and has to have more than the bar; ${along}.`;
    case 'rhel3':
      return `2.4.21-rhel3: the bar begins at 2^order; each zone adds its mark, and has to have more than the bar, clean pages counted after the first walk; ${along}.`;
    case '2.6.0':
      return `2.6.0: the bar begins at 2^order; each zone adds its mark and has to reach the bar; ${along}; lower_zone_protection is ${n(protection)}${protection > 0 ? ': so many times the mark is added for the zones behind' : ''}.`;
    case '2.6.11':
      return '2.6.11: each zone by itself: more than 2^order - 1 + its mark + lowmem_reserve of the class asked for; of larger blocks also half as much at each order.';
  }
}

function ordinal(value: number): string {
  const teen = value % 100 >= 11 && value % 100 <= 13;
  return `${n(value)}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')}`;
}
