/** The face as files: the built renderer, with the token put into its page and the headers that keep it closed. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { CONTENT_SECURITY_POLICY } from '../lab/content-policy.ts';

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Puts the headers of every answer on it. */
export function guardHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** Serves the built page in `folder`; `token` goes into its index.html. */
export function pageServer(folder: string, token: string): ReturnType<typeof sirv> {
  const index = readFileSync(join(folder, 'index.html'), 'utf8').replace(
    '<meta name="numaq-token" content="" />',
    `<meta name="numaq-token" content="${token}" />`,
  );
  if (!index.includes(token)) throw new Error('dist/renderer/index.html has no place for the token: build it again');
  // `dev`: looks for a file when it is asked for, so that a rebuild under a running server gives 404, not a crash.
  const files = sirv(folder, { dev: true, etag: true, dotfiles: false });
  return (request, response, next) => {
    const path = new URL(request.url ?? '/', 'http://lab').pathname;
    if (path !== '/' && path !== '/index.html') {
      files(request, response, next);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : index);
  };
}
