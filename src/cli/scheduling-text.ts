/** Where tasks were put and what came of it, as text for a person: the scheduling part of a run's report. */
import type { RunReport, SchedulingReport } from '../sim/index.ts';
import { figure, table } from './table.ts';

/** More rows than this are not printed one by one. */
const MOST_ROWS = 16;

/** Empty of a machine with one node, and where no task was anything but a trace's. */
export function schedulingText({ scheduling }: RunReport['result']): string {
  if (scheduling === null || scheduling.nodes.length < 2) return '';
  return [nodesText(scheduling), programsText(scheduling)].filter((part) => part !== '').join('\n');
}

function nodesText({ nodes }: SchedulingReport): string {
  const rows = nodes.map((node) => [
    node.node,
    node.cpus,
    Number(node.meanRunning.toFixed(2)),
    node.placedAtFork,
    node.placedAtExec,
    node.placedTold,
    node.migrationsIn,
    node.migrationsOut,
  ]);
  const moved = rows.some((row) => row.slice(3).some((value) => value > 0));
  if (!moved || rows.length > MOST_ROWS) return '';
  return `Scheduling by node\n${table(['node', 'cpus', 'runnable', 'fork', 'exec', 'told', 'in', 'out'], rows)}`;
}

/** Programs that had memory or were placed, those first that left most pages on other nodes. */
function programsText({ programs }: SchedulingReport): string {
  const told = programs.filter(
    ({ pages, predicted, placedAtFork, placedAtExec, placedTold }) =>
      pages + predicted + placedAtFork + placedAtExec + placedTold > 0,
  );
  if (told.length === 0) return '';
  const rows = [...told]
    .sort((a, b) => b.pagesElsewhere - a.pagesElsewhere || b.runs - a.runs)
    .slice(0, MOST_ROWS)
    .map((program) => [
      `${program.file}${program.born === 'fork' ? ' (forked)' : ''}`,
      program.runs,
      program.placedAtFork,
      program.placedAtExec,
      program.placedTold,
      program.predicted,
      program.mispredicted,
      program.pages,
      program.pagesElsewhere,
    ]);
  const more = told.length > MOST_ROWS ? `, ${MOST_ROWS} of ${figure(told.length)}` : '';
  const header = ['program', 'runs', 'fork', 'exec', 'told', 'foretold', 'wrongly', 'pages', 'elsewhere'];
  return `Programs as scheduled (anonymous pages at their end, and those on other nodes than they ran on${more})\n${table(header, rows)}`;
}
