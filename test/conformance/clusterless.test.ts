/**
 * A page cluster of one page is no cluster: run files recorded by a kernel out of which page clusters were taken come out
 * byte for byte, the version of the engine apart. fixtures/clusterless says how they were recorded.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatRun, parseRun } from '../../src/lab/run-file.ts';
import { startSimulation } from '../../src/lab/run-job.ts';
import { TraceLibrary } from '../../src/lab/trace-library.ts';
import { fixedRuns, TRACE } from '../fixtures/clusterless/orders.ts';

const root = join(import.meta.dirname, '../..');

function recorded(name: string): string {
  const packed = readFileSync(join(root, 'test/fixtures/clusterless', `${name}.run.json.gz`));
  return gunzipSync(packed).toString('utf8');
}

describe('with PAGE_MMUSHIFT 0 the kernel does what one without page clusters did', () => {
  const traces = new TraceLibrary();
  let traceSha256 = '';
  beforeAll(async () => {
    traceSha256 = (await traces.open(join(root, TRACE))).sha256;
  });
  afterAll(() => traces.close());

  it.each(fixedRuns)('in the run $name, byte for byte', ({ name, order }) => {
    const text = recorded(name);
    const { engine } = parseRun(text, name);
    const simulation = startSimulation(order(traceSha256), (sha256) => traces.source(sha256));
    while (!simulation.run(2 ** 20));
    const again = formatRun({ ...simulation.report(), engine });
    // Lines, so that a difference is shown by its place.
    expect(again.split('\n')).toEqual(text.split('\n'));
    expect(again).toBe(text);
  });

  it('which runs take what a kernel has, so that they would tell', () => {
    const totals = fixedRuns.map(({ name }) => parseRun(recorded(name), name).result.totals);
    const highest = (metric: string): number => Math.max(...totals.map((each) => each[metric] ?? 0));
    for (const metric of [
      'faults',
      'majorFaults',
      'cowFaults',
      'forks',
      'execs',
      'pswpin',
      'pswpout',
      'kswapdSteal',
      'allocstall',
      'pgpgout',
      'rmapSteps',
      'ptePagesShared',
      'pteUnshares',
      'kmapsAtomic',
      'cr3Loads',
      'tlbShootdowns',
    ]) {
      expect([metric, highest(metric) > 0]).toEqual([metric, true]);
    }
  });
});
