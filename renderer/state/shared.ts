/**
 * Plain data that says the same as an earlier one, in its memory: a machine of 4,096 nodes comes whole from every check,
 * and hundreds of states of it are kept for undo.
 */

/** `after`, with every part that equals the same part of `before` replaced by that one. Neither is changed. */
export function shared<T>(before: unknown, after: T): T {
  if (before === after || !isObject(before) || !isObject(after)) return after;
  if (Array.isArray(before) !== Array.isArray(after)) return after;
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  let changed = false;
  const parts = keys.map((key) => {
    const part = after[key];
    const kept = Object.hasOwn(before, key) ? shared(before[key], part) : part;
    same &&= Object.hasOwn(before, key) && Object.is(kept, before[key]);
    changed ||= kept !== part;
    return kept;
  });
  if (same) return before as T;
  if (!changed) return after;
  if (Array.isArray(after)) return parts as T;
  return Object.fromEntries(keys.map((key, index) => [key, parts[index]])) as T;
}

type Parts = Record<string, unknown>;

function isObject(value: unknown): value is Parts {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
