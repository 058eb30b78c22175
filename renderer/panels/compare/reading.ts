/**
 * What the figures of a comparison come to in two or three sentences: which run has the most low memory, what that costs
 * or gains in time, and which is better in how much. Only from the figures of the table. Pure.
 */
import { formatBytes, formatNumber, formatTime } from '../format.ts';
import { type ComparedGroup, type ComparedRow, type Figure, relativeText, verdictOf } from './comparison.ts';

/** The first words of a sentence, which carry the figure, and the rest. */
export interface Sentence {
  readonly lead: string;
  readonly rest: string;
  readonly tone: 'better' | 'worse' | 'plain';
}

const MIB = 1024 * 1024;
/** Figures of low memory, the best known one first. */
const LOW = ['low.boot', 'low.total'];
const TIMES = ['transactionsNs', 'elapsedNs'];

const bytesOf = ({ unit }: Figure, value: number): number => value * (unit === 'kB' ? 1024 : MIB);

function find(groups: readonly ComparedGroup[], ids: readonly string[]): Figure | undefined {
  const rows = groups.flatMap((group) => group.rows);
  return ids.map((id) => rows.find((row) => row.id === id)?.figure).find((figure) => figure !== undefined);
}

/** The place of the best value by the figure's direction; 0 (the baseline) where no other is better. */
function bestOf(figure: Figure): number {
  const [base] = figure.values;
  return figure.values.reduce<number>((best, value, at) => {
    const now = figure.values[best];
    if (value === undefined || now === undefined || verdictOf(figure, base, value) !== 'better') return best;
    return (value - now) * figure.better > 0 ? at : best;
  }, 0);
}

/** The place of the worst value by the figure's direction; 0 (the baseline) where no other is worse. */
function leastOf(figure: Figure): number {
  return bestOf({ ...figure, better: figure.better === 1 ? -1 : 1 });
}

/** `letters` and `names` are of the runs, the baseline first. */
export function readingOf(
  groups: readonly ComparedGroup[],
  letters: readonly string[],
  names: readonly string[],
): Sentence[] {
  const rows = groups.flatMap((group) => group.rows);
  if (rows.length > 0 && rows.every(({ others }) => others.every(({ verdict }) => verdict === 'same')))
    return [
      {
        lead: letters.length > 2 ? 'All runs are the same' : 'Both runs are the same',
        rest: `in all ${formatNumber(rows.length)} figures.`,
        tone: 'plain',
      },
    ];
  const who = (at: number): string => `${letters[at]} (${names[at]})`;
  const low = find(groups, LOW);
  const time = find(groups, TIMES);
  const most = low === undefined ? 0 : bestOf(low);
  const fastest = time === undefined ? 0 : bestOf({ ...time, better: -1 });
  const sentences: Sentence[] = [];
  // Where the baseline has the most, what the others gain in time has this price.
  const told = most > 0 || low === undefined ? most : leastOf(low);
  if (low !== undefined && told > 0) sentences.push(lowSentence(low, told, who(told), find(groups, ['low.kva'])));
  if (time !== undefined) {
    if (most > 0) sentences.push(timeSentence(time, most, 'That'));
    if (fastest > 0 && fastest !== most) sentences.push(timeSentence(time, fastest, who(fastest)));
  }
  const score = scoreOf(groups);
  const best = score.reduce((top, each, at) => (each.good > (score[top]?.good ?? 0) ? at : top), 0);
  if (score[best] !== undefined && score[best].all > 0) {
    const { good, all } = score[best];
    sentences.push({
      lead: who(best + 1),
      rest: `is better or the same in ${formatNumber(good)} of ${formatNumber(all)} figures that have a direction.`,
      tone: 'plain',
    });
  }
  return sentences;
}

function lowSentence(low: Figure, at: number, who: string, kva: Figure | undefined): Sentence {
  const [from = 0, to = 0] = [low.values[0], low.values[at]];
  const [ratio, more] = [to / from, to > from];
  const factor =
    from > 0 && ratio >= 2
      ? `${formatNumber(ratio, 1)} times the low memory`
      : `${formatBytes(bytesOf(low, Math.abs(to - from)))} ${more ? 'more' : 'less'} low memory`;
  const [before, after] = [kva?.values[0], kva?.values[at]];
  const why =
    before === undefined || after === undefined || before === after || before > after !== more
      ? ''
      : `; the KVA remap ${more ? 'shrinks' : 'grows'} from ${formatNumber(before)} to ${formatNumber(after)} MiB`;
  return {
    lead: `${who} has ${factor}`,
    rest: `(${formatBytes(bytesOf(low, from))} to ${formatBytes(bytesOf(low, to))})${why}.`,
    tone: more ? 'better' : 'worse',
  };
}

function timeSentence(time: Figure, at: number, who: string): Sentence {
  const [from = 0, to = 0] = [time.values[0], time.values[at]];
  const what = time.id === 'elapsedNs' ? 'of elapsed time' : 'for its transactions';
  const change = formatTime(Math.abs(to - from));
  const verdict = verdictOf({ unit: 'ns', better: -1 }, from, to);
  if (verdict === 'same') return { lead: `${who} takes the same time`, rest: `(${formatTime(to)}).`, tone: 'plain' };
  const verb = verdict === 'better' ? 'saves' : 'costs';
  return {
    lead: `${who} ${verb} ${change}`,
    rest: `${what} (${relativeText('ns', from, to)}).`,
    tone: verdict === 'better' ? 'better' : 'worse',
  };
}

/** Of each run but the baseline: in how many figures with a direction it is better or the same, and how many there are. */
export function scoreOf(groups: readonly ComparedGroup[]): { readonly good: number; readonly all: number }[] {
  const rows = groups.flatMap((group) => group.rows).filter(({ figure }) => figure.better !== 0);
  const count = rows[0]?.others.length ?? 0;
  const has = (row: ComparedRow, at: number, verdicts: readonly string[]): boolean =>
    verdicts.includes(row.others[at]?.verdict ?? '');
  return Array.from({ length: count }, (_, at) => ({
    good: rows.filter((row) => has(row, at, ['better', 'same'])).length,
    all: rows.filter((row) => has(row, at, ['better', 'same', 'worse'])).length,
  }));
}
