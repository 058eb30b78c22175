/** Which CPUs programs have for themselves, and which they share. Pure. */

/** CPUs of 0 to `cpuCount` - 1 that are in none of the lists. */
export function freeCpus(lists: readonly (readonly number[])[], cpuCount: number): number[] {
  const taken = new Set(lists.flat());
  return Array.from({ length: cpuCount }, (_, cpu) => cpu).filter((cpu) => !taken.has(cpu));
}

/** What of `own` is in one of the other lists too. */
export function sharedCpus(own: readonly number[], others: readonly (readonly number[])[]): number[] {
  const theirs = new Set(others.flat());
  return own.filter((cpu) => theirs.has(cpu));
}
