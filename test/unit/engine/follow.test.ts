/** A reference followed: what it leaves in caches, at the line's home and on the page lists, worked out by hand; and nothing else. */
import { describe, expect, it } from 'vitest';
import { type Followed, type FollowEvent, followEvents, followReference } from '../../../src/sim/engine/follow.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import type { CpuLine } from '../../../src/sim/hardware/line-look.ts';
import type { ListsLook } from '../../../src/sim/kernel/alloc/follow-lists.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import type { Program } from '../../../src/sim/workloads/workload.ts';
import type { Kind } from '../../conformance/naive/records.ts';
import { BASE, builtIn, pattern, program, roundNumbers, stream } from './runs.ts';

/** CPU `cpu` makes references of these kinds to the same word, from virtual time `ms` on. */
const at = (ms: number, cpu: number, ...kinds: readonly Kind[]): ReturnType<typeof stream> =>
  stream(cpu, kinds.length, (n) => ({ kind: kinds[n], address: BASE + 40, size: 4 }), { startNs: ms * 1e6 });

/** Two CPUs on each of three nodes: CPU 0 writes first (so that the page lies on node 0), then the others, long after each other. */
const sharing = program(
  at(0, 0, 'write'),
  at(1, 1, 'read'),
  at(2, 2, 'read'),
  at(3, 4, 'read'),
  at(4, 3, 'read', 'write'),
);
const threeNodes = roundNumbers({ nodes: 3 });

function follow(
  profile: MachineProfile,
  programs: readonly Program[],
  cpu: number,
  what: number | FollowEvent,
): Followed {
  const config = { profile, workloads: [], seed: 1, sampleNs: 1e6 };
  return followReference(config, programs, cpu, typeof what === 'number' ? { record: what } : { event: what });
}

/** `cpu: before > after` of L1 and L2, the directory, and the sharing list. */
function states({ line }: Followed): readonly string[] {
  if (line === undefined) return [];
  const two = ({ l1d, l2 }: CpuLine): string => l1d + l2;
  const cpus = line.cpus.map(({ cpu, before, after }) => `${cpu}: ${two(before)} > ${two(after)}`);
  const caches = (line.remoteCaches ?? []).map(
    ({ node, before, after }) => `remote cache ${node}: ${before} > ${after}`,
  );
  const { before, after } = line.directory;
  const home = [before, after].map(({ state, sharers }) => [state, ...sharers].join(' ')).join(' > ');
  return [...cpus, ...caches, home];
}

describe('the line of a followed reference', () => {
  it('is looked at once a fault has mapped its page, and is the writer’s alone afterwards', () => {
    const followed = follow(threeNodes, [sharing], 0, 0);
    expect(followed.line).toMatchObject({ home: 0, cpu: 0, offset: 40, write: true, mapped: false, others: 4 });
    expect(states(followed)).toEqual(['0: II > MM', 'home > home']);
  });

  it('is shared by two CPUs of its home after a read, and no other node knows of it', () => {
    const followed = follow(threeNodes, [sharing], 1, 0);
    expect(followed.line).toMatchObject({ mapped: true, write: false, others: 3 });
    expect(states(followed)).toEqual(['0: MM > SS', '1: II > SS', 'home > home']);
  });

  it('brings another node onto the sharing list, the latest first', () => {
    expect(states(follow(threeNodes, [sharing], 2, 0))).toEqual([
      '0: SS > SS',
      '1: SS > SS',
      '2: II > SS',
      'home > shared 1',
    ]);
    expect(states(follow(threeNodes, [sharing], 4, 0)).at(-1)).toBe('shared 1 > shared 2 1');
  });

  it('is taken from everybody by a write of another node', () => {
    expect(states(follow(threeNodes, [sharing], 3, 1))).toEqual([
      '0: SS > II',
      '1: SS > II',
      '2: SS > II',
      '3: SS > MM',
      '4: SS > II',
      'shared 2 1 > exclusive 1',
    ]);
  });

  it('stands in the remote cache of a node too, where machines have one', () => {
    const remoteCache = { mib: 1, ways: 4, lineBytes: 64, hitNs: 100 };
    const cached = roundNumbers({ nodes: 3, machine: { remoteCache } });
    const read = follow(cached, [sharing], 2, 0);
    expect(read.line?.bytes).toEqual({ l1: 32, l2: 32, between: 64 });
    expect(states(read).slice(-2)).toEqual(['remote cache 1: I > S', 'home > shared 1']);
    expect(states(follow(cached, [sharing], 3, 1)).slice(-3)).toEqual([
      'remote cache 1: S > M',
      'remote cache 2: S > I',
      'shared 2 1 > exclusive 1',
    ]);
  });

  it('is reached in a step of its own, which costs what serves it', () => {
    const { steps } = follow(threeNodes, [sharing], 2, 0);
    const access = steps.find(({ text }) => text.startsWith('access: '));
    // A read from 2,000 ns away; the page walk went before it.
    expect(access).toMatchObject({ text: 'access: L2 missed: served by the memory of another node', ns: 2000 });
    const missed = steps.findIndex(({ text }) => text.includes('not in the TLB'));
    expect(steps[missed].depth).toBe(1);
    expect((access?.atNs ?? 0) >= steps[missed].atNs + steps[missed].ns).toBe(true);
  });

  it('is accessed within what is followed when an event is waited for', () => {
    const followed = follow(threeNodes, [sharing], 0, 'anonymous');
    expect(states(followed)).toEqual(['0: II > MM', 'home > home']);
    expect(followed.steps.at(-1)?.text).toBe('access: L2 missed: served by the memory of the own node');
    expect(followed.page).toMatchObject({ owner: 'anonymous', mapcount: 1, pfn: followed.line?.pfn });
    expect(followed.page?.ptes.map(({ vpn }) => vpn)).toEqual([BASE / 4096]);
  });
});

/** Free blocks by order after `pages` single pages were taken, by counting alone: the smallest that is there is halved. */
function afterTaking(blocks: readonly number[], pages: number): readonly number[] {
  const left = [...blocks];
  for (let page = 0; page < pages; page++) {
    const from = left.findIndex((count) => count > 0);
    left[from]--;
    for (let half = 0; half < from; half++) left[half]++;
  }
  return left;
}

describe('page lists around a followed reference', () => {
  const fresh = program(stream(0, 64, (n) => ({ kind: 'write', address: BASE + n * 4096, size: 4 })));

  it.each(['2.4.21-rhel3', '2.6.0', '2.6.28'] as const)(
    'lose what the fault took, split as counting says (%s)',
    (flavour) => {
      const profile = roundNumbers({ kernel: { flavour } });
      for (const record of [0, 5, 40]) {
        const { lists } = follow(profile, [fresh], 0, record);
        expect(lists.some(({ gave }) => gave)).toBe(true);
        for (const { before, after } of lists) {
          const taken = before.free - after.free;
          expect(after.blocks).toEqual(afterTaking(before.blocks, taken));
          expect(before.blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0)).toBe(before.free);
        }
        // Later ones find their page tables there, and take the page alone: from the CPU's set, or from the lists.
        const [{ before, after }] = lists;
        const has = ({ free, sets }: ListsLook): number => free + (sets?.hot ?? 0);
        if (record > 0) expect([lists.length, has(before) - has(after)]).toEqual([1, 1]);
      }
    },
  );

  it('are those of no zone where nothing was taken', () => {
    expect(follow(threeNodes, [sharing], 1, 0).lists).toEqual([]);
  });
});

describe('following', () => {
  const profile = builtIn('pc-256m');
  const specs = [pattern('random', [0], 20_000, 2 ** 22)];
  const config = { profile, workloads: specs, seed: 1, sampleNs: 1e6 };
  const simulation = (): Simulation =>
    new Simulation(
      config,
      specs.map((spec, index) => buildProgram(spec, profile, () => undefined, index, 1)),
    );
  const finish = (run: Simulation): unknown => {
    while (!run.run(1e6));
    return run.report();
  };

  it.each([
    { kind: 'record', number: 300 } as const,
    { kind: 'counter', counter: followEvents.anonymous.counter } as const,
  ])('leaves the run as it is: the same report to the byte ($kind)', (what) => {
    const watched = simulation();
    const { watch } = watched.watch(0, what);
    const report = finish(watched);
    expect(watch.result).toBeDefined();
    expect(JSON.stringify(report)).toBe(JSON.stringify(finish(simulation())));
  });
});
