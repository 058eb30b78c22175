/** The lists of struct pages against arrays, on random streams. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KAddr } from '../../../../src/sim/base/units.ts';
import { LruLists } from '../../../../src/sim/kernel/reclaim/lru-lists.ts';
import { Lab } from './lab.ts';

const LISTS = 4;
const PAGES = 12;
const heads = Array.from({ length: LISTS }, (_, list) => (list * 4) as KAddr);

type Step = { readonly kind: 'add' | 'addTail' | 'remove' | 'splice'; readonly page: number; readonly list: number };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('add', 'addTail', 'remove', 'splice'),
  page: fc.integer({ min: 0, max: PAGES - 1 }),
  list: fc.integer({ min: 0, max: LISTS - 1 }),
});

describe('lists of struct pages', () => {
  it('hold what arrays hold, in their order, and every page at most once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const lab = new Lab();
        const on = lab.on();
        const lists = new LruLists(lab.memMap, heads);
        const naive: number[][] = heads.map(() => []);
        for (const { kind, page, list } of steps) {
          const at = naive.findIndex((pages) => pages.includes(page));
          if (kind === 'splice') {
            const to = (list + 1) % LISTS;
            lists.splice(on, list, to);
            naive[to] = [...naive[list], ...naive[to]];
            naive[list] = [];
          } else if (kind === 'remove') {
            if (at < 0) continue;
            lists.remove(on, at, page);
            naive[at] = naive[at].filter((other) => other !== page);
          } else if (at < 0) {
            if (kind === 'add') lists.add(on, list, page);
            else lists.addTail(on, list, page);
            naive[list] = kind === 'add' ? [page, ...naive[list]] : [...naive[list], page];
          }
        }
        for (let list = 0; list < LISTS; list++) {
          expect(lists.pagesOf(list)).toEqual(naive[list]);
          expect(lists.sizes[list]).toBe(naive[list].length);
          expect(lists.tail(on, list)).toBe(naive[list].at(-1) ?? -1);
        }
      }),
      { numRuns: 100 },
    );
  });
});
