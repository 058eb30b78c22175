/** `numaq run --until` and `--markers`. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/sim/index.ts';
import { emptyFolder } from '../lab/folders.ts';
import { numaq } from './run-cli.ts';

const run = ['run', 'pc-256m', '--pattern', 'random', '--bytes', '1M', '--references', '20000', '--cpus', '0'];

describe('numaq run --until', () => {
  it('stops at the time and reports as far as it is', async () => {
    const { code, out } = await numaq(...run, '--until', '100us', '--json');
    expect(code).toBe(0);
    const { result } = JSON.parse(out) as RunReport;
    expect(result.elapsedNs).toBeGreaterThanOrEqual(100_000);
    expect(result.elapsedNs).toBeLessThan(110_000);
    expect((await numaq(...run, '--until', '100us')).out).toMatch(/^Stopped at 10\d(\.\d+)? µs of virtual time/);
  });

  it('is the whole run where that ends before', async () => {
    const [whole, until] = [await numaq(...run), await numaq(...run, '--until', '1000s')];
    expect(until.out).toBe(whole.out);
  });

  it('has no run file, since that could not be verified', async () => {
    const { code, err } = await numaq(...run, '--until', '1ms', '--out', join(emptyFolder(), 'a.json'));
    expect([code, err]).toEqual([2, expect.stringContaining('--out and --history are for whole runs')]);
  });
});

describe('numaq run --markers', () => {
  it('lists what happened when, behind the report', async () => {
    const turned = [...run, '--sysctl', 'swappiness=10@50us'];
    const [marked, plain] = [await numaq(...turned, '--markers'), await numaq(...turned)];
    expect(marked.out.startsWith(plain.out)).toBe(true);
    expect(marked.out.slice(plain.out.length)).toMatch(/^\ntime +marker\n5\d(\.\d+)? µs +knob +swappiness = 10\n$/);
    const { code, err } = await numaq(...run, '--markers', '--json');
    expect([code, err]).toEqual([2, expect.stringContaining('--markers are listed behind the tables')]);
    expect((await numaq(...run, '--markers')).out).toMatch(/\nNo markers\.\n$/);
  });
});
