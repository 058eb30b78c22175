/** Who reached whose memory, as text for a person: the locality part of a run's report. */
import type { LocalityReport, RunReport, Table } from '../sim/index.ts';
import { figure, table, time, WIDTH, wrap } from './table.ts';

/** More rows than this are not printed one by one. */
const MOST_ROWS = 16;
/** Nodes of a range's pages that are named. */
const MOST_NODES = 8;

/** Empty of a machine with one node and no segment. */
export function localityText({ locality, elapsedNs }: RunReport['result']): string {
  if (locality === null || elapsedNs === 0) return '';
  if (locality.nodes.rows.length < 2 && locality.segments.length === 0) return '';
  const { advice } = locality;
  const since = locality.sinceNs === 0 ? '' : `Measured from ${time(Math.round(locality.sinceNs))} on\n`;
  return [
    since,
    matrixText(locality.matrix),
    rangesText(locality),
    busiestText(locality),
    processesText(locality),
    advice.map(({ text }) => wrap(text)).join(''),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Rows: nodes of the CPUs; columns: nodes of the memory. */
function matrixText({ columns, rows }: Table): string {
  const [from, home, misses, meanNs] = ['from', 'home', 'misses', 'meanNs'].map((name) => columns.indexOf(name));
  const used = rows.filter((row) => row[misses] > 0);
  const distinct = (column: number): number[] => [...new Set(used.map((row) => row[column]))].sort((a, b) => a - b);
  const [froms, homes] = [distinct(from), distinct(home)];
  if (used.length === 0 || froms.length > MOST_ROWS) return '';
  const body = (cell: (row: readonly number[]) => string): string[][] =>
    froms.map((a) => {
      const rowOf = (b: number): Table['rows'][number] | undefined =>
        used.find((row) => row[from] === a && row[home] === b);
      return [`node ${a}`, ...homes.map((b) => cellText(rowOf(b), cell))];
    });
  const header = ['', ...homes.map((b) => `node ${b}`)];
  const heading = 'L2 misses of programs: from, and home of the memory';
  const full = table(
    header,
    body((row) => `${figure(row[misses])} x ${time(Math.round(row[meanNs]))}`),
  );
  if (fits(full)) return `${heading}\n${full}`;
  const counts = table(
    header,
    body((row) => figure(row[misses])),
  );
  return fits(counts) ? `${heading}\n${counts}` : '';
}

function cellText(row: readonly number[] | undefined, cell: (row: readonly number[]) => string): string {
  return row === undefined ? '-' : cell(row);
}

const fits = (text: string): boolean => text.split('\n').every((line) => line.length <= WIDTH);

function rangesText({ segments, ranges }: LocalityReport): string {
  if (segments.length === 0) return '';
  const shown = ranges.length > MOST_ROWS ? segments.map((each) => ({ ...each, segment: each.name })) : ranges;
  const rows = shown
    .slice(0, MOST_ROWS)
    .map(({ segment, name, misses, remoteShare, meanNs, onNodes }) => [
      segment === name ? name : `${segment}.${name}`,
      figure(misses),
      `${remoteShare.toFixed(1)} %`,
      time(Math.round(meanNs)),
      pagesText(onNodes),
    ]);
  const more = shown.length > MOST_ROWS ? ` (${MOST_ROWS} of ${shown.length})` : '';
  return `Segments${more}\n${table(['range', 'misses', 'remote', 'mean', 'pages'], rows)}`;
}

/** As numa_maps says it: `N0=512 N1=512`. */
function pagesText(onNodes: Readonly<Record<string, number>>): string {
  const nodes = Object.entries(onNodes);
  const shown = nodes.slice(0, MOST_NODES).map(([node, pages]) => `N${node}=${pages}`);
  return [...shown, ...(nodes.length > MOST_NODES ? ['...'] : [])].join(' ');
}

function busiestText({ busiest, busiestLink }: LocalityReport): string {
  if (busiest === null) return '';
  const share = (value: number): string => `${value.toFixed(1)} %`;
  const link =
    busiestLink === null || busiest.kind === 'link'
      ? ''
      : `; busiest link: ${busiestLink.name}, ${share(busiestLink.utilisation)}`;
  return wrap(`Busiest: ${busiest.name}, taken ${share(busiest.utilisation)} of the time${link}`);
}

function processesText({ processes, moreProcesses }: LocalityReport): string {
  const shown = processes.filter(({ misses }) => misses > 0);
  if (shown.length === 0) return '';
  const means = shown.map(({ meanNs }) => meanNs);
  const all = shown.reduce((sum, { misses }) => sum + misses, 0);
  const remote = shown.reduce((sum, { remoteMisses }) => sum + remoteMisses, 0);
  const mean = shown.reduce((sum, { misses, meanNs }) => sum + misses * meanNs, 0) / all;
  const least = means.reduce((a, b) => Math.min(a, b));
  const greatest = means.reduce((a, b) => Math.max(a, b));
  const number = shown.length + moreProcesses;
  const heading = `Programs' misses: ${figure(all)}, ${((100 * remote) / all).toFixed(1)} % remote, mean ${time(Math.round(mean))}`;
  const spread = `${figure(number)} ${number === 1 ? 'process' : 'processes'}, mean misses ${time(Math.round(least))} to ${time(Math.round(greatest))}`;
  const head = wrap(`${heading}; ${spread}`);
  if (shown.length > MOST_ROWS) return head;
  const rows = shown.map(({ pid, name, node, misses, remoteShare, meanNs }) => [
    pid < 0 ? '-' : String(pid),
    name,
    `node ${node}`,
    figure(misses),
    `${remoteShare.toFixed(1)} %`,
    time(Math.round(meanNs)),
  ]);
  return `${head}${table(['pid', 'name', 'most on', 'misses', 'remote', 'mean'], rows)}`;
}
