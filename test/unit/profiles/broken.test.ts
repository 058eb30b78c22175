/**
 * Ten thousand broken machine files: built-in machines with keys removed, added, renamed and given values of every
 * kind; texts cut and overwritten; and plain noise. Each gives a valid profile or an InputError that says where.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, builtInById, formatProfile, parseProfile, traitsOf } from '../../../src/sim/index.ts';

const SEED = 19990622;
const RUNS = 10_000;
const MAX_ISSUE_BYTES = 2048;

const ids = ['numaq-64g-8quad', 'numaq-16g-4quad', 'laptop-1g', 'x86-64-2s', 'caches-only', 'pc-256m'];
const texts = ids.map((id) => formatProfile(builtInById(id)!.profile()));

/** A place in a JSON tree: the object or list that holds it, and its key there. */
interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function placesOf(root: unknown): Place[] {
  const places: Place[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const parent = node as Record<string, unknown>;
    for (const key of Object.keys(parent)) {
      places.push({ parent, key });
      visit(parent[key]);
    }
  };
  visit(root);
  return places;
}

const large = fc.constantFrom<unknown>(
  'x'.repeat(100_000),
  Array.from({ length: 5000 }, () => ({ id: 'node' })),
);
const strangeValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 50,
    arbitrary: fc.constantFrom<unknown>(null, true, '', [], {}, -1, 0.5, 1e308, -1e308, 2 ** 53, 4096, 64),
  },
  { weight: 30, arbitrary: fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })) },
  { weight: 10, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: large },
);
const strangeKey = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'kind', 'cpu', 'a.b[3]', ''), fc.string()),
  },
  { weight: 1, arbitrary: fc.constant('k'.repeat(100_000)) },
);

/** An own property, also where its name is __proto__. */
const property = { enumerable: true, configurable: true, writable: true };

type Mutation = (places: readonly Place[], at: number) => void;
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant<Mutation>((places, at) => {
    const { parent, key } = places[at];
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }),
  strangeValue.map<Mutation>((value) => (places, at) => {
    places[at].parent[places[at].key] = structuredClone(value);
  }),
  fc.tuple(strangeKey, strangeValue).map<Mutation>(([key, value]) => (places, at) => {
    const { parent } = places[at];
    if (Array.isArray(parent)) parent.push(structuredClone(value));
    else Object.defineProperty(parent, key, { ...property, value: structuredClone(value) });
  }),
  fc.double({ min: -3, max: 1e6, noNaN: true }).map<Mutation>((factor) => (places, at) => {
    const { parent, key } = places[at];
    if (typeof parent[key] === 'number') parent[key] *= factor;
  }),
);

const mutated: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(mutation, fc.nat()), { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) => {
    const tree: unknown = JSON.parse(text);
    for (const [mutate, at] of mutations) {
      const places = placesOf(tree);
      if (places.length > 0) mutate(places, at % places.length);
    }
    return JSON.stringify(tree);
  });

const cut: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(40), fc.string({ unit: 'binary', maxLength: 20 }))
  .map(([text, at, drop, insert]) => {
    const place = at % text.length;
    return text.slice(0, place) + insert + (drop === 0 ? '' : text.slice(place + drop));
  });

const noise = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json());

/** Parses a text, and checks whatever comes of it. Returns true where it was read. */
function checked(text: string): boolean {
  try {
    const profile = parseProfile(text, 'broken.numaq.json');
    const written = formatProfile(profile);
    expect(parseProfile(written, 'again')).toEqual(profile);
    expect(formatProfile(parseProfile(written, 'again'))).toBe(written);
    traitsOf(profile.kernel, profile.machine);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.issues.length).toBeGreaterThan(0);
    expect(error.issues.length).toBeLessThanOrEqual(101);
    for (const issue of error.issues) {
      expect(issue.message).not.toBe('');
      expect(issue.expected).not.toBe('');
      expect(issue.found).not.toBe('');
      expect(JSON.stringify(issue).length).toBeLessThanOrEqual(MAX_ISSUE_BYTES);
    }
    return false;
  }
}

describe(`broken machine files (seed ${SEED})`, () => {
  it(`${RUNS} of them each give a valid profile or small issues with a place, and never another error`, () => {
    const count = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.oneof({ weight: 7, arbitrary: mutated }, { weight: 2, arbitrary: cut }, { weight: 1, arbitrary: noise }),
        (text) => {
          count[checked(text) ? 'read' : 'refused']++;
        },
      ),
      { seed: SEED, numRuns: RUNS },
    );
    // Both ways out were taken often: a generator that only ever makes one kind proves little.
    expect(count.refused).toBeGreaterThan(RUNS / 2);
    expect(count.read).toBeGreaterThan(RUNS / 50);
  });

  it('issues about a file as a whole are the only ones without a path', () => {
    for (const text of ['[]', 'null', '3', '"x"']) {
      expect(() => parseProfile(text, 'f')).toThrow('f: expected a machine profile (a JSON object)');
    }
  });
});
