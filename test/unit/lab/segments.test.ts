/** Segments by the lab's contract: designs to begin with, and predictions on every edit, with issues instead of errors. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckedSegment, SegmentCatalogue } from '../../../src/lab/contract.ts';
import { createLab } from '../../../src/lab/lab.ts';
import { dispatcher } from '../../../src/lab/serve.ts';
import { parseSegmentDesign, segmentDesignSchema } from '../../../src/sim/workloads/segment/design.ts';
import { builtIn } from '../engine/runs.ts';
import { designOf } from '../workloads/segment/designs.ts';
import { emptyFolder } from './folders.ts';

const profile = builtIn('numaq-16g-4quad');

/** As a door calls it: through the contract's schemas. */
async function ask<T>(method: string, ...params: readonly unknown[]): Promise<T> {
  const lab = createLab({ dataDir: emptyFolder(), workerPath: '' });
  onTestFinished(() => lab.close());
  const result = await dispatcher(lab.api)(method, params);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value as T;
}

describe('segmentDesigns', () => {
  it('has designs and presets that the schema takes, and the schema for forms', async () => {
    const { designs, presets, schema } = await ask<SegmentCatalogue>('segmentDesigns');
    for (const { design } of designs) expect(segmentDesignSchema.safeParse(design).success).toBe(true);
    const ranges = presets.map(({ range }) => range);
    const weighted = [...ranges.slice(1), { ...ranges[0], name: 'first', kib: 64 }];
    expect(parseSegmentDesign({ ...designOf(), ranges: weighted }).ranges).toHaveLength(presets.length);
    const { properties } = schema as { properties: Record<string, { title?: string }> };
    expect(properties.ranges.title).toBe('Ranges');
    expect(JSON.stringify(schema)).toContain('"unit":"KiB"');
  });
});

describe('predictSegment', () => {
  it('says what a design comes to, with its commands', async () => {
    const design = designOf({
      binding: { call: 'mbind' },
      ranges: [{ name: 'pool', kib: 64, policy: { mode: 'bind', nodes: [1] } }],
    });
    const kernel = { ...profile.kernel, binding: 'mempolicy' };
    const checked = await ask<CheckedSegment>('predictSegment', { profile: { ...profile, kernel }, design });
    expect(checked.issues).toEqual([]);
    expect(checked.prediction?.ranges[0].numaMaps).toBe('bind=1 N1=16');
    expect(checked.numactl).toEqual(['numactl --length=64k --shm=/tmp/segment.key --membind=1 --touch']);
    // It crosses a process as it is.
    expect(JSON.parse(JSON.stringify(checked.prediction))).toEqual(checked.prediction);
  });

  it('gives the issues of a design that is not well, and of one that does not fit the machine', async () => {
    const broken = await ask<CheckedSegment>('predictSegment', { profile, design: { title: 'no' } });
    expect(broken.design).toBeUndefined();
    expect(broken.issues.map(({ path }) => path)).toContain('ranges');
    const design = designOf({ creator: { node: 9 } });
    const away = await ask<CheckedSegment>('predictSegment', { profile, design });
    expect(away.design).toEqual(design);
    expect(away.issues.map(({ path }) => path)).toEqual(['creator.node']);
  });
});
