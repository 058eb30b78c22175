import { expect, it } from 'vitest';
import { whileSeen } from './while-seen.ts';

it('makes what is seen, keeps it while it is not, and makes it once even then', () => {
  let [seen, made] = [false, 0];
  const get = whileSeen(
    () => seen,
    () => ++made,
  );
  expect([get(), get()]).toEqual([1, 1]);
  seen = true;
  expect([get(), get()]).toEqual([2, 3]);
  seen = false;
  expect([get(), get()]).toEqual([3, 3]);
});
