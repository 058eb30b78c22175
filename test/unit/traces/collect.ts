/** References as a list, and the parsers over texts: what the tests of the text forms share. */
import { DinParser } from '../../../src/sim/interop/din.ts';
import { LackeyParser } from '../../../src/sim/interop/lackey.ts';
import type { TextTraceFormat } from '../../../src/sim/interop/trace-format.ts';
import type { RecordSink } from '../../../src/sim/interop/trace-lines.ts';

/** `kind address size`, kinds as R, W, M, F; address in hexadecimal. */
export class Collector implements RecordSink {
  readonly references: string[] = [];

  record(kind: number, high: number, low: number, size: number): void {
    const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    this.references.push(`${'RWMF'[kind]} ${address.toString(16)} ${size}`);
  }
}

/** The references of `text`, fed in chunks of `chunk` bytes. */
export function parse(format: TextTraceFormat, text: string | Uint8Array, chunk = Infinity): string[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const sink = new Collector();
  const parser =
    format === 'lackey' ? new LackeyParser('a.trace', sink) : new DinParser('a.trace', sink, format === 'xdin');
  for (let at = 0; at < bytes.length; at += chunk) parser.feed(bytes.slice(at, Math.min(bytes.length, at + chunk)));
  parser.end();
  return sink.references;
}

/** What `action` says when it throws. */
export function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'nothing was thrown';
}
