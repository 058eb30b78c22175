/** `0-3,8` of 3, 0, 8, 1, 2: node ids and CPUs as kernels and people list them (nodelist_scnprintf()). */
export function idRanges(ids: readonly number[]): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const runs: [first: number, last: number][] = [];
  for (const id of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === id - 1) run[1] = id;
    else runs.push([id, id]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
