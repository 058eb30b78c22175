/**
 * Two cache levels over a real trace, against the counts of DineroIV for it: L1D 16 KB 4-way and unified L2 1 MB 4-way, 32-byte
 * lines, LRU, write-back, write-allocate, dirty lines written back at the end. DineroIV was given the trace as extended din
 * with lackey's decimal sizes copied as they stand, which it reads as hexadecimal (16 as 22 bytes, 32 as 50): 111,924
 * references cross a line so, 51,738 otherwise. To compare, the sizes are misread here as well.
 */
import { describe, expect, it } from 'vitest';
import { openTrace } from '../../src/lab/traces/open-trace.ts';
import { PackedFileSource } from '../../src/lab/traces/packed-source.ts';
import * as C from '../../src/sim/base/counters.ts';
import { claimBlock } from '../../src/sim/hardware/record-blocks.ts';
import { TwoLevel } from '../../src/sim/hardware/two-level.ts';
import type { SizeNotation } from '../../src/sim/interop/lackey.ts';
import { sortTrace } from '../fixtures/sort-trace.ts';

async function simulate(lackeySizes: SizeNotation): Promise<(...counters: number[]) => number> {
  const trace = await openTrace(sortTrace ?? '', { lackeySizes });
  const source = new PackedFileSource(trace.path, trace.info);
  const level = { ways: 4, lineBytes: 32 };
  const costs = { instructionNs: 1, l2HitNs: 1, memoryNs: 1 };
  const caches = new TwoLevel({ bytes: 16384, ...level }, { bytes: 2 ** 20, ...level }, costs, 'skip');
  const block = claimBlock(8192, caches);
  let position = 0;
  for (let count = 1; count > 0; position += count) {
    count = source.read(position, block.view);
    caches.run(block.first, block.first + count, true);
  }
  caches.flush();
  source.close();
  trace.close();
  return (...counters) => counters.reduce((sum, counter) => sum + caches.counters[counter], 0);
}

describe.skipIf(sortTrace === undefined)('the trace of sort through two cache levels (needs it: NUMAQ_TRACE)', () => {
  it('has the counts of DineroIV, to the last one', async () => {
    const sum = await simulate('hex');
    expect(sum(C.L1D_READS, C.L1D_WRITES)).toBe(1_811_400);
    expect([sum(C.L1D_READ_MISSES), sum(C.L1D_WRITE_MISSES)]).toEqual([10_652, 5_588]);
    expect(sum(C.L2_READS, C.L2_WRITES)).toBe(25_811);
    expect([sum(C.L2_READ_MISSES), sum(C.L2_WRITE_MISSES)]).toEqual([6_196, 1]);
  });

  it('has fewer references that cross a line when its sizes are what lackey meant', async () => {
    const sum = await simulate('decimal');
    // 1,691,433 references, of which 8,043 are a read and a write; 51,738 by an independent count of the text.
    expect(sum(C.L1D_READS, C.L1D_WRITES)).toBe(1_691_433 + 8_043 + 51_738);
  });
});
