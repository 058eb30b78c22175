/** `numaq segment` and `numaq run --segment`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInSegments, parseScript, parseSegmentDesign } from '../../../src/sim/index.ts';
import { numaq } from './run-cli.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'numaq-segment-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const kernel = ['--set', 'kernel.binding=mempolicy'];

describe('numaq segment', () => {
  it('lists the designs', async () => {
    const { code, out } = await numaq('segment');
    expect(code).toBe(0);
    for (const { id } of builtInSegments()) expect(out).toContain(id);
  });

  it('says where pages come to lie, and who reaches them', async () => {
    const { code, out } = await numaq('segment', 'partitioned', '--scale', '0.01', ...kernel);
    expect(code).toBe(0);
    expect(out).toContain('2 % of references remote; a miss takes 295 ns on average, 295 ns for the slowest process');
    expect(out).toMatch(/part3 +1,311 +bind=3 N3=1311 +2\n/);
    expect(out).toMatch(/creator +mbind\(part0, MPOL_BIND, 0\) +0\n/);
  });

  it('ends with 1 where a call would fail', async () => {
    const { code, out } = await numaq('segment', 'interleaved', '--scale', '0.01');
    expect(code).toBe(1);
    expect(out).toMatch(/mbind\(pool, MPOL_INTERLEAVE, 0-3\) +ENOSYS\n/);
    expect(out).toContain('This kernel has no mbind');
  });

  it('prints the design, its script and the commands of numactl', async () => {
    const design = await numaq('segment', 'interleaved', '--design');
    expect(parseSegmentDesign(JSON.parse(design.out))).toEqual(
      builtInSegments().find(({ id }) => id === 'interleaved')?.design,
    );
    const script = await numaq('segment', 'interleaved', '--script');
    expect(parseScript(JSON.parse(script.out)).segments.segment.bytes).toBe(2 ** 31);
    const commands = await numaq('segment', 'interleaved', '--numactl');
    expect(commands.out).toBe('numactl --length=2g --shm=/tmp/segment.key --interleave=0-3 --touch\n');
  });

  it('names the file and the place of what is wrong', async () => {
    const file = join(folder, 'bad.json');
    const [{ design }] = builtInSegments();
    writeFileSync(file, JSON.stringify({ ...design, users: [{ ...design.users[0], nodes: [9] }] }));
    const away = await numaq('segment', file);
    expect(away.code).toBe(2);
    expect(away.err).toBe(`numaq: ${file}: users[0].nodes[0]: expected a node with CPUs (0, 1, 2, 3), found 9\n`);
    writeFileSync(file, JSON.stringify({ ...design, ranges: [{ name: 'pool', kib: 5 }] }));
    expect((await numaq('segment', file)).err).toBe(
      `numaq: ${file}: ranges[0].kib: expected a multiple of 4, found 5\n`,
    );
    expect((await numaq('segment', 'partioned')).err).toContain('did you mean partitioned?');
  });
});

describe('numaq run --segment', () => {
  it('runs a design and reports its ranges', async () => {
    const { code, out, err } = await numaq(
      ...['run', 'numaq-16g-4quad', '--segment', 'partitioned', '--scale', '0.0005', ...kernel],
    );
    expect(err).not.toContain('numaq:');
    expect(code).toBe(0);
    expect(out).toContain('A quarter for each node on CPUs 0-15, scale 0.001');
    expect(out).toContain('part3');
  });

  it('writes a run file that is verified by running it again', async () => {
    const file = join(folder, 'segment.numaq-run.json');
    const run = ['run', 'numaq-16g-4quad', '--segment', 'log-and-locks', '--scale', '0.0002', ...kernel];
    expect((await numaq(...run, '--out', file)).code).toBe(0);
    expect((await numaq('verify', file)).code).toBe(0);
  });

  it('takes CPUs that hold all of the design’s', async () => {
    const { code, err } = await numaq('run', 'numaq-16g-4quad', '--segment', 'uniform', '--cpus', '0-7');
    expect(code).toBe(2);
    expect(err).toContain('workloads[0].cpus: expected every CPU that the design names (8 is not among them)');
  });
});
