/**
 * CPUs on nodes against the naive machine, on random streams: after every step the same lines in every cache in the same
 * state and order, the same directory, the same counts and times; and, by the fast machine's own state, a single writer
 * or many readers, L1 within L2 within the remote cache. The naive machine throws when a read does not see the last write.
 */
import { describe, expect, it } from 'vitest';
import { machineSchema, type InterconnectSpec, type MachineSpec } from '../../src/sim/profiles/schema.ts';
import { Dice, seeds } from './naive/random.ts';
import { Pair } from './naive/numa-pair.ts';
import type { Kind, Reference } from './naive/records.ts';

const FIRST_PAGE = 500; // the pages cross from one pte page's last entries into nothing: all in one pte page of either width

function interconnect(dice: Dice, kind: string, nodes: number): InterconnectSpec {
  const fabric = {
    remoteNs: 2500,
    linkMBps: 1000,
    queued: false,
    invalidation: dice.pick(['serial', 'parallel'] as const),
  };
  const hopNs = 40;
  switch (kind) {
    case 'ring':
    case 'two-way ring':
      return { kind: 'ring', oneWay: kind === 'ring', hopNs, ...fabric };
    case 'mesh':
      return { kind: 'mesh', columns: 2, hopNs, ...fabric };
    case 'links': {
      const links = Array.from({ length: nodes - 1 }, (_, i) => ({
        from: dice.below(i + 1),
        to: i + 1,
        latencyNs: dice.between(10, 90),
        bandwidthMBps: 800,
      }));
      return { kind: 'links', links, ...fabric };
    }
    case 'matrix': {
      const latencyNs = Array.from({ length: nodes }, (_, from) => {
        return Array.from({ length: nodes }, (__, to) => (from === to ? 225 : dice.between(400, 3000)));
      });
      const { linkMBps, queued, invalidation } = fabric;
      return { kind: 'matrix', latencyNs, linkMBps, queued, invalidation };
    }
    default:
      return { kind: 'crossbar', ...fabric };
  }
}

/** Caches of a few lines, so that everything is evicted all the time. Sizes below a KiB are no profile's. */
function tinyMachine(dice: Dice, kind: string, cache: { l1: number; l2: number; remote: number }): MachineSpec {
  const nodes = dice.between(2, 5);
  const bytes = (lines: number, lineBytes: number): number => (lines * lineBytes) / 1024;
  const level = (lineBytes: number, ways: number, sets: number): { kib: number; ways: number; lineBytes: number } => {
    return { kib: bytes(ways * sets, lineBytes), ways, lineBytes };
  };
  const spec = machineSchema.parse({
    bits: 64,
    pae: false,
    nodes: Array.from({ length: nodes }, (_, id) => ({
      id,
      cpus: id === 0 ? dice.between(1, 3) : dice.between(0, 3),
      memoryMiB: 16,
    })),
    cpu: {
      name: 'tiny',
      clockMHz: 100,
      instructionNs: 1,
      l1i: { kib: 1, ways: 1, lineBytes: cache.l1 },
      l1d: { kib: 1, ways: 1, lineBytes: cache.l1 },
      l2: { kib: 1, ways: 1, lineBytes: cache.l2, hitNs: 13 },
      itlb: { entries: 2, ways: 2 },
      dtlb: dice.pick([
        { entries: 4, ways: 2 },
        { entries: 2, ways: 1 },
        { entries: 16, ways: 16 },
      ]),
    },
    bus: { bandwidthMBps: 800, queued: false },
    localNs: 225,
    transferNs: 140,
    interconnect: interconnect(dice, kind, nodes),
  });
  const cpu = {
    ...spec.cpu,
    l1i: level(cache.l1, 2, 2),
    l1d: level(cache.l1, dice.between(1, 2), dice.pick([1, 2])),
    l2: { ...level(cache.l2, dice.between(2, 4), dice.pick([2, 4])), hitNs: 13 },
  };
  if (cache.remote === 0) return { ...spec, cpu };
  const remote = level(cache.remote, dice.between(2, 4), dice.pick([2, 4, 8]));
  return { ...spec, cpu, remoteCache: { ...remote, mib: remote.kib / 1024, hitNs: 180 } };
}

const KINDS: readonly Kind[] = ['read', 'read', 'write', 'modify', 'fetch'];

/** A reference to one of few lines of few pages; one in sixteen crosses a line, some of those a page. */
function reference(dice: Dice, pages: number): Reference {
  const kind = dice.pick(KINDS);
  const page = FIRST_PAGE + dice.below(pages);
  const offset = dice.chanceOf(1, 16) ? dice.pick([30, 62, 4094]) : dice.below(6) * 32 + dice.below(28);
  const last = (FIRST_PAGE + pages) * 4096;
  const address = page * 4096 + offset;
  return { kind, address, size: Math.min(dice.pick([1, 2, 4]), last - address) };
}

const kinds = ['ring', 'two-way ring', 'mesh', 'crossbar', 'links', 'matrix'];
const caches = [
  { title: 'no remote cache, lines of 32', l1: 32, l2: 32, remote: 0 },
  { title: 'no remote cache, L2 lines of 64', l1: 32, l2: 64, remote: 0 },
  { title: 'a remote cache, lines of 32', l1: 32, l2: 32, remote: 32 },
  { title: 'a remote cache, L2 lines of 32 and remote ones of 64', l1: 32, l2: 32, remote: 64 },
  { title: 'a remote cache, lines of 32, 64 and 128', l1: 32, l2: 64, remote: 128 },
];

describe.each(kinds)('coherence over a %s', (kind) => {
  it.each(caches)('is that of the naive machine after every step: $title', (cache) => {
    for (const seed of seeds(4)) {
      const dice = new Dice(seed * 1000 + kinds.indexOf(kind) * 100 + caches.indexOf(cache));
      const spec = tinyMachine(dice, kind, cache);
      const nodes = spec.nodes.length;
      const pages = dice.between(2, 8);
      const homes = {
        pages: Array.from({ length: pages }, () => dice.below(nodes)),
        ptePage: dice.below(nodes),
        upperPage: dice.below(nodes),
      };
      const pair = new Pair(spec, homes, FIRST_PAGE, dice.chanceOf(1, 2));
      for (let step = 0; step < 400; step++) {
        const burst = dice.chanceOf(1, 8) ? dice.between(2, 6) : 1;
        const references = Array.from({ length: burst }, () => reference(dice, pages));
        const cpu = dice.below(pair.cores.length);
        if (dice.chanceOf(1, 12)) {
          pair.flush(dice.below(pair.cores.length), dice.chanceOf(1, 3) ? undefined : FIRST_PAGE + dice.below(pages));
        }
        pair.run(cpu, references);
        const where = `${kind}, ${cache.title}, seed ${dice.seed}, step ${step}, CPU ${cpu}: ${JSON.stringify(references)}`;
        const [fast, naive] = pair.contents();
        if (fast !== naive) expect(fast, where).toBe(naive);
        const breaches = pair.breaches();
        if (breaches.length > 0) expect(breaches, where).toEqual([]);
        if (step % 16 === 0 || step === 399) {
          const [fastCounts, naiveCounts] = pair.counts();
          expect(fastCounts, where).toEqual(naiveCounts);
        }
      }
    }
  });
});
