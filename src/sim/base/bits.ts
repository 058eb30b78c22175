/** Bit tricks. */

export const isPowerOfTwo = (value: number): boolean =>
  Number.isInteger(value) && value > 0 && Math.log2(value) % 1 === 0;

/** log2 of a power of two. */
export function log2(value: number): number {
  if (!isPowerOfTwo(value)) throw new RangeError(`expected a power of two, found ${value}`);
  return Math.round(Math.log2(value));
}

/** The smallest power of two that is at least `value`, from 1. */
export function ceilPowerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}
