/** The body of a call: JSON, of bounded size. */
import type { IncomingMessage } from 'node:http';
import { InputError, makeIssue } from '../sim/index.ts';

/** Above the contract's longest text (a machine file of 64 MiB), escaped. */
const MOST_BYTES = 160 * 1024 * 1024;

/** The request's JSON. Rejects with an InputError where it is too large, of another type, or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) {
    throw new InputError('request', [makeIssue('type', '', 'application/json', type === '' ? 'no type' : type)]);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      request.resume();
      throw new InputError('request', [makeIssue('too-large', '', `at most ${MOST_BYTES} bytes`, 'more')]);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw new InputError('request', [makeIssue('json', '', 'JSON', error instanceof Error ? error.message : 'none')]);
  }
}
