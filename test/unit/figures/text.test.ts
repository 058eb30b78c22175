/** Arguments about the kernel's text, at a small scale: -O2 against -Os, and a copy of the text per node. */
import { describe, expect, it } from 'vitest';
import { assumed, copyFigures, smallOverFast, spanningFigures } from '../../support/text-figures.ts';

describe('a kernel compiled with -O2', () => {
  it('is faster than with -Os where L2 has 2 MiB', () => {
    expect(smallOverFast({ l2KiB: 2048, cacheKiB: 0, scale: 0.02, layouts: 3 })).toBeGreaterThan(0);
    expect(smallOverFast({ l2KiB: 2048, cacheKiB: 32, scale: 0.02, layouts: 3 })).toBeGreaterThan(0);
  });

  it('takes the same time where -Os changes nothing', () => {
    const same = { ...assumed, text: 1, instructions: 1 };
    expect(smallOverFast({ l2KiB: 2048, cacheKiB: 0, scale: 0.01, inputs: same })).toBe(0);
  });

  it('is slower where -Os makes the text smaller and costs no instructions', () => {
    const free = { ...assumed, instructions: 1 };
    expect(smallOverFast({ l2KiB: 2048, cacheKiB: 0, scale: 0.02, layouts: 3, inputs: free })).toBeLessThan(0);
  });
});

describe('a copy of the kernel text on every node', () => {
  /** One program a CPU, which stays there. */
  const single = { forks: 0 };

  it('takes the remote fetches of single-threaded processes to 0, and with the fault as posted leaves them', () => {
    const [one, each, posted] = (['one', 'per-node', 'per-node-as-posted'] as const).map((text) =>
      copyFigures(text, single, 0.01),
    );
    expect(one.remote).toBeGreaterThan(100);
    expect(each.remote).toBe(0);
    expect(Math.abs(posted.remote / one.remote - 1)).toBeLessThan(0.02);
  });

  it('costs a process whose threads span nodes more time than it saves', () => {
    const [one, each] = (['one', 'per-node'] as const).map((text) => spanningFigures(text, 1000));
    expect(one.switches).toBe(0);
    expect(each.switches).toBeGreaterThan(1000);
    expect(each.remote).toBe(0);
    expect(each.systemNs).toBeGreaterThan(one.systemNs);
  });
});
