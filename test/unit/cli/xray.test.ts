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
