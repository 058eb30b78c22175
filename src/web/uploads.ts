/**
 * Traces that come in over http: streamed to a file of a private temporary folder, then opened by the lab, which packs
 * them into a file of its own; the upload itself is removed again.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Lab } from '../lab/door.ts';
import { fileError } from '../lab/file-error.ts';
import type { TraceInfo } from '../sim/index.ts';

const LONGEST_NAME = 200;

/** Reads the request's body as a trace called `name`. Rejects with an InputError where it is none or could not be kept. */
export async function receiveTrace(lab: Lab, request: IncomingMessage, name: string): Promise<TraceInfo> {
  const shown = basename(name.replace(/\\/g, '/')).slice(-LONGEST_NAME) || 'trace';
  const folder = await mkdtemp(join(tmpdir(), 'numaq-upload-'));
  try {
    const path = join(folder, 'trace');
    // Not destroyed on a failed write: the page still has to read why.
    const body = request.iterator({ destroyOnReturn: false });
    await pipeline(body, createWriteStream(path)).catch((error: unknown) => {
      request.resume();
      throw fileError(error, shown, 'write', `The trace is kept in ${tmpdir()} while it is read.`);
    });
    return await lab.openTraceFile(path, shown);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
