/** What is wrong with a machine, or was never seen on one, with the field that each is about. Pure. */
import type { Issue } from '../../src/sim/base/errors.ts';
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { Refused } from './machine.svelte.ts';

export interface Problem {
  /** Names it among the others. */
  readonly id: string;
  /** refused: a typed value; boot: keeps it from booting; warning: of the kernel or of the lab; assumed: a number without source. */
  readonly kind: 'refused' | 'boot' | 'warning' | 'assumed';
  readonly text: string;
  /** The field that it is about; empty where it is about none. */
  readonly path: string;
}

/** Words for places of a profile and for issues. */
export interface ProblemWords {
  readonly placeName: (path: string) => string;
  /** An issue as a sentence that names its place. */
  readonly describe: (issue: Issue) => string;
}

/** Refused values, an entry an issue: each at the field where it was typed, whatever place the issue is about. */
export function refusedProblems(refused: readonly Refused[], words: ProblemWords): Problem[] {
  return refused.flatMap(({ path, issues }): Problem[] => {
    const text = `${words.placeName(path)}: refused.`;
    if (issues.length === 0) return [{ id: `refused ${path}`, kind: 'refused', text, path }];
    return issues.map((issue, at) => {
      return { id: `refused ${path} ${at}`, kind: 'refused', text: words.describe(issue), path };
    });
  });
}

/** What keeps a machine from booting, and what boot warns of. */
export function bootProblems(layout: BootLayout | null): Problem[] {
  if (layout === null) return [];
  const { failure, messages } = layout;
  const text = `Does not boot. ${failure?.message ?? ''}`;
  return [
    ...(failure === undefined ? [] : [{ id: 'boot', kind: 'boot', text, path: '' } as const]),
    ...messages
      .filter(({ kind }) => kind !== 'note')
      .map(({ text: said, path = '' }, at): Problem => ({ id: `boot ${at}`, kind: 'warning', text: said, path })),
  ];
}

/** Numbers without a source; the same one of every node is one. */
export function assumedProblems(paths: readonly string[], words: ProblemWords): Problem[] {
  const first = new Map<string, { readonly path: string; readonly count: number }>();
  for (const path of paths) {
    const every = path.replace(/\[\d+\]/g, '[]');
    const before = first.get(every);
    first.set(every, { path: before?.path ?? path, count: (before?.count ?? 0) + 1 });
  }
  return [...first.values()].map(({ path, count }) => {
    const more = count === 1 ? '' : `, and ${count - 1} more like it`;
    return { id: `assumed ${path}`, kind: 'assumed', text: `${words.placeName(path)}${more}`, path };
  });
}
