import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatProfile, parseProfile } from '../../../src/sim/index.ts';

const text = readFileSync(new URL('../../fixtures/profiles/version-0.numaq.json', import.meta.url), 'utf8');
const withCluster = (cluster: unknown): string => text.replace('"cluster": 8', `"cluster": ${JSON.stringify(cluster)}`);

describe('a file of version 0', () => {
  it('is read: 8 pages of 4 KB a cluster are PAGE_MMUSHIFT 3, and the source goes with it', () => {
    const profile = parseProfile(text, 'version-0.numaq.json');
    expect(profile.version).toBe(1);
    expect(profile.kernel.pageMmuShift).toBe(3);
    expect(profile.kernel).not.toHaveProperty('cluster');
    expect(profile.sources).toEqual({ 'kernel.pageMmuShift': 'W. L. Irwin, pgcl, 2003' });
  });

  it('is written as version 1', () => {
    const written = formatProfile(parseProfile(text, 'x'));
    expect(written).toContain('"version": 1');
    expect(written).not.toContain('cluster"');
  });

  it.each([
    [1, 0],
    [2, 1],
    [4, 2],
    [16, 4],
    [64, 6],
  ])('with %i pages a cluster has PAGE_MMUSHIFT %i', (cluster, shift) => {
    expect(parseProfile(withCluster(cluster), 'x').kernel.pageMmuShift).toBe(shift);
  });

  it('without clusters has clusters of one page', () => {
    expect(parseProfile(text.replace('    "cluster": 8,\n', ''), 'x').kernel.pageMmuShift).toBe(0);
  });

  it.each([[0], [3], [128], ['8'], [null], [[8]]])('with a cluster of %j is refused at kernel.cluster', (cluster) => {
    expect(() => parseProfile(withCluster(cluster), 'old.json')).toThrow(
      /^old\.json: kernel\.cluster: expected 1, 2, 4, 8, 16, 32 or 64/,
    );
  });

  it('knows no pageMmuShift yet, and version 1 no cluster any more', () => {
    expect(() => parseProfile(text.replace('"cluster": 8', '"cluster": 8, "pageMmuShift": 3'), 'x')).toThrow(
      'kernel.pageMmuShift',
    );
    expect(() => parseProfile(text.replace('"version": 0', '"version": 1'), 'x')).toThrow('unknown key "cluster"');
  });
});
