import { render, screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { LocalityReport, MissSummary } from '../../../src/sim/engine/locality-report.ts';
import Locality from './Locality.svelte';
import { localityFigures, matrixOf, matrixText, matrixValues, placementNodes, sumOf } from './locality-view.ts';

const summary = (misses: number, remoteMisses: number, meanNs: number): MissSummary => ({
  misses,
  remoteMisses,
  remoteShare: misses === 0 ? 0 : (100 * remoteMisses) / misses,
  meanNs,
});

/** Two nodes: 400 misses from node 0 (100 of them remote), 200 from node 1, all of these remote. */
const locality: LocalityReport = {
  sinceNs: 0,
  matrix: {
    columns: ['from', 'home', 'misses', 'meanNs', 'kernelMisses', 'kernelMeanNs'],
    rows: [
      [0, 0, 300, 225, 0, 0],
      [0, 1, 100, 2500, 0, 0],
      [1, 0, 200, 2600, 7, 300],
    ],
  },
  nodes: { columns: [], rows: [] },
  segments: [
    { ...summary(600, 300, 1400), name: 'pool', pages: 512, onNodes: { '0': 512 }, from: {}, kernelMisses: 0 },
  ],
  ranges: [
    {
      ...summary(600, 300, 1400),
      segment: 'pool',
      name: 'log',
      pages: 512,
      onNodes: { '0': 384, '1': 128 },
      from: { '0': 400, '1': 200 },
      kernelMisses: 0,
    },
  ],
  processes: [
    {
      ...summary(5, 5, 9),
      pid: -1,
      name: 'kernel',
      node: 0,
      kernelMisses: 5,
      kernelRemoteShare: 0,
      segmentMisses: 0,
      segmentRemoteShare: 0,
    },
    {
      ...summary(400, 100, 800),
      pid: 2,
      name: 'user',
      node: 0,
      kernelMisses: 0,
      kernelRemoteShare: 0,
      segmentMisses: 400,
      segmentRemoteShare: 25,
    },
    {
      ...summary(200, 200, 2600),
      pid: 3,
      name: 'user',
      node: 1,
      kernelMisses: 7,
      kernelRemoteShare: 100,
      segmentMisses: 200,
      segmentRemoteShare: 100,
    },
  ],
  moreProcesses: 0,
  busiest: { kind: 'memory bus', name: 'memory bus of node 0', from: 0, to: 0, utilisation: 61.25 },
  busiestLink: { kind: 'link', name: 'link 0 -> 1', from: 0, to: 1, utilisation: 12 },
  advice: [
    {
      segment: 'pool',
      actual: 50,
      least: 33.3,
      nodes: [{ range: 'log', node: 0 }],
      cannotHelp: false,
      slowestNs: 2600,
      quickestNs: 800,
      meanNs: 1400,
      text: 'Binding log to node 0 would leave 33.3 %.',
    },
  ],
};

describe('the access matrix', () => {
  const matrix = matrixOf(locality, [1, 0]);

  it('has CPUs’ nodes as rows and homes as columns, in order, with the remote share of each row', () => {
    expect(matrix.nodes).toEqual([0, 1]);
    expect(matrix.misses).toEqual([
      [300, 100],
      [200, 0],
    ]);
    expect(matrix.remote).toEqual([0.25, 1]);
    expect(matrix.total).toBe(600);
  });

  it('shows shares of a row, misses or means', () => {
    expect(matrixValues(matrix, 'share')).toEqual([
      [0.75, 0.25],
      [1, 0],
    ]);
    expect(matrixText('share', 0.75)).toBe('75 %');
    expect(matrixText('misses', 12_345)).toBe('12.3k');
    expect(matrixText('mean', 2500)).toBe('2,500 ns');
    expect(matrixText('mean', 0)).toBe('–');
  });

  it('leaves out nodes that nobody used where the machine has more than 16', () => {
    const ids = Array.from({ length: 64 }, (_, id) => id);
    expect(matrixOf(locality, ids).nodes).toEqual([0, 1]);
    expect(matrixOf(locality, ids.slice(0, 16)).nodes).toHaveLength(16);
    expect(placementNodes([{ '40': 3, '2': 1, '5': 0 }], ids)).toEqual([2, 40]);
  });
});

describe('figures to compare', () => {
  it('are remote share and mean miss in all and of each range, the slowest process and the busiest resource', () => {
    const figures = localityFigures([locality, null]);
    const of = (id: string): number | undefined => figures.find((figure) => figure.id === id)?.values[0];
    expect(of('all.remote')).toBe(50);
    // 400 misses of 800 ns and 200 of 2,600 ns.
    expect(of('all.mean')).toBeCloseTo((400 * 800 + 200 * 2600) / 600);
    expect(of('range.pool: log.remote')).toBe(50);
    expect(of('slowest')).toBe(2600);
    expect(of('busiest')).toBe(61.25);
    expect(figures.every(({ values }) => values[1] === undefined)).toBe(true);
    expect(localityFigures([null, null])).toEqual([]);
  });

  it('weigh means by their misses', () => {
    expect(sumOf([summary(1, 1, 100), summary(3, 0, 200)])).toEqual(summary(4, 1, 175));
    expect(sumOf([])).toEqual(summary(0, 0, 0));
  });
});

describe('the tab', () => {
  it('says the remote share, the advice, the busiest resource and link, and shows predicted beside simulated', () => {
    const predicted = new Map([['log', { onNodes: { '0': 512 }, remote: 0.5, meanNs: undefined, pages: 512 }]]);
    render(Locality, { locality, nodes: [0, 1], predicted, numactl: ['numactl --shm pool'] });
    const answers = screen.getByRole('region', { name: 'Answers' });
    expect(answers.textContent).toContain('50 % remote');
    expect(answers.textContent).toContain('Binding log to node 0 would leave 33.3 %.');
    expect(answers.textContent).toContain('memory bus of node 0');
    expect(answers.textContent).toContain('link 0 -> 1');
    const cells = within(screen.getByRole('region', { name: 'Access matrix' })).getAllByRole('cell');
    expect(cells.map((cell) => cell.textContent)).toEqual(['75 %', '25 %', '25 %', '100 %', '0', '100 %']);
    const bars = within(screen.getByRole('region', { name: 'Ranges of shared memory' })).getAllByRole('img');
    expect(bars.map((bar) => bar.getAttribute('aria-label'))).toEqual([
      'log, predicted: node 0 512 pages',
      'log, simulated: node 0 384 pages, node 1 128 pages',
    ]);
    expect(screen.getByRole('region', { name: 'numactl commands' }).textContent).toBe('numactl --shm pool');
  });
});
