/**
 * Reads a packed trace from end to end before anything is simulated from it: its hash, and that every record lies within
 * the touched part of a region that there is, which the simulator takes for granted.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import {
  Cancelled,
  FOOTER_BYTES,
  HEADER_BYTES,
  InputError,
  RECORD_BYTES,
  REGION_ENTRY_BYTES,
  REGION_HIGH_SHIFT,
  REGION_SHIFT,
  SIZE_MASK,
  SIZE_SHIFT,
  type TraceInfo,
  type TraceRegion,
  checkHeader,
  decodeFooter,
  decodeRegions,
  makeIssue,
} from '../../sim/index.ts';
import { fileError } from '../file-error.ts';
import type { ByteStreamOptions } from './byte-stream.ts';

const BLOCK_BYTES = 256 * 1024;

/** What is known of the packed trace at `path`. Throws an InputError that says what is wrong with it and where. */
export async function checkPacked(path: string, options: ByteStreamOptions): Promise<TraceInfo> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await check(file, options);
  } catch (error) {
    throw fileError(error, options.name, 'read');
  } finally {
    await file?.close();
  }
}

async function check(file: FileHandle, { name, progress, signal }: ByteStreamOptions): Promise<TraceInfo> {
  const { size } = await file.stat();
  checkHeader(await readAt(file, 0, HEADER_BYTES), name);
  const footerAt = Math.max(0, size - FOOTER_BYTES);
  const { regionsOffset, ...footer } = decodeFooter(await readAt(file, footerAt, FOOTER_BYTES), size, name);
  const regionBytes = await readAt(file, regionsOffset, footer.regionCount * REGION_ENTRY_BYTES);
  const regions = decodeRegions(regionBytes);
  const hash = createHash('sha256');
  for (let at = HEADER_BYTES; at < regionsOffset;) {
    if (signal?.aborted === true) throw new Cancelled();
    const bytes = await readAt(file, at, Math.min(BLOCK_BYTES, regionsOffset - at));
    if (bytes.length === 0) throw damaged(name, `byte ${at}`, 'records', 'the end of the file');
    hash.update(bytes);
    const bad = badRecord(asWords(bytes), regions);
    if (bad >= 0) {
      const place = `byte ${at + bad * RECORD_BYTES}`;
      throw damaged(name, place, 'a record within the regions of the trace', 'another');
    }
    at += bytes.length;
    progress?.(at / size);
  }
  hash.update(regionBytes);
  if (hash.digest('hex') !== footer.sha256) {
    throw damaged(name, '', `records with the SHA-256 ${footer.sha256.slice(0, 12)}...`, 'others');
  }
  if (footer.records === 0) throw new InputError(name, [makeIssue('no-records', '', 'a memory reference', 'none')]);
  const { records, kinds, sha256 } = footer;
  return { name, records, kinds, regions, sha256 };
}

/** Number of the first record that touches what no region says is touched; -1 when all are right. */
function badRecord(words: Uint32Array, regions: readonly TraceRegion[]): number {
  const starts = Int32Array.from(regions, ({ touchedStart }) => touchedStart);
  const ends = Int32Array.from(regions, ({ touchedEnd }) => touchedEnd);
  const offsetMask = 2 ** REGION_SHIFT - 1;
  for (let i = 0; i < words.length; i += 2) {
    const meta = words[i + 1];
    const region = ((meta >>> REGION_HIGH_SHIFT) << (32 - REGION_SHIFT)) | (words[i] >>> REGION_SHIFT);
    const offset = words[i] & offsetMask;
    const size = (meta >>> SIZE_SHIFT) & SIZE_MASK;
    const right = region < starts.length && size > 0 && offset >= starts[region] && offset + size <= ends[region];
    if (!right) return i / 2;
  }
  return -1;
}

/** Up to `length` bytes at `at`: fewer only where the file ends. */
async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let total = 0;
  while (total < length) {
    const { bytesRead } = await file.read(bytes, total, length - total, at + total);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return bytes.subarray(0, total);
}

/** Whole records of `bytes`, which are the caller's to be spoilt. */
function asWords(bytes: Uint8Array): Uint32Array {
  const even = bytes.length - (bytes.length % RECORD_BYTES);
  const own = endianness() === 'LE' ? bytes : Uint8Array.from(Buffer.from(bytes.slice(0, even)).swap32());
  return new Uint32Array(own.buffer, own.byteOffset, even / 4);
}

function damaged(name: string, place: string, expected: string, found: string): InputError {
  return new InputError(name, [makeIssue('packed-trace', place, expected, `${found}: the file is damaged`)]);
}
