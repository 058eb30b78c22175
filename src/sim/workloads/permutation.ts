/**
 * A seeded permutation of 0 to n-1 without a table: a Feistel network over the next power of two, walked until it lands
 * below n (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). Four rounds are enough to look random; no
 * secret rests on it.
 */
import { mix32, subSeed } from '../base/rng.ts';

const ROUNDS = 4;

/** Calls of the result with 0, 1, ..., count - 1 give each of these numbers once. `count` is at most 2^53 and 2^31 squared. */
export function permutation(count: number, seed: number): (index: number) => number {
  let bits = 1;
  while (2 ** bits < count) bits++;
  const lowBits = bits >>> 1;
  const highBits = bits - lowBits;
  const lowSize = 2 ** lowBits;
  const lowMask = lowSize - 1;
  const highMask = 2 ** highBits - 1;
  const keys = Int32Array.from({ length: ROUNDS }, (_, round) => subSeed(seed, round));
  // The same in 32 bits, for speed.
  if (bits < 31) {
    return (index) => {
      let value = index;
      do {
        let high = value >>> lowBits;
        let low = value & lowMask;
        for (let round = 0; round < ROUNDS; round += 2) {
          high = (high ^ mix32(low ^ keys[round])) & highMask;
          low = (low ^ mix32(high ^ keys[round + 1])) & lowMask;
        }
        value = (high << lowBits) | low;
      } while (value >= count);
      return value;
    };
  }
  return (index) => {
    let value = index;
    do {
      let high = Math.floor(value / lowSize);
      let low = value - high * lowSize;
      // Unbalanced where bits is odd: each half is changed by a hash of the other, never itself.
      for (let round = 0; round < ROUNDS; round += 2) {
        high = (high ^ mix32(low ^ keys[round])) & highMask;
        low = (low ^ mix32(high ^ keys[round + 1])) & lowMask;
      }
      value = high * lowSize + low;
    } while (value >= count);
    return value;
  };
}
