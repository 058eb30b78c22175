/** Scripts that bind their memory, from the operation to the report: pages by node, and calls that the kernel refused. */
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';
import { roundNumbers } from './runs.ts';

const PAGES = 256;
const mapped = { op: 'mmap', as: 'data', bytes: PAGES * 4096, segment: 'shm' };
const touch = { op: 'touch', region: 'data', write: true, step: 4096 };

function reportOf(kernel: Record<string, unknown>, ...main: readonly object[]): RunReport {
  const profile = roundNumbers({ nodes: 4, cpus: 1, kernel });
  const script = {
    format: 'numaq-lab/script',
    version: 1,
    title: 'Binding',
    segments: { shm: { bytes: PAGES * 4096 } },
    programs: { main },
    start: [{ program: 'main' }],
  };
  const spec = workloadSchema.parse({ kind: 'script', script, cpus: [1] });
  const config = { profile, workloads: [spec], seed: 1, sampleNs: 1e6 };
  const simulation = new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, config.seed)]);
  while (!simulation.run(100_000));
  return simulation.report();
}

/** interleave_hit of each node. */
const interleaved = ({ result }: RunReport): number[] => {
  const column = result.nodes.columns.indexOf('interleave_hit');
  return result.nodes.rows.map((row) => row[column]);
};

describe('a script that binds', () => {
  it('interleaves its segment over the nodes, and the report lists no call', () => {
    const nodes = [0, 2, 3];
    const report = reportOf({}, mapped, { op: 'mbind', region: 'data', mode: 'interleave', nodes }, touch);
    expect(report.result.calls).toEqual([]);
    expect(interleaved(report)).toEqual([86, 0, 85, 85]);
  });

  it('goes on after calls that fail, and the report lists them', () => {
    const report = reportOf(
      { flavour: '2.6.11' },
      mapped,
      { op: 'membind', region: 'data', cpus: [0] },
      { op: 'mbind', region: 'data', mode: 'bind', nodes: [9] },
      touch,
      { op: 'mbind', region: 'data', mode: 'bind', nodes: [3], strict: true },
    );
    const row = { task: 1, program: 'main', count: 1 };
    expect(report.result.calls).toEqual([
      { ...row, place: 'programs.main[1]', call: 'membind', result: 'ENOSYS' },
      { ...row, place: 'programs.main[2]', call: 'mbind', result: 'EINVAL' },
      { ...row, place: 'programs.main[4]', call: 'mbind', result: 'EIO' },
    ]);
  });
});
