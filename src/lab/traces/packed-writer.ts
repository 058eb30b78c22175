/**
 * Writes a packed trace in one pass. Blocks are written as they fill up, synchronously: the text of a chunk is parsed in
 * one go, and what it comes to must not pile up in memory.
 */
import { type Hash, createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { type FoldedTrace, type TraceInfo, encodeFooter, encodeHeader, encodeRegions } from '../../sim/index.ts';
import { fileError } from '../file-error.ts';
import { type TargetFile, modeOf } from './temp-files.ts';

export class PackedWriter {
  private readonly hash: Hash = createHash('sha256');
  private readonly descriptor: number;

  /** Makes the file, which must not be there yet. */
  constructor(private readonly target: TargetFile) {
    this.descriptor = this.attempt(() => openSync(target.path, 'wx', modeOf(target)));
    this.write(encodeHeader());
  }

  /** Takes a block of records; it may be used again afterwards. */
  records(words: Uint32Array): void {
    const bytes = littleEndian(words);
    this.hash.update(bytes);
    this.write(bytes);
  }

  /** Writes what follows the records, and returns what is known of the trace. */
  finish(trace: FoldedTrace, name: string): TraceInfo {
    const regions = encodeRegions(trace.regions);
    this.hash.update(regions);
    this.write(regions);
    const info: TraceInfo = { name, ...trace, sha256: this.hash.digest('hex') };
    this.write(encodeFooter(info));
    if (this.target.lasting) this.attempt(() => fsyncSync(this.descriptor));
    return info;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private write(bytes: Uint8Array): void {
    this.attempt(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at, bytes.length - at);
    });
  }

  private attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw fileError(error, this.target.shown, 'write');
    }
  }
}

/** The bytes of `words` as the file has them; a view where the host is little-endian itself. */
function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
}
