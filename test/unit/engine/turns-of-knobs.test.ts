/** Knobs that a person turns while a run goes on: the run file has them, and the run comes out the same again. */
import { expect, it } from 'vitest';
import { type RunOrder, startSimulation } from '../../../src/lab/run-job.ts';
import { builtInById, type RunReport } from '../../../src/sim/index.ts';

const pc = builtInById('pc-256m')?.profile();
if (pc === undefined) throw new Error('no pc-256m');
const order: RunOrder = {
  profile: { ...pc, kernel: { ...pc.kernel, swapMiB: 64 } },
  workloads: [{ kind: 'program', program: 'shell-script', cpus: [0], startNs: 0, scale: 0.01, parameters: {} }],
  seed: 1,
};

function finish(of: RunOrder, step: number, meanwhile?: (time: number) => void): RunReport {
  const simulation = startSimulation(of, () => undefined);
  while (!simulation.run(step)) meanwhile?.(simulation.timeNs);
  return simulation.report();
}

it('repeats a run in which somebody turned knobs, whatever the steps it is done in', () => {
  const simulation = startSimulation(order, () => undefined);
  let turned = 0;
  while (!simulation.run(100)) {
    if (++turned === 3) simulation.turn('swappiness', 0);
    if (turned === 5) simulation.turn('min_free_kbytes', 2048);
  }
  const report = simulation.report();
  expect(report.config.turns?.map(({ name, value }) => [name, value])).toEqual([
    ['swappiness', 0],
    ['min_free_kbytes', 2048],
  ]);
  expect(report.result.proc?.sysctls.map(({ name, value }) => [name, value])).toEqual([
    ['swappiness', 0],
    ['min_free_kbytes', 2048],
  ]);
  const again = finish({ ...order, ...report.config }, 7777);
  expect(again).toEqual(report);
  // The marks of the zones follow min_free_kbytes.
  const plain = finish(order, 7777);
  expect(again.result.proc?.zones.map(({ min }) => min)).not.toEqual(plain.result.proc?.zones.map(({ min }) => min));
});
