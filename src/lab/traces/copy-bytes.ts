/** A stream of bytes into a new file. */
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from '../file-error.ts';
import { type TargetFile, modeOf } from './temp-files.ts';

/** Errors of the file are InputErrors that name it; errors of `content` pass. */
export async function copyBytes(content: AsyncIterable<Uint8Array>, target: TargetFile): Promise<void> {
  const { path, shown, lasting } = target;
  const file = await attempt(open(path, 'wx', modeOf(target)), shown);
  try {
    for await (const chunk of content) await attempt(writeAll(file, chunk), shown);
    if (lasting) await attempt(file.sync(), shown);
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}

async function attempt<T>(action: Promise<T>, shown: string): Promise<T> {
  return action.catch((error: unknown) => {
    throw fileError(error, shown, 'write');
  });
}
