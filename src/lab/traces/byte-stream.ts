/**
 * The bytes of a trace file in order, a chunk at a time, unpacked when they are gzip (told by its magic number). Nothing
 * is kept; a pipe does as well as a file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Cancelled, InputError, makeIssue } from '../../sim/index.ts';
import { fileError, systemCode } from '../file-error.ts';

const CHUNK_BYTES = 256 * 1024;

export interface ByteStreamOptions {
  /** The file as the person knows it, for messages. */
  readonly name: string;
  /** 0 to 1, of the file's bytes; not called for a pipe. */
  readonly progress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class ByteStream {
  private offset = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly options: ByteStreamOptions,
    /** Bytes of the file; 0 where nobody knows. */
    private readonly size: number,
    readonly isRegular: boolean,
    private readonly head: Uint8Array,
  ) {
    this.offset = head.length;
  }

  /** Opens the file at `path`. Throws an InputError for one that cannot be read. */
  static async open(path: string, options: ByteStreamOptions): Promise<ByteStream> {
    try {
      const file = await open(path, 'r');
      try {
        const stat = await file.stat();
        if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
        const head = await readUpTo(file, 2);
        return new ByteStream(file, options, stat.size, stat.isFile(), head);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileError(error, options.name, 'read');
    }
  }

  get isGzip(): boolean {
    return this.head.length === 2 && this.head[0] === 0x1f && this.head[1] === 0x8b;
  }

  /** The content, once. Throws InputError (a damaged or truncated gzip names the offset in the file) and Cancelled. */
  async *content(): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.isGzip) {
      yield* this.raw();
      return;
    }
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    const raw = Readable.from(this.raw(), { objectMode: true, highWaterMark: 1 });
    // An error of either reaches the loop below; the callback only keeps it from being thrown elsewhere.
    pipeline(raw, gunzip, () => undefined);
    try {
      for await (const chunk of gunzip) yield chunk as Uint8Array;
    } catch (error) {
      throw this.gzipError(error, gunzip.bytesWritten);
    } finally {
      raw.destroy();
      gunzip.destroy();
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async *raw(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.head.length > 0) yield this.head;
    for (;;) {
      if (this.options.signal?.aborted === true) throw new Cancelled();
      const chunk = new Uint8Array(CHUNK_BYTES);
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, null).catch((error: unknown) => {
        throw fileError(error, this.options.name, 'read');
      });
      if (bytesRead === 0) return;
      this.offset += bytesRead;
      if (this.size > 0) this.options.progress?.(Math.min(1, this.offset / this.size));
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
    }
  }

  private gzipError(error: unknown, consumed: number): unknown {
    const code = systemCode(error);
    if (!code.startsWith('Z_')) return error;
    const place = `byte ${code === 'Z_BUF_ERROR' ? this.offset : consumed}`;
    const found =
      code === 'Z_BUF_ERROR' ? 'the end of the file: it is truncated' : `damaged data (${(error as Error).message})`;
    return new InputError(this.options.name, [makeIssue('gzip', place, 'more gzip data', found)]);
  }
}

async function readUpTo(file: FileHandle, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let total = 0;
  while (total < count) {
    const { bytesRead } = await file.read(bytes, total, count - total, null);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return bytes.subarray(0, total);
}
