import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import { catalogue, machineOn } from '../testing.ts';
import { toCsv } from './csv.ts';
import { proc } from './proc-fixture.ts';
import { runFileName } from './run-file-name.ts';
import { TableView } from '../parts/table/table-view.svelte.ts';
import { sheetsOf, totalsOf } from './sheets.ts';
import TotalsTable from './TotalsTable.svelte';

const { profile } = machineOn('numaq-16g-4quad');
if (profile === null) throw new Error('no profile');
const report: RunReport = {
  format: 'numaq-lab/run',
  version: 1,
  engine: 'test',
  config: { profile, workloads: [], seed: 1, sampleNs: 50_000 },
  kernel: traitsOf(profile.kernel, profile.machine),
  assumed: [],
  result: {
    elapsedNs: 35.4e6,
    totals: { references: 8_000_000, l2HitRate: 31.25, meanMissNs: 225.75, somethingNew: 3 },
    cpus: { columns: ['cpu', 'node', 'timeNs', 'references'], rows: [[0, 0, 35.4e6, 500_000]] },
    nodes: { columns: ['node', 'numa_hit', 'busUtilisation'], rows: [[0, 133, 5.684]] },
    zones: { columns: ['node', 'zone', 'index', 'freeAtStart'], rows: [[0, 1, 0, 64_512]] },
    links: { columns: ['from', 'to', 'bytes', 'utilisation'], rows: [[0, -1, 1_048_576, 16.2]] },
    samples: { columns: ['timeNs', 'free:3:HighMem:0'], rows: [] },
    transactions: [],
    calls: [],
    locality: null,
    scheduling: null,
    proc: null,
  },
};

describe('totals', () => {
  it('stand in the order of the list of metrics, with label and unit; unknown ones come last', () => {
    const totals = totalsOf(report, catalogue);
    expect(totals.map(({ label, text, unit }) => [label, text, unit])).toEqual([
      ['Elapsed', '35.4 ms', ''],
      ['References', '8,000,000', ''],
      ['L2 hit rate', '31.25', '%'],
      ['Mean miss latency', '225.8 ns', ''],
      ['Something new', '3', ''],
    ]);
  });

  it('begin as time(1) does, where there is a kernel', () => {
    const times = { ...report.result, totals: { references: 10, userNs: 30e6, systemNs: 40.8e6 }, proc };
    expect(totalsOf({ ...report, result: times }, catalogue).map(({ label, text }) => [label, text])).toEqual([
      ['Elapsed', '35.4 ms'],
      ['User time', '30.0 ms'],
      ['System time', '40.8 ms'],
      ['CPU', '200'],
      ['References', '10'],
    ]);
  });

  it('go into CSV with all their digits and their unit', () => {
    const view = new TableView();
    render(TotalsTable, { totals: totalsOf(report, catalogue), view });
    const fields = (view.csv() ?? '').split('\r\n').map((line) => line.split(',').slice(0, 3).join(','));
    expect(fields.slice(0, 5)).toEqual([
      'metric,value,unit',
      'elapsedNs,35400000,ns',
      'references,8000000,',
      'l2HitRate,31.25,%',
      'meanMissNs,225.75,ns',
    ]);
  });
});

describe('sheets', () => {
  const sheets = sheetsOf(report, catalogue);
  const shown = (id: string): string[] => {
    const sheet = sheets.find((candidate) => candidate.id === id);
    return (sheet?.columns ?? []).map(
      (column, at) => `${column.label}: ${column.format(Number(sheet?.rows[0]?.[at]))}`,
    );
  };

  it('name their columns as a person does, and the kernel’s as the kernel does', () => {
    expect(shown('cpus')).toEqual(['CPU: 0', 'Node: 0', 'Time: 35.4 ms', 'References: 500,000']);
    expect(shown('nodes')).toEqual(['Node: 0', 'numa_hit: 133', 'Bus utilisation: 5.68']);
    expect(shown('zones')).toEqual(['Node: 0', 'Zone: Normal', 'Index: 0', 'Free at start: 64,512']);
    expect(shown('links')).toEqual(['From node: 0', 'To node: switch', 'Bytes: 1,048,576', 'Utilisation: 16.20']);
  });

  it('without rows are left out', () => {
    expect(sheets.map(({ id }) => id)).toEqual(['cpus', 'nodes', 'zones', 'links']);
  });
});

describe('CSV', () => {
  it('quotes what needs it', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "no"'],
          [1, -2.5],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""no"""\r\n1,-2.5\r\n');
  });
});

describe('a run file', () => {
  it('is named after its machine in letters that every file system takes', () => {
    expect(runFileName({ number: 2, start: { profile: { title: 'NUMA-Q, 64 GB: 8 quads' } } })).toBe(
      'numa-q-64-gb-8-quads-2.numaq-run.json',
    );
    expect(runFileName({ number: 1, start: { profile: { title: '機械' } } })).toBe('machine-1.numaq-run.json');
  });
});
