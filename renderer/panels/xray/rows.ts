/** What of a walk is shown, and where its figures stand on a logarithmic scale. Pure. */
import type { Xray, XrayTest, XrayWalk, XrayZone } from '../../../src/sim/kernel/alloc/xray.ts';
import { formatNumber } from '../format.ts';

/** Zones shown of those that were tested, and of those behind. */
const MOST_TESTED = 48;
const MOST_BEHIND = 12;
const MOST_SHORTAGES = 3;

export interface Shown {
  readonly tests: readonly XrayTest[];
  /** Zones left out between the first ones and the last one that was tested, and behind. */
  readonly skipped: number;
  readonly behind: number;
}

export function shownOf({ tests }: Pick<XrayWalk, 'tests'>): Shown {
  const at = tests.findIndex(({ outcome }) => outcome === 'not reached');
  const reached = at < 0 ? tests.length : at;
  const first = Math.min(reached, MOST_TESTED);
  const skipped = Math.max(0, reached - first - 1);
  const last = reached > first ? [tests[reached - 1]] : [];
  const after = tests.slice(reached, reached + MOST_BEHIND);
  return {
    tests: [...tests.slice(0, first), ...last, ...after],
    skipped,
    behind: tests.length - reached - after.length,
  };
}

/** `1 + 256 = 257`, `none` in a walk without marks. */
export function barText({ before, mark, reserve, bar }: XrayTest): string {
  if (bar === null) return 'none';
  const parts = [before, mark, ...(reserve > 0 ? [reserve] : [])].map((part) => formatNumber(part));
  return `${parts.join(' + ')} =`;
}

/** `251 < 257`; in words where it is not that which decided; a dash where the zone was not tested. */
export function testText(test: XrayTest, sign: Xray['sign']): string {
  const { bar, free, outcome, byHigh, failedOrder } = test;
  if (outcome === 'not reached') return '–';
  if (bar === null) return 'no test';
  if (byHigh) return 'has its high mark';
  if (failedOrder > 0) return `blocks below order ${failedOrder}`;
  const holds = sign === '≥' ? free >= bar : free > bar;
  const compared = holds ? sign : sign === '≥' ? '<' : '≤';
  return `${formatNumber(free)} ${compared} ${formatNumber(bar)}`;
}

/** What would have let a zone serve that sent the request on: so many more free pages in it. */
export interface Shortage {
  readonly pages: number;
  readonly zone: XrayZone;
}

/** Of the last walk, the zones that need fewest first. */
export function shortagesOf({ walks, zones, sign }: Pick<Xray, 'walks' | 'zones' | 'sign'>): readonly Shortage[] {
  const tests = walks.at(-1)?.tests ?? [];
  const short = tests.flatMap(({ at, bar, free, failedOrder, outcome }) => {
    if (outcome !== 'refused' || bar === null || failedOrder > 0) return [];
    return [{ pages: bar - free + (sign === '>' ? 1 : 0), zone: zones[at] }];
  });
  return short.sort((a, b) => a.pages - b.pages).slice(0, MOST_SHORTAGES);
}

/** From pages to a share of the scale's width, 0 to 1; more than fits is 1. */
export type Scale = (pages: number) => number;

/** Logarithmic, from half the lowest mark to twice the highest bar or mark: zones with more than that are cut off. */
export function scaleOf(xray: Pick<Xray, 'zones' | 'walks'>, walk: Pick<XrayWalk, 'tests'>): Scale {
  const { tests } = shownOf(walk);
  const marks = tests.flatMap(({ at, bar }) => {
    const { min, high } = xray.zones[at];
    return [min, high, bar ?? high].filter((pages) => pages > 0);
  });
  const least = Math.log(Math.max(1, Math.min(...marks, Infinity) / 2));
  const most = Math.log(Math.max(2, ...marks) * 2);
  return (pages) => {
    const share = (Math.log(Math.max(1, pages)) - least) / Math.max(1e-9, most - least);
    return Math.min(1, Math.max(0, share));
  };
}
