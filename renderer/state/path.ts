/**
 * Paths into a profile, written as the simulator's issues write them: `machine.nodes[3].memoryMiB`. Pure: `setAt`
 * copies what lies on the path and shares the rest, so that an undo step costs little even with 4,096 nodes.
 */

/** The steps of a path: `nodes[3].cpus` is `['nodes', 3, 'cpus']`. */
export function parsePath(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    steps.push(index === undefined ? (key as string) : Number(index));
  }
  return steps;
}

/** What stands at `path`, or undefined where nothing does. */
export function getAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const step of parsePath(path)) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** A copy of `value` with `next` at `path`; undefined takes the key away. Objects that are missing on the way are made. */
export function setAt<T>(value: T, path: string, next: unknown): T {
  return setSteps(value, parsePath(path), next) as T;
}

function setSteps(value: unknown, steps: readonly (string | number)[], next: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return next;
  if (Array.isArray(value)) {
    const copy: unknown[] = value.slice();
    const changed = setSteps(copy[step as number], rest, next);
    if (changed === undefined) copy.splice(step as number, 1);
    else copy[step as number] = changed;
    return copy;
  }
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown> | undefined) };
  const changed = setSteps(copy[step], rest, next);
  if (changed === undefined) delete copy[step];
  else copy[step] = changed;
  return copy;
}

/** True where `path` is `prefix` or lies within it. */
export function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const after = path[prefix.length];
  return after === undefined || after === '.' || after === '[' || prefix === '';
}
