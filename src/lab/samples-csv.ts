/** Samples of a run as CSV (RFC 4180, with line feeds), for a spreadsheet. */
import { metrics, type RunReport } from '../sim/index.ts';

/** A header of labels with their units, and a row for each sample. Numbers are written in full, with a decimal point. */
export function samplesCsv(report: RunReport): string {
  const { columns, rows } = report.result.samples;
  const header = columns.map(title).map(quoted).join(',');
  return [header, ...rows.map((row) => row.join(','))].map((line) => `${line}\n`).join('');
}

/** `L1D hit rate (%)` of a metric's id; other columns keep their names. */
function title(id: string): string {
  if (id === 'timeNs') return 'Time (ns)';
  const metric = metrics.find((candidate) => candidate.id === id);
  if (metric === undefined) return id;
  return metric.unit === '' ? metric.label : `${metric.label} (${metric.unit})`;
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
