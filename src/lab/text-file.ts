/** Reading a text file that a person chose: of bounded size, in UTF-8, with or without a byte order mark. */
import { open } from 'node:fs/promises';
import { InputError, makeIssue, MIB } from '../sim/index.ts';
import { fileError } from './file-error.ts';

/** Far more than the largest machine (4,096 nodes take about 2 MiB) or run file. */
const TEXT_LIMIT = 64 * MIB;

/** The text of the file at `path`. Throws an InputError that names it as `shown`. */
export async function readTextFile(path: string, shown: string = path, limit: number = TEXT_LIMIT): Promise<string> {
  return decodeText(await readBytes(path, shown, limit), shown);
}

/** The bytes of the file at `path`, which may be a pipe. Throws an InputError that names it as `shown`. */
export async function readBytes(path: string, shown: string = path, limit: number = TEXT_LIMIT): Promise<Uint8Array> {
  const bytes = await drain(path, limit).catch((error: unknown) => {
    throw fileError(error, shown, 'read');
  });
  if (bytes.length <= limit) return bytes;
  throw new InputError(shown, [makeIssue('too-large', '', `a file of at most ${limit / MIB} MiB`, 'a larger one')]);
}

/** UTF-8 bytes as text, without their byte order mark. Throws an InputError where they are none. */
export function decodeText(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const found = bytes[0] === 0x1f && bytes[1] === 0x8b ? 'a gzip file' : 'other bytes (binary, or another encoding)';
    throw new InputError(shown, [makeIssue('not-utf8', '', 'text in UTF-8', found)]);
  }
}

/** At most `limit` bytes and one: enough to know that there are more. A pipe's size nobody knows. */
async function drain(path: string, limit: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    let total = 0;
    while (total <= limit) {
      const chunk = new Uint8Array(Math.min(256 * 1024, limit + 1 - total));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      total += bytesRead;
    }
    return Buffer.concat(chunks, total);
  } finally {
    await file.close();
  }
}
