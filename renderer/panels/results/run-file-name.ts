/** A file name for a run: its machine and its number, in letters that every file system takes. */
import type { Run } from '../../state/runs.svelte.ts';

/** `numa-q-64-gb-8-quads-2.numaq-run.json`. */
export function runFileName(
  run: Pick<Run, 'number'> & { readonly start: { readonly profile: { readonly title: string } } },
): string {
  const words = run.start.profile.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${words === '' ? 'machine' : words}-${run.number}.numaq-run.json`;
}
