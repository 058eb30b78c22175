/** rmap15's ages that decay in O(1), against a list of ages that are counted down one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AgedLists,
  ANON,
  CACHE,
  INITIAL_AGE,
  type Kind,
  MAX_AGE,
} from '../../../../src/sim/kernel/reclaim/aged-lists.ts';
import { Lab } from './lab.ts';

type Step = {
  readonly what: 'add' | 'age' | 'remove' | 'kachunk';
  readonly page: number;
  readonly age: number;
  readonly kind: Kind;
};
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('add', 'age', 'remove', 'kachunk', 'kachunk'),
  page: fc.integer({ min: 5000, max: 5019 }),
  age: fc.integer({ min: 0, max: MAX_AGE }),
  kind: fc.constantFrom<Kind[]>(ANON, CACHE),
});

interface Aged {
  age: number;
  kind: Kind;
}

function agedLab(): { readonly lab: Lab; readonly lists: AgedLists } {
  const lab = new Lab({ reclaim: 'rmap15', zones: [64, 2048] });
  return { lab, lists: new AgedLists(lab.parts) };
}

describe('the aged lists', () => {
  it('know every age that a naive list knows, however often the bias wraps', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 1200 }), (steps) => {
        const { lab, lists } = agedLab();
        const on = lab.on();
        const naive = new Map<number, Aged>();
        for (const { what, page, age, kind } of steps) {
          const known = naive.get(page);
          if (what === 'kachunk') {
            const ofKind = [...naive.values()].filter((aged) => aged.kind === kind);
            if (!ofKind.some((aged) => aged.age === 0)) for (const aged of ofKind) aged.age--;
            lists.kachunk(on, 1, kind);
          } else if (known === undefined && what === 'add') {
            lists.addActive(on, page, age, kind);
            naive.set(page, { age, kind });
          } else if (known !== undefined && what !== 'add') {
            lists.remove(on, page);
            naive.delete(page);
            if (what === 'age') {
              lists.addActive(on, page, age, known.kind);
              naive.set(page, { age, kind: known.kind });
            }
          }
        }
        for (const [page, { age }] of naive) expect(lists.ageOf(page)).toBe(age);
        for (const kind of [ANON, CACHE] as const) {
          const ages = [...naive.values()].filter((aged) => aged.kind === kind).map(({ age }) => age);
          expect(lists.activePages(1, kind)).toBe(ages.length);
          for (let age = 0; age <= MAX_AGE; age++) {
            expect(lists.pagesOfAge(1, kind, age)).toBe(ages.filter((other) => other === age).length);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keep the order of pages when two ages become one: what was older goes first', () => {
    const { lab, lists } = agedLab();
    const on = lab.on();
    lists.addActive(on, 5000, 1, ANON);
    lists.addActive(on, 5001, 2, ANON);
    lists.kachunk(on, 1, ANON);
    expect(lists.oldest(on, 1, ANON, 0)).toBe(5000);
    expect(lists.oldest(on, 1, ANON, 1)).toBe(5001);
    lists.kachunk(on, 1, ANON);
    expect(lists.ageOf(5001)).toBe(1);
  });

  it('move down as many times as the stored age has values, and more', () => {
    const { lab, lists } = agedLab();
    const on = lab.on();
    for (let i = 0; i < 600; i++) {
      lists.addActive(on, 5000, 1, CACHE);
      lists.kachunk(on, 1, CACHE);
      expect(lists.ageOf(5000)).toBe(0);
      lists.remove(on, 5000);
    }
    expect(lists.needScan[1]).toBe(600);
  });

  it('need a scan while more pages are of ages 0 to 6 than above', () => {
    const { lab, lists } = agedLab();
    const on = lab.on();
    lists.addActive(on, 5000, INITIAL_AGE, ANON);
    expect(lists.needsScan(1, ANON)).toBe(true);
    lists.addActive(on, 5001, 7, ANON);
    expect(lists.needsScan(1, ANON)).toBe(false);
  });

  it('count attached shared memory among process memory, files and segments that nobody has among the cache', () => {
    const { lab, lists } = agedLab();
    const on = lab.on();
    const page = lab.filePage(on);
    expect(lists.isAnon(page)).toBe(false);
    expect(lists.isAnon(lab.anonPage(on))).toBe(true);
    Object.assign(lab.file, { kind: 'shm', users: 1 });
    expect(lists.isAnon(page)).toBe(true);
    lab.file.users = 0;
    expect(lists.isAnon(page)).toBe(false);
  });
});
