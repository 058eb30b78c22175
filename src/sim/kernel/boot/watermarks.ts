/**
 * Zone watermarks by the flavour's rule, in page clusters. Sources: mm/page_alloc.c of 2.4.22 (free_area_init_core), of
 * 2.4.21-rhel3 (rmap15: extra free memory for Normal, and a plenty mark), of 2.6.0 and 2.6.11 (setup_per_zone_pages_min,
 * init_per_zone_pages_min, setup_per_zone_lowmem_reserve).
 *
 * Zones count as large as the kernel counts them (ZoneSpan.counted). Deviations: a zone type that the profile cuts into
 * several zones has marks for each by its own size; min_free_kbytes given for a 2.4 kernel, which has no such knob, is
 * shared out as 2.6 does.
 */
import type { ZonesSpec } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { Watermarks, ZoneName } from './layout.ts';

/** What the rules need of a zone. */
interface MarkedZone {
  /** Index of the node. */
  readonly node: number;
  readonly name: ZoneName;
  /** Size in page clusters. */
  readonly clusters: number;
}

interface MarkContext {
  readonly rule: KernelTraits['watermarks'];
  /** KB of a page cluster. */
  readonly clusterKb: number;
  /** Nodes as the kernel counts them: 1 where it sees one flat node. */
  readonly kernelNodes: number;
  readonly minFreeKbytes: number | undefined;
  /** zone_balance_ratio of 2.4 for DMA, Normal and HighMem: memfrac= on the command line, or 128 each. */
  readonly balanceRatios?: Ratios;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The largest whole number whose square is at most `value`. */
export function isqrt(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root--;
  while ((root + 1) * (root + 1) <= value) root++;
  return root;
}

const ORDER: Readonly<Record<ZoneName, number>> = { DMA: 0, Normal: 1, HighMem: 2 };
type Ratios = readonly [number, number, number];
const BALANCE_RATIOS: Ratios = [128, 128, 128];
const multiples = (min: number): Watermarks => ({ min, low: 2 * min, high: 3 * min });
const base24 = (zone: MarkedZone, ratios: Ratios): number =>
  clamp(Math.floor(zone.clusters / ratios[ORDER[zone.name]]), 20, 255);

/** Extra for Normal: a 512th of the node's memory, at most 1,024, nothing where it comes to less than 255 (rmap15). */
function rhel3Marks(zone: MarkedZone, nodeClusters: number, ratios: Ratios): Watermarks {
  const extra = zone.name === 'Normal' ? Math.min(Math.floor(nodeClusters / 512), 1024) : 0;
  const added = extra < 255 ? 0 : extra;
  const mask = base24(zone, ratios);
  return { min: added + mask, low: added + 2 * mask, high: added + 3 * mask, plenty: added + 6 * mask };
}

/** 2.6.11: the square root of 16 x low memory in kB, which on NUMA sums every node's zonelist. Kilobytes. */
function minFreeKbytes2611(lowmemClusters: number, context: MarkContext): number {
  const lowmemKb = context.kernelNodes * lowmemClusters * context.clusterKb;
  return clamp(isqrt(lowmemKb * 16), 128, 65536);
}

/** Marks of every zone, in the order of `zones`. */
export function watermarksOf(zones: readonly MarkedZone[], context: MarkContext): Watermarks[] {
  const lowmem = zones.reduce((sum, zone) => (zone.name === 'HighMem' ? sum : sum + zone.clusters), 0);
  const nodeSizes = new Map<number, number>();
  for (const { node, clusters } of zones) nodeSizes.set(node, (nodeSizes.get(node) ?? 0) + clusters);
  const machineSize = zones.reduce((sum, zone) => sum + zone.clusters, 0);
  const nodeSize = (node: number): number => (context.kernelNodes === 1 ? machineSize : (nodeSizes.get(node) ?? 0));

  const late = context.rule === '2.6.11';
  const minFreeKb = context.minFreeKbytes ?? (late ? minFreeKbytes2611(lowmem, context) : 1024);
  const ratios = context.balanceRatios ?? BALANCE_RATIOS;
  const share = Math.floor(minFreeKb / context.clusterKb);

  return zones.map((zone) => {
    const old = context.rule === '2.4.22' || context.rule === 'rhel3';
    if (old && (context.minFreeKbytes === undefined || zone.name === 'HighMem')) {
      return context.rule === 'rhel3' ? rhel3Marks(zone, nodeSize(zone.node), ratios) : multiples(base24(zone, ratios));
    }
    const min =
      zone.name === 'HighMem'
        ? clamp(Math.floor(zone.clusters / 1024), 32, 128)
        : Math.floor((share * zone.clusters) / Math.max(1, lowmem));
    return late ? { min, low: Math.floor((min * 5) / 4), high: Math.floor((min * 6) / 4) } : multiples(min);
  });
}

/**
 * 2.6.11 lowmem_reserve of every zone, [DMA, Normal, HighMem] in page clusters: the pages of the higher types up to
 * that class of the same node, over the zone's own ratio. Empty for other flavours.
 */
export function lowmemReservesOf(
  zones: readonly MarkedZone[],
  rule: KernelTraits['watermarks'],
  ratio: ZonesSpec['lowmemReserveRatio'],
): (readonly number[])[] {
  if (rule !== '2.6.11') return zones.map(() => []);
  const sizes = new Map<number, number[]>();
  for (const { node, name, clusters } of zones) {
    const size = sizes.get(node) ?? [0, 0, 0];
    size[ORDER[name]] += clusters;
    sizes.set(node, size);
  }
  return zones.map(({ node, name }) => {
    const own = ORDER[name];
    const size = sizes.get(node) ?? [0, 0, 0];
    const divisor = own === 0 ? ratio.dma : ratio.normal;
    let above = 0;
    return size.map((pages, type) => {
      if (type <= own) return 0;
      above += pages;
      return Math.floor(above / divisor);
    });
  });
}
