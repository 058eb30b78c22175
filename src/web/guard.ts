/**
 * Who may speak to the browser door: pages that it served itself, on loopback. A foreign Host header means that a name
 * was bent to 127.0.0.1 (DNS rebinding), a foreign Origin that another page asks; the token shows that the page was
 * read from here, which other pages cannot do.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: a sentence for status 403, or undefined where it may pass. `port` is the server's own. */
export function refusal(request: IncomingMessage, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return `Refused: this lab answers only at ${hosts[0]}, not at ${shorten(host)}.`;
  }
  if (origin !== undefined && !hosts.some((own) => origin.toLowerCase() === `http://${own}`)) {
    return `Refused: a page of ${shorten(origin)} may not use this lab.`;
  }
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'Refused: only a page of this lab may use it.';
  }
  return undefined;
}

/** True where the request carries the token of the served page, in its header or (events) in its address. */
export function hasToken(request: IncomingMessage, url: URL, token: string): boolean {
  const given = request.headers['x-numaq-token'] ?? url.searchParams.get('token') ?? '';
  const [left, right] = [Buffer.from(String(given)), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function shorten(header: string | undefined): string {
  return header === undefined ? 'no name' : JSON.stringify(header.slice(0, 100));
}
