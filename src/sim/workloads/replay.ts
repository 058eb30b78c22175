/**
 * Replay of a trace: every CPU runs a copy of the traced program, in an address space of its own. On a 64-bit machine,
 * or without translation, copies use the folded addresses of the trace. On a 32-bit one addresses stay as they were when
 * all of them lie in user space (a 32-bit program); otherwise its 16 MiB regions are packed in order of first use.
 * A trace has no mmap calls: what is mapped of a region is its touched extent, rounded to pages.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES, MIB } from '../base/units.ts';
import { REF_FETCH, REGION_SHIFT, type TraceRegion, type TraceSource } from './trace.ts';
import { type UserSpace, isBounded } from './user-space.ts';
import type { Mapping, Program, ReferenceStream, TraceWorkload } from './workload.ts';

const REGION_BYTES = 2 ** REGION_SHIFT;
const OFFSET_MASK = REGION_BYTES - 1;
const PRIVATE = -1;
const SHARED = 0;

const pageDown = (address: number): number => Math.floor(address / FRAME_BYTES) * FRAME_BYTES;
const pageUp = (address: number): number => Math.ceil(address / FRAME_BYTES) * FRAME_BYTES;

/** The program of a trace workload. Throws an InputError at `path` when it does not fit the machine or shares nothing. */
export function replay(spec: TraceWorkload, user: UserSpace, source: TraceSource, path: string): Program {
  const { info } = source;
  const places = place(info.regions, user, path);
  const mappings = mapRegions(info.regions, places, spec.shared);
  if (spec.shared !== undefined && !mappings.some((mapping) => mapping.segment === SHARED)) {
    const { start, end } = spec.shared;
    const found = `0x${start.toString(16)}-0x${end.toString(16)}, where there is none`;
    throw new InputError('', [
      makeIssue('shared-range', `${path}.shared`, 'a range that holds references of the trace', found),
    ]);
  }
  const records = Math.min(info.records, spec.limit ?? Infinity);
  const table = places.every((region, i) => region === i)
    ? undefined
    : Int32Array.from(places, (p) => p << REGION_SHIFT);
  const read = table === undefined ? reader(source, records) : movingReader(source, records, table);
  const streams = spec.cpus.map((cpu, copy): ReferenceStream => ({
    cpu,
    addressSpace: copy,
    startNs: spec.startNs,
    records,
    hasFetches: info.kinds[REF_FETCH] > 0,
    read,
  }));
  const space = { mappings };
  const cpus = spec.cpus.length;
  return {
    title: `${spec.trace.name} on ${cpus} CPU${cpus === 1 ? '' : 's'}`,
    streams,
    addressSpaces: spec.cpus.map(() => space),
  };
}

/** The region of virtual space that each region of the trace comes to lie in. */
function place(regions: readonly TraceRegion[], user: UserSpace, path: string): number[] {
  const inOrder = regions.map((_, i) => i);
  if (!isBounded(user)) return inOrder;
  const endOf = (region: TraceRegion, at: number): number => at * REGION_BYTES + pageUp(region.touchedEnd);
  if (regions.every((region) => endOf(region, region.base) <= user.bytes)) return regions.map((region) => region.base);
  const needed = regions.reduce((most, region, i) => Math.max(most, endOf(region, i)), 0);
  if (needed > user.bytes) {
    const expected = `a trace that fits ${Math.floor(user.bytes / MIB)} MiB of user space`;
    const found = `one that needs ${Math.ceil(needed / MIB)} MiB (${regions.length} regions of 16 MiB)`;
    throw new InputError('', [makeIssue('user-space', `${path}.trace`, expected, found)]);
  }
  return inOrder;
}

/** Touched pages as mappings in the order of their addresses; what lies in `shared` (original addresses) apart. */
function mapRegions(
  regions: readonly TraceRegion[],
  places: readonly number[],
  shared: TraceWorkload['shared'],
): Mapping[] {
  const from = shared === undefined ? 0 : pageDown(shared.start);
  const to = shared === undefined || shared.end <= shared.start ? from : pageUp(shared.end);
  const mappings: Mapping[] = [];
  regions.forEach((region, i) => {
    const virtual = places[i] * REGION_BYTES;
    // Beyond 2^53 (kernel addresses of 64-bit machines) original addresses are not exact; a shared range lies below.
    const original = region.base * REGION_BYTES;
    const start = pageDown(region.touchedStart);
    const end = pageUp(region.touchedEnd);
    const cut = (at: number): number => Math.min(Math.max(at - original, start), end);
    const [first, last] = [cut(from), cut(to)];
    const add = (a: number, b: number, segment: number): void => {
      if (a >= b) return;
      const segmentOffset = segment === PRIVATE ? 0 : original + a - from;
      mappings.push({ start: virtual + a, end: virtual + b, segment, segmentOffset });
    };
    add(start, first, PRIVATE);
    add(first, last, SHARED);
    add(last, end, PRIVATE);
  });
  return mappings.sort((a, b) => a.start - b.start);
}

function reader(source: TraceSource, records: number): ReferenceStream['read'] {
  return (position, into) => Math.max(0, Math.min(source.read(position, into), records - position));
}

/**
 * Records with their regions moved to `table[region]`, an address below 2^32. Only regions that all lie below 4 GiB are
 * moved, so there are no more than 256 of them, and word 1 has none of their number.
 */
function movingReader(source: TraceSource, records: number, table: Int32Array): ReferenceStream['read'] {
  return (position, into) => {
    const count = Math.max(0, Math.min(source.read(position, into), records - position));
    for (let i = 0; i < 2 * count; i += 2) {
      const low = into[i] | 0;
      into[i] = table[low >>> REGION_SHIFT] | (low & OFFSET_MASK);
    }
    return count;
  };
}
