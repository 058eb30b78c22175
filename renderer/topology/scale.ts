/** How tall the zones of a node are drawn. Pure. */

/** Zones of one node differ by a factor of 500: below this height a zone could be neither read nor grasped. */
const MIN_READABLE = 16;
/** To scale, what is not zero is still seen. */
const MIN_SEEN = 3;
/** Fourth root: the smallest published zone (16 MiB) beside the largest (8 GiB) keeps about an eighth of the bar. */
const FLATTENING = 0.25;

interface Heights {
  readonly heights: readonly number[];
  /** False where heights are flattened: then the drawing says that zones are not to scale. */
  readonly toScale: boolean;
}

/**
 * Heights in px that add up to `height`. Flattened unless every part is readable at its true height. With `exact` the
 * true heights are kept (what is not zero at least 3 px, the largest gives up the difference).
 */
export function zoneHeights(pages: readonly number[], height: number, exact: boolean): Heights {
  const sum = pages.reduce((total, part) => total + part, 0);
  if (sum === 0) return { heights: pages.map(() => 0), toScale: true };
  const linear = pages.map((part) => (part / sum) * height);
  if (exact) return { heights: withMinimum(linear, MIN_SEEN), toScale: true };
  if (linear.every((part) => part === 0 || part >= MIN_READABLE)) return { heights: linear, toScale: true };
  const roots = pages.map((part) => part ** FLATTENING);
  const total = roots.reduce((all, part) => all + part, 0);
  return {
    heights: withMinimum(
      roots.map((part) => (part / total) * height),
      MIN_READABLE,
    ),
    toScale: false,
  };
}

/** Heights with a least one for what is not zero; the largest gives up the difference. */
export function withMinimum(heights: readonly number[], least: number): readonly number[] {
  const raised = heights.map((part) => (part > 0 ? Math.max(part, least) : 0));
  const excess = raised.reduce((sum, part) => sum + part, 0) - heights.reduce((sum, part) => sum + part, 0);
  const largest = raised.indexOf(Math.max(...raised));
  return raised.map((part, index) => (index === largest ? Math.max(least, part - excess) : part));
}

/** Places for labels of `height` px each as near to their wishes as may be without touching, within `space` px. */
export function spread(wishes: readonly number[], height: number, space: number): readonly number[] {
  const places: number[] = [];
  let next = 0;
  for (const wish of wishes) {
    const place = Math.max(next, wish);
    places.push(place);
    next = place + height;
  }
  let limit = space;
  for (let index = places.length - 1; index >= 0; index -= 1) {
    places[index] = Math.max(0, Math.min(places[index], limit - height));
    limit = places[index];
  }
  return places;
}

/** Where `free` pages stand on a log scale from 1 page (0) to the zone's size (1). */
export function gaugeShare(free: number, pages: number): number {
  if (free <= 1 || pages <= 1) return 0;
  return Math.min(1, Math.log(free) / Math.log(pages));
}
