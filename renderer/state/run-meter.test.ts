import { describe, expect, it } from 'vitest';
import { RunMeter } from './run-meter.ts';

const reading = (progress: number, references = 0, timeNs = 0) => ({
  state: 'running' as const,
  progress,
  references,
  timeNs,
});

describe('the meter of a run', () => {
  it('says nothing before it has measured for half a second', () => {
    const meter = new RunMeter();
    expect(meter.take(reading(0), 0)).toEqual({ rate: 0, timeRate: 0, leftMs: null });
    expect(meter.take(reading(0.1, 50, 7), 499).leftMs).toBeNull();
  });

  it('tells references and virtual time per second, and the time left from the progress', () => {
    const meter = new RunMeter();
    meter.take(reading(0), 0);
    // A quarter in a second: three more to come.
    expect(meter.take(reading(0.25, 4000, 2e6), 1000)).toEqual({ rate: 4000, timeRate: 2e6, leftMs: 3000 });
  });

  it('evens out a workload whose phases differ', () => {
    const meter = new RunMeter();
    meter.take(reading(0), 0);
    meter.take(reading(0.2), 1000);
    // Now at a tenth a second: 0.3 * 0.1 + 0.7 * 0.2 = 0.17 a second, of which 0.7 are left.
    expect(meter.take(reading(0.3), 2000).leftMs).toBeCloseTo((0.7 / 0.17) * 1000, 6);
  });

  it('is silent while the run is paused, and begins anew', () => {
    const meter = new RunMeter();
    meter.take(reading(0), 0);
    meter.take(reading(0.5, 100), 1000);
    expect(meter.take({ ...reading(0.5, 100), state: 'paused' }, 1500)).toEqual({ rate: 0, timeRate: 0, leftMs: null });
    // The pause itself is not counted.
    meter.take(reading(0.5, 100), 9000);
    expect(meter.take(reading(0.6, 200), 10_000).rate).toBe(100);
  });
});
