/**
 * Where a profile's numbers come from. `sources` maps a path, or a prefix of paths, to a source; the longest prefix of
 * whole segments speaks for a field, and `machine.nodes[].cpus` for that field of every node. A number left at its
 * default has the default's source, unless a key as long speaks for it. Any other number without a source, or whose
 * source begins with `assumed`, is assumed.
 */
import { childSchema, profileJsonSchema, stepInto, variantOf, valueAt, type FieldSchema } from './json-schema.ts';
import { parsePath, pathText, type Segment } from './path-text.ts';
import type { MachineProfile } from './schema.ts';

type Path = readonly Segment[];
type Sourced = Pick<MachineProfile, 'machine' | 'kernel' | 'zones' | 'sources'>;

/** Sources of the schema's defaults: they hold only while the field has its default. */
const DEFAULT_SOURCES: Readonly<Record<string, string>> = {
  'kernel.swapMiB': 'default: no swap',
  'kernel.hugePages': 'default: none, as without hugepages= (arch/i386/mm/hugetlbpage.c)',
  'kernel.sysctl': 'default: 60 (mm/vmscan.c), 40 and 10 (mm/page-writeback.c) of 2.6.0',
  'kernel.atomicNs': 'default: P. E. McKenney, dissertation 2004: atomic increment on a 4-CPU 700 MHz P-III SMP',
  'kernel.flush': 'assumed: no source; of the usual order on P6 CPUs',
  'kernel.kmapSlots': 'default: read with pinned kmaps only; their proposal of 2002 names no number',
  'kernel.pageMmuShift': 'default: clusters of one page, as every kernel without pgcl',
  'zones.dmaLimitMiB': 'default: ISA DMA reaches 16 MB (asm-i386/dma.h)',
  'zones.userSpaceMiB': 'default: PAGE_OFFSET 0xC0000000, the 3:1 split (asm-i386/page.h)',
  'zones.vmallocReserveMiB': 'default: VMALLOC_RESERVE 128 MB (asm-i386/page.h)',
  'zones.zonesPerType': 'default: one zone of each type, as every kernel',
  'zones.fallbackShare': 'default: no fall-back zone, as every kernel',
  'zones.lowerZoneProtection': 'default: 0, as 2.6.0 (mm/page_alloc.c)',
  'zones.lowmemReserveRatio': 'default: 256 and 32, as 2.6.11 (mm/page_alloc.c)',
};

/** The key of `sources` that speaks for a path, or undefined. Of two keys as long, the one that names the element wins. */
function governing(sources: Readonly<Record<string, string>>, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const prefix = pathText(path.slice(0, length));
    if (Object.hasOwn(sources, prefix)) return prefix;
    const every = prefix.replace(/\[\d+\]/g, '[]');
    if (Object.hasOwn(sources, every)) return every;
  }
  return undefined;
}

/** The default of a field, where its schema has one. */
function defaultOf(profile: Sourced, path: Path): unknown {
  let schema: FieldSchema | undefined = profileJsonSchema();
  let value: unknown = profile;
  for (const segment of path) {
    schema = childSchema(variantOf(schema, value), segment);
    if (schema === undefined) return undefined;
    value = stepInto(value, segment);
  }
  return schema.default;
}

/** The key that speaks for a field and what it says, or undefined where nobody does. */
function speaking(profile: Sourced, path: Path): { readonly key: string; readonly source: string } | undefined {
  const key = governing(profile.sources, path);
  const ruled = governing(DEFAULT_SOURCES, path);
  // A source of the whole kernel does not speak for a default that has a source of its own.
  if (ruled !== undefined && ruled.length > (key?.length ?? 0) && valueAt(profile, path) === defaultOf(profile, path)) {
    return { key: ruled, source: DEFAULT_SOURCES[ruled] };
  }
  return key === undefined ? undefined : { key, source: profile.sources[key] };
}

function lookUp(profile: Sourced, path: Path): string | undefined {
  return speaking(profile, path)?.source;
}

/** True for `assumed`, `assumed: why`, and no source at all. */
export function isAssumed(source: string | undefined): boolean {
  return source === undefined || /^assumed\b/i.test(source.trim());
}

/** The source of a field by its path (`machine.nodes[3].memoryMiB`), or undefined where nobody gave one. */
export function sourceOf(profile: Sourced, path: string): string | undefined {
  const segments = parsePath(path);
  return segments === undefined ? undefined : lookUp(profile, segments);
}

/** Ids and the nodes of a policy name things, and the width of an address is a kind of machine: they need no source. */
function isName(path: Path): boolean {
  const last = path[path.length - 1];
  if (path[0] === 'kernel') return path[1] === 'placement';
  if (path[0] === 'zones') return last === 'node';
  return last === 'id' || last === 'bits' || last === 'from' || last === 'to';
}

function* numbersIn(value: unknown, path: Path): Generator<Path> {
  if (typeof value === 'number') {
    if (!isName(path)) yield path;
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* numbersIn(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* numbersIn(item, [...path, key]);
  }
}

function numbersOf({ machine, kernel, zones }: Sourced): Path[] {
  return [...numbersIn({ machine, kernel, zones }, [])];
}

/** Paths of every number of machine, kernel and zones that needs a source, in the order of the file: for tests. */
export function numberPaths(profile: Sourced): string[] {
  return numbersOf(profile).map(pathText);
}

/** Paths of the numbers that are assumed or have no source, in the order of the file. */
export function assumedPaths(profile: Sourced): string[] {
  return numbersOf(profile)
    .filter((path) => isAssumed(lookUp(profile, path)))
    .map(pathText);
}

/**
 * The same for people: numbers that one line of `sources` marks as assumed come once, under that line's path and with
 * its words; numbers without any source come one by one, with `no source`.
 */
export function assumedGroups(profile: Sourced): { readonly path: string; readonly source: string }[] {
  const groups = new Map<string, string>();
  for (const path of numbersOf(profile)) {
    const found = speaking(profile, path);
    if (!isAssumed(found?.source)) continue;
    groups.set(found?.key ?? pathText(path), found?.source ?? 'no source');
  }
  return [...groups].map(([path, source]) => ({ path, source }));
}
