/**
 * Opening a trace of any form: what it is is told from its bytes, text becomes a packed file (temporary, unless it is
 * asked for), and a packed file is checked and used in place. At no time is more than a few chunks of it in memory.
 */
import { renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import {
  Cancelled,
  InputError,
  SNIFF_BYTES,
  type SizeNotation,
  type TextTraceFormat,
  TraceFolder,
  type TraceFormat,
  type TraceInfo,
  detectTrace,
  makeIssue,
  textParser,
} from '../../sim/index.ts';
import { fileError } from '../file-error.ts';
import { ByteStream, type ByteStreamOptions } from './byte-stream.ts';
import { checkPacked } from './packed-check.ts';
import { copyBytes } from './copy-bytes.ts';
import { PackedWriter } from './packed-writer.ts';
import { type TargetFile, keepTemp, newTempPath, removeTemp } from './temp-files.ts';

export interface TraceOptions extends Omit<ByteStreamOptions, 'name'> {
  /** The trace's name in messages and reports; otherwise the file's. */
  readonly name?: string | undefined;
  /** How sizes of a lackey trace are read: see interop/lackey.ts. Decimal unless asked otherwise. */
  readonly lackeySizes?: SizeNotation | undefined;
}
type NamedOptions = TraceOptions & ByteStreamOptions;

export interface OpenTrace {
  readonly info: TraceInfo;
  /** The packed file, for PackedFileSource: here or in a worker. */
  readonly path: string;
  readonly format: TraceFormat;
  /** Removes the packed file if it is a temporary one. */
  close(): void;
}

/** Opens the trace at `path`. Throws an InputError that names the file and the place in it, or Cancelled. */
export async function openTrace(path: string, options: TraceOptions = {}): Promise<OpenTrace> {
  const named = { ...options, name: options.name ?? basename(path) };
  const temp = newTempPath();
  try {
    const target = { path: temp, shown: `temporary folder ${tmpdir()}`, lasting: false };
    const { info, format, inPlace } = await pack(path, target, named);
    options.progress?.(1);
    if (inPlace) keepTemp(temp);
    return { info, path: inPlace ? path : temp, format, close: () => (inPlace ? undefined : removeTemp(temp)) };
  } catch (error) {
    removeTemp(temp);
    throw error;
  }
}

/** Packs the trace at `input` into the file `output`, which is there whole or as it was before. Throws as openTrace does. */
export async function packTrace(input: string, output: string, options: TraceOptions = {}): Promise<TraceInfo> {
  const named = { ...options, name: options.name ?? basename(input) };
  const temp = newTempPath(dirname(output), `.${basename(output).slice(0, 200)}.`);
  try {
    const { info } = await pack(input, { path: temp, shown: output, lasting: true }, named);
    try {
      renameSync(temp, output);
    } catch (error) {
      throw fileError(error, output, 'write', 'What was there before is untouched.');
    }
    keepTemp(temp);
    options.progress?.(1);
    return info;
  } catch (error) {
    removeTemp(temp);
    throw error;
  }
}

interface Packed {
  readonly info: TraceInfo;
  readonly format: TraceFormat;
  /** `target` was not written: the input is the packed file itself. */
  readonly inPlace: boolean;
}

/** The trace at `path` as a packed file; one that is packed already may stay where it is unless a lasting copy is wanted. */
async function pack(path: string, target: TargetFile, options: NamedOptions): Promise<Packed> {
  const stream = await ByteStream.open(path, options);
  const content = stream.content();
  try {
    const { head, whole } = await readHead(content);
    const format = detectTrace(head, whole, options.name);
    if (format !== 'packed') {
      const info = await packText(format, rejoin(head, content), target, options);
      return { info, format, inPlace: false };
    }
    const inPlace = !target.lasting && stream.isRegular && !stream.isGzip;
    if (!inPlace) await copyBytes(rejoin(head, content), target);
    const info = await checkPacked(inPlace ? path : target.path, options);
    return { info, format, inPlace };
  } finally {
    await content.return(undefined);
    await stream.close();
  }
}

async function packText(
  format: TextTraceFormat,
  content: AsyncIterable<Uint8Array>,
  target: TargetFile,
  { name, signal, lackeySizes }: NamedOptions,
): Promise<TraceInfo> {
  const writer = new PackedWriter(target);
  try {
    const folder = new TraceFolder(name, (words) => writer.records(words));
    const parser = textParser(format, name, folder, lackeySizes);
    for await (const chunk of content) {
      if (signal?.aborted === true) throw new Cancelled();
      parser.feed(chunk);
    }
    parser.end();
    const folded = folder.finish();
    if (folded.records === 0) throw new InputError(name, [makeIssue('no-records', '', 'a memory reference', 'none')]);
    return writer.finish(folded, name);
  } finally {
    writer.close();
  }
}

/** The first SNIFF_BYTES of `content`, or a little more; `whole` when that is all. */
async function readHead(content: AsyncGenerator<Uint8Array>): Promise<{ head: Uint8Array; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  for (let total = 0; total < SNIFF_BYTES;) {
    const { value, done } = await content.next();
    if (done === true) return { head: Buffer.concat(chunks), whole: true };
    chunks.push(value);
    total += value.length;
  }
  return { head: Buffer.concat(chunks), whole: false };
}

async function* rejoin(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
