/** What text a program fetches while it computes. */
import { describe, expect, it } from 'vitest';
import { FakeKernel } from './fake-kernel.ts';

const PAGE = 4096;
/** Where the fake kernel puts the program and its first library. */
const TEXT = 0x8048 * PAGE;
const IMAGE = {
  file: 'bin/program',
  textBytes: 64 * PAGE,
  dataBytes: PAGE,
  libraries: [{ file: 'lib/c', textBytes: 32 * PAGE, dataBytes: PAGE }],
};
const compute = (instructions: number): object => ({ op: 'compute', instructions });
const EXEC = { op: 'exec', image: 'program' };

function run(main: readonly object[], more: Readonly<Record<string, unknown>> = {}, turn?: number): FakeKernel {
  const kernel = new FakeKernel({ images: { program: IMAGE }, programs: { main, ...more } });
  expect(kernel.finish(turn)).toBe(true);
  return kernel;
}

describe('a program that computes', () => {
  it('fetches a loop of 256 bytes for every 32,000 instructions', () => {
    const { fetches } = run([EXEC, compute(320_000)]);
    expect(fetches).toHaveLength(10);
    for (const { bytes } of fetches) expect(bytes).toBe(256);
  });

  it('stays in the first page of its text where it has touched no more', () => {
    for (const { address } of run([EXEC, compute(3.2e6)]).fetches) {
      expect(address).toBeGreaterThanOrEqual(TEXT);
      expect(address).toBeLessThan(TEXT + PAGE);
    }
  });

  it('fetches what it has touched of text and libraries, mostly few loops of it', () => {
    const touch = [
      { op: 'touch', region: 'text', bytes: 16 * PAGE },
      { op: 'touch', region: 'lib0', bytes: 8 * PAGE },
    ];
    const { fetches } = run([EXEC, ...touch, compute(3.2e7)]);
    expect(fetches).toHaveLength(1000);
    const own = fetches.filter(({ address }) => address >= TEXT && address < TEXT + 16 * PAGE);
    // One visit of eight is to the library.
    expect(own).toHaveLength(875);
    const library = fetches.filter(({ address }) => address < TEXT || address >= TEXT + 16 * PAGE);
    expect(new Set(library.map(({ address }) => Math.floor(address / PAGE))).size).toBeLessThanOrEqual(8);
    const visits = new Map<number, number>();
    for (const { address } of own) visits.set(address, (visits.get(address) ?? 0) + 1);
    const most = [...visits.values()].sort((a, b) => b - a);
    // Four fifths of the visits are to a fifth of the 256 loops; within 0.05 for 875 draws (standard deviation 0.014).
    const hot = most.slice(0, 51).reduce((sum, each) => sum + each, 0) / own.length;
    expect(hot).toBeGreaterThan(0.75);
  });

  it('has its hot loops where all who run the image have them, and goes to them in an order of its own', () => {
    const child = [EXEC, { op: 'touch', region: 'text' }, compute(1.6e7)];
    const { fetches } = run(
      [{ op: 'fork', program: 'child' }, { op: 'wait' }, { op: 'fork', program: 'child' }, { op: 'wait' }],
      { child },
    );
    const byTask = [2, 3].map((pid) => fetches.filter((each) => each.pid === pid).map(({ address }) => address));
    expect(byTask[0]).not.toEqual(byTask[1]);
    const hottest = byTask.map((addresses) => {
      const visits = new Map<number, number>();
      for (const address of addresses) visits.set(address, (visits.get(address) ?? 0) + 1);
      return [...visits].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0][0];
    });
    expect(hottest[0]).toBe(hottest[1]);
  });

  it('fetches the same however often it is interrupted', () => {
    const program = [EXEC, { op: 'touch', region: 'text' }, compute(4.8e6)];
    expect(run(program, {}, 1000).fetches).toEqual(run(program, {}, 77_777).fetches);
  });

  it('counts instructions between references too', () => {
    const workingSet = { region: 'data', every: 1000 };
    expect(run([EXEC, { op: 'compute', instructions: 640_000, workingSet }]).fetches).toHaveLength(20);
  });

  it('fetches nothing where no image was executed, and nothing of text that it has unmapped', () => {
    expect(run([compute(1e6)]).fetches).toEqual([]);
    expect(run([EXEC, { op: 'munmap', region: 'text' }, compute(1e6)]).fetches).toEqual([]);
  });
});
