/** Values of options, read strictly: what is not one says what was expected. */
import { InvalidArgumentError } from 'commander';
import { GIB, KIB, MIB, type PlacementSpec, type Turn, turnSchema } from '../sim/index.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: KIB, m: MIB, g: GIB, t: 1024 * GIB };
const MOST_LISTED = 16384;
/** The bounds that a run file holds a workload to. */
const MOST_COUNTED = 1e12;
const ARRAY = { least: 64, most: 1024 * GIB };

/** `0-3,8` as 0, 1, 2, 3, 8. Throws InvalidArgumentError. */
export function numberList(text: string): number[] {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last - first >= MOST_LISTED) {
      throw new InvalidArgumentError(`expected numbers such as 0-3,8, found ${quote(text)}`);
    }
    for (let number = first; number <= last; number++) numbers.push(number);
  }
  return numbers;
}

/** `64M`, `64MiB`, `1.5g` or a plain number of bytes. Throws InvalidArgumentError. */
export function byteCount(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError(`expected a size such as 64M or 4096, found ${quote(text)}`);
}

/** The size of a pattern's array: 64 bytes to 1 TiB. Throws InvalidArgumentError. */
export function arrayBytes(text: string): number {
  const bytes = byteCount(text);
  if (bytes >= ARRAY.least && bytes <= ARRAY.most) return bytes;
  throw new InvalidArgumentError(`expected a size such as 64M or 4096, from 64 bytes to 1T, found ${quote(text)}`);
}

/** `1000000`, `1e6`, `1M` (decimal). Throws InvalidArgumentError. */
export function count(text: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e\d{1,2})?)([kmg]?)$/i.exec(text.trim());
  const scale = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN;
  const number = Number(match?.[1]) * scale;
  if (Number.isSafeInteger(number) && number > 0 && number <= MOST_COUNTED) return number;
  const bounds = `from 1 to ${MOST_COUNTED.toLocaleString('en-US')}`;
  throw new InvalidArgumentError(`expected a number such as 1000000, 1e6 or 1M, ${bounds}, found ${quote(text)}`);
}

/** `500`, `500ns`, `20us`, `5ms`, `1.5s` in ns. Throws InvalidArgumentError. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|ms|s|)$/.exec(text.trim());
  const scale = { '': 1, ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[match?.[2] ?? ''] ?? Number.NaN;
  const ns = Number(match?.[1]) * scale;
  if (Number.isFinite(ns)) return ns;
  throw new InvalidArgumentError(`expected a time such as 5ms, 20us or 500 (ns), found ${quote(text)}`);
}

/** A whole number from 0 on, as a CPU or a record has it. Throws InvalidArgumentError. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError(`expected a whole number from 0 on, found ${quote(text)}`);
}

/** A node's id. Throws InvalidArgumentError. */
export function nodeId(text: string): number {
  const [id, ...more] = /^\d+$/.test(text) ? numberList(text) : [];
  if (id !== undefined && more.length === 0) return id;
  throw new InvalidArgumentError(`expected the id of a node such as 3, found ${quote(text)}`);
}

/** A whole number of at most 32 bits. Throws InvalidArgumentError. */
export function seed(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number < 2 ** 32) return number;
  throw new InvalidArgumentError(`expected a whole number from 0 to 4294967295, found ${quote(text)}`);
}

/** `0x1ff000000-0x1ff100000` or decimal; end exclusive. Throws InvalidArgumentError. */
export function addressRange(text: string): { start: number; end: number } {
  const match = /^(0x[0-9a-f]+|\d+)-(0x[0-9a-f]+|\d+)$/i.exec(text.trim());
  const range = { start: Number(match?.[1]), end: Number(match?.[2]) };
  if (Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end) && range.start < range.end) return range;
  throw new InvalidArgumentError(`expected addresses START-END such as 0x4000000-0x4100000, found ${quote(text)}`);
}

/** `first-touch`, `preferred:2`, `bind:0,1`, `interleave:0-3`. Throws InvalidArgumentError. */
export function placement(text: string): PlacementSpec {
  const [policy, nodes] = text.split(/:(.*)/s) as [string, string?];
  if (policy === 'first-touch' && nodes === undefined) return { policy };
  if (policy === 'preferred' && nodes !== undefined) {
    const [node, ...more] = numberList(nodes);
    if (node !== undefined && more.length === 0) return { policy, node };
  }
  if ((policy === 'bind' || policy === 'interleave') && nodes !== undefined)
    return { policy, nodes: numberList(nodes) };
  throw new InvalidArgumentError(
    `expected first-touch, preferred:NODE, bind:NODES or interleave:NODES (such as interleave:0-3), found ${quote(text)}`,
  );
}

/** Pages of 4 KiB per cluster to PAGE_MMUSHIFT. Throws InvalidArgumentError. */
export function clusterShift(text: string): number {
  const shift = [1, 2, 4, 8, 16, 32, 64].indexOf(/^\d+$/.test(text) ? Number(text) : 0);
  if (shift >= 0) return shift;
  throw new InvalidArgumentError(`expected 1, 2, 4, 8, 16, 32 or 64 (4 KiB pages per cluster), found ${quote(text)}`);
}

/** `0.01` or `1/100`: above 0, up to 1. Throws InvalidArgumentError. */
export function scale(text: string): number {
  const match = /^(\d*\.?\d+(?:e-?\d{1,2})?)(?:\/(\d+))?$/i.exec(text.trim());
  const share = Number(match?.[1]) / Number(match?.[2] ?? 1);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError(`expected a share above 0, up to 1, such as 0.01 or 1/100, found ${quote(text)}`);
}

/** Name and value. */
export type Parameter = readonly [string, number | string];

/** `jobs=16` or `order=random`. Throws InvalidArgumentError. */
export function parameter(text: string): Parameter {
  const match = /^(\w{1,60})=(.{1,200})$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError(`expected NAME=VALUE such as jobs=16, found ${quote(text)}`);
  const [, name, value] = match;
  return [name, /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value];
}

/** `swappiness=0@5ms`; without a time at the start. Throws InvalidArgumentError. */
export function turn(text: string): Turn {
  const match = /^(\w{1,60})=(-?\d{1,9})(?:@(.+))?$/.exec(text.trim());
  if (match === null) {
    throw new InvalidArgumentError(`expected NAME=VALUE@TIME such as swappiness=0@5ms, found ${quote(text)}`);
  }
  const [, name, value, at] = match;
  const parsed = turnSchema.safeParse({ timeNs: at === undefined ? 0 : duration(at), name, value: Number(value) });
  if (parsed.success) return parsed.data;
  const knobs = turnSchema.shape.name.options;
  const found = knobs.some((knob) => knob === name) ? `a value of ${value}` : quote(name);
  throw new InvalidArgumentError(`expected one of ${knobs.join(', ')} and a value of it, found ${found}`);
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
