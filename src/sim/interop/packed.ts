/**
 * The packed form of a trace: 32 bytes of header, the records of trace.ts (8 bytes each), the table of regions (16 bytes
 * each) and a footer of 128 bytes, all little-endian. Everything that is known only at the end stands at the end, so that
 * one pass writes the file, and the footer has a fixed size, so that it opens at random. The SHA-256 is of records and
 * regions: the same references have the same hash, whatever text they came from.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { REGION_SHIFT, type TraceInfo, type TraceRegion } from '../workloads/trace.ts';
import { REGION_LIMIT } from './packed-fold.ts';

const PACKED_VERSION = 1;
export const HEADER_BYTES = 32;
export const RECORD_BYTES = 8;
export const REGION_ENTRY_BYTES = 16;
export const FOOTER_BYTES = 128;
const HASH_BYTES = 32;

const MAGIC = 'NUMAQTRC';
const END_MAGIC = 'NUMAQEND';
const FOOTER = { records: 0, regions: 8, kinds: 16, hash: 48, checksum: 116, magic: 120 } as const;

/** True when a file begins as a packed trace does. */
export function isPacked(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && textAt(head, 0, MAGIC.length) === MAGIC;
}

export function encodeHeader(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, MAGIC);
  view.setUint32(8, PACKED_VERSION, true);
  view.setUint32(12, HEADER_BYTES, true);
  view.setUint32(16, RECORD_BYTES, true);
  view.setUint32(20, REGION_SHIFT, true);
  return bytes;
}

export function encodeRegions(regions: readonly TraceRegion[]): Uint8Array {
  const bytes = new Uint8Array(regions.length * REGION_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  regions.forEach((region, i) => {
    putWide(view, i * REGION_ENTRY_BYTES, region.base);
    view.setUint32(i * REGION_ENTRY_BYTES + 8, region.touchedStart, true);
    view.setUint32(i * REGION_ENTRY_BYTES + 12, region.touchedEnd, true);
  });
  return bytes;
}

/** `info.sha256` as hex, of the bytes of records and regions. */
export function encodeFooter(info: Omit<TraceInfo, 'name'>): Uint8Array {
  const bytes = new Uint8Array(FOOTER_BYTES);
  const view = new DataView(bytes.buffer);
  putWide(view, FOOTER.records, info.records);
  putWide(view, FOOTER.regions, info.regions.length);
  info.kinds.forEach((count, kind) => putWide(view, FOOTER.kinds + 8 * kind, count));
  for (let i = 0; i < HASH_BYTES; i++) bytes[FOOTER.hash + i] = parseInt(info.sha256.slice(2 * i, 2 * i + 2), 16);
  view.setUint32(FOOTER.checksum, checksum(bytes), true);
  putText(bytes, FOOTER.magic, END_MAGIC);
  return bytes;
}

/** What the footer says; the regions stand in the table before it. */
interface PackedFooter {
  readonly records: number;
  readonly regionCount: number;
  readonly kinds: readonly [number, number, number, number];
  readonly sha256: string;
  /** Where the table of regions begins, from the file's start. */
  readonly regionsOffset: number;
}

/** Throws an InputError for the header of another format or of a newer version. */
export function checkHeader(header: Uint8Array, source: string): void {
  if (!isPacked(header)) throw refuse(source, 'byte 0', `a packed trace (${MAGIC})`, 'another file');
  if (header.length < HEADER_BYTES) {
    throw refuse(source, `byte ${header.length}`, `${HEADER_BYTES} bytes of header`, 'the end: the file is truncated');
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const version = view.getUint32(8, true);
  if (version > PACKED_VERSION) {
    const message = `made by a newer NUMA-Q Lab (version ${version}; this one reads up to ${PACKED_VERSION})`;
    const issue = {
      code: 'newer',
      path: 'byte 8',
      expected: `version ${PACKED_VERSION}`,
      found: `${version}`,
      message,
    };
    throw new InputError(source, [issue]);
  }
  const known = [PACKED_VERSION, HEADER_BYTES, RECORD_BYTES, REGION_SHIFT, 0, 0];
  known.forEach((value, i) => {
    const found = view.getUint32(8 + 4 * i, true);
    if (found !== value) throw refuse(source, `byte ${8 + 4 * i}`, `${value}`, `${found}: the file is damaged`);
  });
}

/** What the footer of a file of `fileBytes` says. Throws an InputError when it is not whole or does not fit the file. */
export function decodeFooter(footer: Uint8Array, fileBytes: number, source: string): PackedFooter {
  const place = `byte ${Math.max(0, fileBytes - FOOTER_BYTES)}`;
  if (footer.length < FOOTER_BYTES || textAt(footer, FOOTER.magic, END_MAGIC.length) !== END_MAGIC) {
    throw refuse(source, place, 'the end of a packed trace', 'other bytes: the file is truncated or damaged');
  }
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  if (view.getUint32(FOOTER.checksum, true) !== checksum(footer)) {
    throw refuse(source, place, 'a footer that fits its checksum', 'another: the file is damaged');
  }
  const records = getWide(view, FOOTER.records);
  const regionCount = getWide(view, FOOTER.regions);
  const regionsOffset = HEADER_BYTES + records * RECORD_BYTES;
  const expected = regionsOffset + regionCount * REGION_ENTRY_BYTES + FOOTER_BYTES;
  if (expected !== fileBytes || regionCount > REGION_LIMIT) {
    throw refuse(source, '', `${expected} bytes, as its footer says`, `${fileBytes}: the file is damaged`);
  }
  const count = (kind: number): number => getWide(view, FOOTER.kinds + 8 * kind);
  let sha256 = '';
  for (let i = 0; i < HASH_BYTES; i++) sha256 += footer[FOOTER.hash + i].toString(16).padStart(2, '0');
  return { records, regionCount, kinds: [count(0), count(1), count(2), count(3)], sha256, regionsOffset };
}

export function decodeRegions(bytes: Uint8Array): TraceRegion[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / REGION_ENTRY_BYTES }, (_, i) => ({
    base: getWide(view, i * REGION_ENTRY_BYTES),
    touchedStart: view.getUint32(i * REGION_ENTRY_BYTES + 8, true),
    touchedEnd: view.getUint32(i * REGION_ENTRY_BYTES + 12, true),
  }));
}

function refuse(source: string, place: string, expected: string, found: string): InputError {
  return new InputError(source, [makeIssue('packed-trace', place, expected, found)]);
}

/** FNV-1a over the footer up to its checksum. */
function checksum(footer: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < FOOTER.checksum; i++) hash = Math.imul(hash ^ footer[i], 0x01000193);
  return hash >>> 0;
}

function putWide(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value >>> 0, true);
  view.setUint32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
}

function getWide(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
}

function putText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
