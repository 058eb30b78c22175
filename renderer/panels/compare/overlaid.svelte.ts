/** The charts of the compared runs: which metrics they show (kept), the stretch that they share, and which of them is exported. */
import type { Catalogue } from '../../../src/lab/contract.ts';
import { readStored, writeStored } from '../../state/stored.ts';
import type { Span } from '../charts/decimate.ts';
import type { Source } from '../charts/sources.ts';
import type { ChartSpec } from '../charts/spec.ts';
import { ZoomState } from '../charts/zoom.svelte.ts';
import { asSchema } from '../inspector/schema.ts';
import { type CompareState, LETTERS } from './compare.svelte.ts';
import { differencesOf } from './differences.ts';
import { FIRST_CHARTS, overlaySources, overlaySpec, wholeSpan } from './overlay.ts';

const STORED = 'comparedMetrics';
export const MOST_CHARTS = 8;

export class OverlaidState {
  readonly zoom = new ZoomState();
  #chosen = $state.raw<readonly string[]>(FIRST_CHARTS);
  #focused = $state.raw<string | null>(null);
  readonly #compare: Pick<CompareState, 'runs'>;
  readonly #catalogue: Catalogue;

  constructor(compare: Pick<CompareState, 'runs'>, catalogue: Catalogue) {
    this.#compare = compare;
    this.#catalogue = catalogue;
    const stored = readStored(STORED);
    if (Array.isArray(stored) && stored.length > 0 && stored.every((id) => typeof id === 'string')) {
      this.#chosen = stored.slice(0, MOST_CHARTS);
    }
  }

  /** Every metric that one of the runs was sampled for. */
  get sources(): ReadonlyMap<string, Source> {
    return overlaySources(this.#compare.runs, this.#catalogue.metrics);
  }

  /** Those that are charted. */
  get shown(): readonly Source[] {
    const { sources } = this;
    return this.#chosen.flatMap((id) => sources.get(id) ?? []);
  }

  /** From 0 to the end of the longest run. */
  get whole(): Span {
    return wholeSpan(this.#compare.runs);
  }

  /** The next one that is not shown yet. */
  add(): void {
    const { sources } = this;
    const next = [...FIRST_CHARTS, ...sources.keys()].find((id) => sources.has(id) && !this.#chosen.includes(id));
    if (next !== undefined) this.#choose([...this.#chosen, next]);
  }

  /** Charts another metric in the place of one. */
  replace(id: string, by: string): void {
    this.#choose(this.#chosen.map((one) => (one === id ? by : one)));
    this.focus(by);
  }

  remove(id: string): void {
    this.#choose(this.#chosen.filter((one) => one !== id));
  }

  /** What is exported is the chart that had the focus last. */
  focus(id: string): void {
    this.#focused = id;
  }

  /** The chart to export, its lines named by their runs; null where there is none. */
  picture(): { readonly spec: ChartSpec; readonly span: Span; readonly caption: string } | null {
    const { runs } = this.#compare;
    const { shown } = this;
    const source = shown.find(({ id }) => id === this.#focused) ?? shown[0];
    if (source === undefined || runs.length < 2) return null;
    const { profileSchema, flavours } = this.#catalogue;
    const { short } = differencesOf(runs, { schema: asSchema(profileSchema), flavours });
    const names = runs.map(({ number }, at) =>
      [`${LETTERS[at]}: run ${number}`, short[at]].filter((word) => word !== '').join(', '),
    );
    const plain = overlaySpec(source, runs);
    const series = plain.series.map((one) => ({
      ...one,
      label: names[LETTERS.findIndex((letter) => letter === one.id)],
    }));
    const about = once(runs.map(({ start }) => `${start.profile.title}, ${start.title}, seed ${start.seed}`));
    return { spec: { ...plain, series }, span: this.zoom.span ?? this.whole, caption: about.join('; ') };
  }

  /** For the name of a file. */
  get fileName(): string {
    const { shown } = this;
    const title = (shown.find(({ id }) => id === this.#focused) ?? shown[0])?.label ?? 'Chart';
    return `${title} of runs ${this.#compare.runs.map(({ number }) => number).join('-')}`;
  }

  #choose(ids: readonly string[]): void {
    this.#chosen = once(ids);
    writeStored(STORED, this.#chosen);
  }
}

const once = (list: readonly string[]): string[] => list.filter((one, at) => list.indexOf(one) === at);
