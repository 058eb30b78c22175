/**
 * The last line of a run file: by it a byte that was changed later is not only noticed but found. SHA-256 says that
 * something changed; the sum of the bytes says by how much (d), and the sum of position times byte, which then differs
 * by position times d, says where: the syndromes of a Reed-Solomon code that corrects one byte, modulo the prime 2^31 - 1.
 */
import { createHash } from 'node:crypto';

export interface Integrity {
  readonly bytes: number;
  readonly sum: number;
  /** Of (position + 1) * byte, modulo 2^31 - 1. */
  readonly weightedSum: number;
  readonly sha256: string;
}

/** Larger than any position in a file that is read at all (text-file.ts). */
const PRIME = 2 ** 31 - 1;

/** What is written behind `body`. */
export function integrityOf(body: Uint8Array): Integrity {
  let sum = 0;
  let weightedSum = 0;
  for (let i = 0; i < body.length; i++) {
    sum += body[i]!;
    weightedSum = (weightedSum + (i + 1) * body[i]!) % PRIME;
  }
  return { bytes: body.length, sum, weightedSum, sha256: createHash('sha256').update(body).digest('hex') };
}

/** The one byte in which `body` differs from what `written` was made of: its position and what it was; undefined if it is not one. */
export function changedByte(body: Uint8Array, written: Integrity): { position: number; was: number } | undefined {
  const now = integrityOf(body);
  const difference = now.sum - written.sum;
  if (now.bytes !== written.bytes || difference === 0 || Math.abs(difference) > 255) return undefined;
  const moved = BigInt(now.weightedSum - written.weightedSum) * inverse(BigInt(difference));
  const position = Number(modulo(moved)) - 1;
  if (position < 0 || position >= body.length) return undefined;
  const was = body[position]! - difference;
  if (was < 0 || was > 255) return undefined;
  const repaired = Uint8Array.from(body);
  repaired[position] = was;
  return integrityOf(repaired).sha256 === written.sha256 ? { position, was } : undefined;
}

const modulo = (value: bigint): bigint => ((value % BigInt(PRIME)) + BigInt(PRIME)) % BigInt(PRIME);

/** By Fermat: a^(p-2) is the inverse of a modulo the prime p. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = modulo(value);
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}
