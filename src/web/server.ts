/**
 * The browser door: the lab over http on loopback. `POST /api/<method>` calls, `GET /events` listens, `POST
 * /traces?name=` uploads; everything else is the face. Each request is checked by guard.ts first.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Result } from '../lab/contract.ts';
import type { Lab } from '../lab/door.ts';
import { toFailure } from '../lab/failure.ts';
import { type Dispatch, dispatcher } from '../lab/serve.ts';
import { readJson } from './body.ts';
import { type EventStreams, eventStreams } from './events.ts';
import { hasToken, refusal } from './guard.ts';
import { guardHeaders, pageServer } from './page.ts';
import { receiveTrace } from './uploads.ts';

interface WebOptions {
  readonly lab: Lab;
  /** Folder of the built face: dist/renderer. */
  readonly pageDir: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface WebServer {
  /** `http://127.0.0.1:PORT/` */
  readonly address: string;
  /** Ends every connection and stops listening; the lab stays open. */
  close(): Promise<void>;
}

/** Serves `lab` on 127.0.0.1. Rejects with the system's error where the port is taken. */
export async function serveLab({ lab, pageDir, port }: WebOptions): Promise<WebServer> {
  const token = randomBytes(24).toString('base64url');
  const page = pageServer(pageDir, token);
  const events = eventStreams(lab);
  const dispatch = dispatcher(lab.api);

  const server = createServer((request, response) => {
    guardHeaders(response);
    const refused = refusal(request, (server.address() as AddressInfo).port);
    if (refused !== undefined) {
      refuse(request, response, 403, refused);
      return;
    }
    const url = new URL(request.url ?? '/', 'http://lab');
    const route = routeOf(url.pathname);
    if (route === undefined) {
      page(request, response, () => refuse(request, response, 404, 'There is nothing here.'));
    } else if (request.method !== route.verb) {
      refuse(request, response, 405, `${url.pathname} answers ${route.verb} only.`);
    } else if (!hasToken(request, url, token)) {
      refuse(request, response, 403, 'Refused: this page is of an earlier start of the lab. Load it again.');
    } else {
      route.answer({ lab, dispatch, events, request, response, url });
    }
  });
  // A large trace takes longer to send than the five minutes that Node allows by default.
  server.requestTimeout = 0;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        events.close();
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

interface Exchange {
  readonly lab: Lab;
  readonly dispatch: Dispatch;
  readonly events: EventStreams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

interface Route {
  readonly verb: 'GET' | 'POST';
  readonly answer: (exchange: Exchange) => void;
}

function routeOf(path: string): Route | undefined {
  if (path === '/events') return { verb: 'GET', answer: ({ events, response }) => events.add(response) };
  if (path === '/traces') return { verb: 'POST', answer: (exchange) => answerUpload(exchange) };
  if (path.startsWith('/api/')) {
    const method = path.slice('/api/'.length);
    return { verb: 'POST', answer: (exchange) => answerCall(exchange, method) };
  }
  return undefined;
}

function answerCall({ dispatch, request, response }: Exchange, method: string): void {
  readJson(request)
    .then((params) => dispatch(method, params))
    .then(
      (result) => sendResult(response, result),
      (error: unknown) => sendFailure(request, response, error),
    );
}

function answerUpload({ lab, request, response, url }: Exchange): void {
  receiveTrace(lab, request, url.searchParams.get('name') ?? '').then(
    (value) => sendResult(response, { ok: true, value }),
    (error: unknown) => sendFailure(request, response, error),
  );
}

function sendResult(response: ServerResponse, result: Result<unknown>): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(result));
}

/** A failure as a result; what was not read of the request is not waited for. */
function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!request.complete) response.shouldKeepAlive = false;
  sendResult(response, { ok: false, failure: toFailure(error) });
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  if (!request.complete) response.shouldKeepAlive = false;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : `${message}\n`);
}
