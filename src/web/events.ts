/** The lab's events to every open page, as server-sent events. */
import type { ServerResponse } from 'node:http';
import { eventNames } from '../lab/contract.ts';
import type { Lab } from '../lab/door.ts';

/** A comment line this often keeps idle connections from being taken for dead, ms. */
const HEARTBEAT_MS = 20_000;
/** A page that reads nothing while this many bytes wait for it is dropped; its EventSource connects again. */
const MOST_WAITING = 32 * 1024 * 1024;

export interface EventStreams {
  /** Answers a request with the stream of events, until the page leaves. */
  add(response: ServerResponse): void;
  close(): void;
}

/** Streams of `lab`'s events. */
export function eventStreams(lab: Lab): EventStreams {
  const pages = new Set<ServerResponse>();
  const send = (text: string): void => {
    for (const page of pages) {
      if (page.writableLength > MOST_WAITING) page.destroy();
      else page.write(text);
    }
  };
  const stops = eventNames.map((name) =>
    lab.on(name, (payload) => send(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`)),
  );
  const heartbeat = setInterval(() => send(':\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    add: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1000\n\n');
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    close: () => {
      clearInterval(heartbeat);
      for (const stop of stops) stop();
      for (const page of pages) page.end();
    },
  };
}
