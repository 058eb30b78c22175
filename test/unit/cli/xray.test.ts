/** `numaq xray`. */
import { describe, expect, it } from 'vitest';
import type { Xray } from '../../../src/sim/index.ts';
import { numaq } from './run-cli.ts';

describe('numaq xray', () => {
  it('prints where a page comes from, and every test on the way', async () => {
    const { code, out } = await numaq('xray', 'numaq-64g-8quad', '--node', '3');
    expect(code).toBe(0);
    expect(out).toContain('Page from HighMem of node 3, local');
    expect(out).toMatch(/HighMem 3 +225 .* 1 \+ 256 = 257 +[\d,]+ ≥ 257 +taken\n/);
    expect(out).toMatch(/HighMem 4 +2,500 .* 257 \+ 256 = 513 +not reached\n/);
    expect(out).toContain('Rule of 2.6.0: the bar begins at 2^order');
  });

  it('has all of it as JSON', async () => {
    const { out } = await numaq('xray', 'pc-256m', '--mask', 'GFP_DMA', '--order', '2', '--json');
    const xray = JSON.parse(out) as Xray;
    expect(xray.request).toEqual({ node: 0, mask: 'GFP_DMA', order: 2, memalloc: false });
    expect(xray.zones.map(({ name }) => name)).toEqual(['DMA']);
  });

  it('ends with 1 where no zone gives, and with 2 for a node that is not there', async () => {
    const marks = { node: 0, min: 500_000, low: 600_000, high: 700_000 };
    const all = ['DMA', 'Normal'].map((zone) => ({ ...marks, zone }));
    const full = await numaq('xray', 'pc-256m', '--set', `zones.watermarks=${JSON.stringify(all)}`);
    expect(full.out).toContain('No zone gives: the caller reclaims');
    expect(full.code).toBe(1);
    const wrong = await numaq('xray', 'pc-256m', '--node', '5');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('node');
  });
});

describe('numaq xray of a run', () => {
  const hog = ['--pattern', 'stream', '--bytes', '16M', '--references', '100000', '--cpus', '0'];

  it('walks the zonelist as it is at a time of the run, and tells of the requests so far', async () => {
    const early = await numaq('xray', 'pc-256m', ...hog, '--at', '1us', '--json');
    const late = await numaq('xray', 'pc-256m', ...hog, '--at', '1ms', '--json');
    const [before, after] = [early, late].map(({ out }) => JSON.parse(out) as Xray);
    expect(after.zones[0].free + after.zones[0].onCpuLists).toBeLessThan(
      before.zones[0].free + before.zones[0].onCpuLists,
    );
    expect(after.seen?.requests).toBeGreaterThan(before.seen?.requests ?? 0);
    const { code, out } = await numaq('xray', 'pc-256m', ...hog, '--at', '1ms');
    expect(code).toBe(0);
    expect(out).toMatch(/^At 1(\.\d+)? ms of virtual time\.\n/);
    expect(out).toContain(`${after.seen?.requests} requests of the run so far, 0 not served by the first`);
    expect(out).toMatch(/the last one: Stream triad on 1 CPU \d+ on CPU 0 of node 0, GFP_HIGHUSER/);
  });

  it('takes a workload for a time, and one workload each', async () => {
    const none = await numaq('xray', 'pc-256m', '--at', '1ms');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('--at is a time of a run')]);
    const two = await numaq('xray', 'pc-256m', ...hog, '--workload', 'compile');
    expect([two.code, two.err]).toEqual([2, expect.stringContaining('each workload takes one of')]);
  });
});
