/** The desktop door's client: the preload's methods, with failures thrown instead of returned. */
import type { Bridge, LabApi, Result } from '../../src/lab/contract.ts';
import type { Client } from './client.ts';
import { plain, unwrap } from './failure.ts';

type Call = (...params: readonly unknown[]) => Promise<Result<unknown>>;

/** A client over the preload's bridge; its methods are those that the bridge has. */
export function connectDesktop(bridge: Bridge): Client {
  const { on, zoom, ...methods } = bridge;
  const api = Object.fromEntries(
    Object.entries(methods as Record<string, Call>).map(([name, call]) => [
      name,
      async (...params: readonly unknown[]) => unwrap(await call(...plain(params))),
    ]),
  );
  return { ...(api as unknown as LabApi), door: 'desktop', on, zoom };
}
