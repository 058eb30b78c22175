/**
 * A packed trace on the disk as the simulator reads it. It is made of a path and plain data, so that a worker makes its
 * own. Blocks are cached, since CPUs that replay one trace read near each other; when a CPU reads on, the block that was
 * not used for longest makes room. What it reads was checked when the trace was opened.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import {
  HEADER_BYTES,
  InputError,
  RECORD_BYTES,
  RECORD_WORDS,
  type TraceInfo,
  type TraceSource,
  makeIssue,
} from '../../sim/index.ts';
import { fileError } from '../file-error.ts';

/** 64 KiB. */
const BLOCK_RECORDS = 8192;
/** 16 MiB in all. */
const BLOCKS = 256;

export class PackedFileSource implements TraceSource {
  private descriptor = -1;
  /** Least recently used first. */
  private readonly blocks = new Map<number, Uint32Array>();

  constructor(
    private readonly path: string,
    readonly info: TraceInfo,
  ) {}

  read(position: number, into: Uint32Array): number {
    const count = Math.max(0, Math.min(Math.floor(into.length / RECORD_WORDS), this.info.records - position));
    for (let done = 0; done < count;) {
      const at = position + done;
      const number = Math.floor(at / BLOCK_RECORDS);
      const block = this.block(number);
      const from = at - number * BLOCK_RECORDS;
      const take = Math.min(count - done, BLOCK_RECORDS - from);
      into.set(block.subarray(from * RECORD_WORDS, (from + take) * RECORD_WORDS), done * RECORD_WORDS);
      done += take;
    }
    return count;
  }

  /** Lets go of the file; a later read opens it again. */
  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
    this.descriptor = -1;
    this.blocks.clear();
  }

  private block(number: number): Uint32Array {
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = this.load(number, this.oldest());
    } else {
      this.blocks.delete(number);
    }
    this.blocks.set(number, block);
    return block;
  }

  private oldest(): Uint32Array {
    if (this.blocks.size < BLOCKS) return new Uint32Array(BLOCK_RECORDS * RECORD_WORDS);
    const [number, block] = this.blocks.entries().next().value as [number, Uint32Array];
    this.blocks.delete(number);
    return block;
  }

  private load(number: number, block: Uint32Array): Uint32Array {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    const first = number * BLOCK_RECORDS;
    const wanted = Math.min(BLOCK_RECORDS, this.info.records - first) * RECORD_BYTES;
    try {
      if (this.descriptor < 0) this.descriptor = openSync(this.path, 'r');
      for (let total = 0; total < wanted;) {
        const place = HEADER_BYTES + first * RECORD_BYTES + total;
        const got = readSync(this.descriptor, bytes, total, wanted - total, place);
        if (got === 0) throw this.shrunk(place);
        total += got;
      }
    } catch (error) {
      throw fileError(error, this.info.name, 'read');
    }
    if (endianness() === 'BE') bytes.swap32();
    return block;
  }

  private shrunk(place: number): InputError {
    const found = 'the end of the file: it became shorter since it was opened';
    return new InputError(this.info.name, [makeIssue('packed-trace', `byte ${place}`, 'records', found)]);
  }
}
