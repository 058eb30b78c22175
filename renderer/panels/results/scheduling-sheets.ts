/** Where tasks were put, and calls that the kernel refused, as sheets. */
import type { FailedCallRow } from '../../../src/sim/engine/report.ts';
import type { SchedulingReport } from '../../../src/sim/engine/scheduling-report.ts';
import { formatBytes, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Sheet, SheetColumn } from './sheets.ts';

const PAGE_BYTES = 4096;

const column = (
  id: string,
  label: string,
  description = '',
  format: (value: number) => string = formatNumber,
): SheetColumn => ({ id, label, unit: '', description, format });
const words = (id: string, label: string): SheetColumn => ({ ...column(id, label), text: true });
const placed = [
  column('placedAtFork', 'Put there at fork', 'On another CPU than they were made on.'),
  column('placedAtExec', 'at exec'),
  column('placedTold', 'as told', 'By the program itself.'),
];

/** Nodes, programs by their files, and what is known of programs at the end. */
export function schedulingSheets({ nodes, programs, history }: SchedulingReport): Sheet[] {
  const sheets: Sheet[] = [
    {
      id: 'schedulingNodes',
      title: 'Tasks by node',
      columns: [
        column('node', 'Node'),
        column('cpus', 'CPUs', 'That tasks may run on.'),
        ...placed,
        column('migrationsIn', 'Migrations in', 'Tasks that came from CPUs of other nodes.'),
        column('migrationsOut', 'out'),
        column('meanRunning', 'Runnable', 'Tasks that run or wait for a CPU, mean over the run.', (value) =>
          formatNumber(value, 2),
        ),
      ],
      rows: nodes.map((node) => [
        node.node,
        node.cpus,
        node.placedAtFork,
        node.placedAtExec,
        node.placedTold,
        node.migrationsIn,
        node.migrationsOut,
        node.meanRunning,
      ]),
    },
    {
      id: 'schedulingPrograms',
      title: 'Programs',
      columns: [
        words('file', 'Program'),
        words('born', 'Begun by'),
        column('runs', 'Runs', 'From fork or exec to the next exec or the end.'),
        ...placed,
        column('predicted', 'Predicted', 'From what earlier runs were like.'),
        column('mispredicted', 'of them wrong'),
        column('pages', 'Pages at the end', 'Anonymous pages of 4 KiB.'),
        column('pagesElsewhere', 'on other nodes', 'Than the one that the run was on most.'),
      ],
      rows: programs.map((program) => [
        program.file,
        program.born,
        program.runs,
        program.placedAtFork,
        program.placedAtExec,
        program.placedTold,
        program.predicted,
        program.mispredicted,
        program.pages,
        program.pagesElsewhere,
      ]),
    },
    {
      id: 'schedulingHistory',
      title: 'What a next run may begin with',
      columns: [
        words('file', 'Program'),
        words('born', 'Begun by'),
        column('runs', 'Runs'),
        column('meanNs', 'CPU time', 'User and system, mean of its runs.', formatTime),
        column('meanPages', 'Memory at the end', 'Mean of its runs.', (pages) => formatBytes(pages * PAGE_BYTES)),
        column('execed', 'Went on to exec', 'Share of its runs that ended by exec.', formatShare),
      ],
      rows: history.map((row) => [row.file, row.born, row.runs, row.meanNs, row.meanPages, row.execed]),
    },
  ];
  return sheets.filter(({ rows }) => rows.length > 0);
}

/** Binding calls that failed, with the kernel's own error; none where all went well. */
export function callSheets(calls: readonly FailedCallRow[]): Sheet[] {
  if (calls.length === 0) return [];
  return [
    {
      id: 'calls',
      title: 'Refused calls',
      columns: [
        words('call', 'Call'),
        words('result', 'Returned'),
        column('count', 'Times'),
        words('program', 'Program'),
        column('task', 'PID', 'Of the first that was refused.', String),
        words('place', 'In the script'),
      ],
      rows: calls.map(({ call, result, count, program, task, place }) => [call, result, count, program, task, place]),
    },
  ];
}
