/** Routes of every kind of interconnect: paths that connect, hops counted by hand, shortest paths against Floyd and Warshall. */
import { describe, expect, it } from 'vitest';
import { makeRoutes, type Routes } from '../../../src/sim/hardware/routes.ts';
import type { InterconnectSpec } from '../../../src/sim/profiles/schema.ts';
import { profileOf } from '../boot/machines.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

const fabric = { remoteNs: 2500, linkMBps: 1000, queued: true, invalidation: 'parallel' as const };

function routes(nodes: number, interconnect: InterconnectSpec, ids = (place: number): number => place): Routes {
  const list = Array.from({ length: nodes }, (_, place) => ({ id: ids(place), cpus: 1, memoryMiB: 1024 }));
  return makeRoutes(profileOf({ nodes: list, bits: 64, machine: { localNs: 225, interconnect } }).machine);
}

function pathOf(made: Routes, from: number, to: number): number[] {
  const links: number[] = [];
  made.path(from, to, (link) => links.push(link));
  return links;
}

/** Places that a message comes through, the switch of a crossbar being -1. Throws where two links do not join. */
function placesOf(made: Routes, from: number, to: number): number[] {
  const places = [from];
  for (const link of pathOf(made, from, to)) {
    const [a, b] = made.ends(link);
    if (a !== places[places.length - 1]) throw new Error(`link ${link} begins at ${a}, not ${places.join(' ')}`);
    places.push(b);
  }
  return places;
}

const ring = (oneWay: boolean): InterconnectSpec => ({ kind: 'ring', oneWay, hopNs: 40, ...fabric });
const mesh = (columns: number): InterconnectSpec => ({ kind: 'mesh', columns, hopNs: 40, ...fabric });

describe('every kind of interconnect', () => {
  const chain = Array.from({ length: 10 }, (_, i) => ({ from: i, to: i + 1, latencyNs: 30, bandwidthMBps: 100 }));
  const latencyNs = Array.from({ length: 11 }, (_, from) => Array.from({ length: 11 }, (__, to) => 200 + from + to));
  const { linkMBps, queued, invalidation } = fabric;
  it.each<[string, InterconnectSpec]>([
    ['one-way ring', ring(true)],
    ['two-way ring', ring(false)],
    ['mesh of 4 columns', mesh(4)],
    ['mesh of 11 columns', mesh(11)],
    ['mesh of 1 column', mesh(1)],
    ['crossbar', { kind: 'crossbar', ...fabric }],
    ['matrix', { kind: 'matrix', latencyNs, linkMBps, queued, invalidation }],
    ['links', { kind: 'links', links: chain, ...fabric }],
  ])('joins any two of 11 nodes by links that are there: %s', (_, spec) => {
    const made = routes(11, spec);
    for (let from = 0; from < 11; from++) {
      for (let to = 0; to < 11; to++) {
        if (from === to) continue;
        const places = placesOf(made, from, to);
        expect(places[places.length - 1]).toBe(to);
        expect(places.every((place) => place >= -1 && place < 11)).toBe(true);
        for (const link of pathOf(made, from, to)) expect(link).toBeLessThan(made.links);
      }
    }
  });
});

describe('a ring', () => {
  it('goes one way round, and there and back takes the same from everywhere', () => {
    const made = routes(8, ring(true));
    expect(placesOf(made, 6, 1)).toEqual([6, 7, 0, 1]);
    expect(placesOf(made, 1, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    for (let from = 0; from < 8; from++) {
      for (let to = 0; to < 8; to++) {
        expect(made.missNs(from, to)).toBe(from === to ? 225 : 2500);
        // Request and reply together are once round.
        if (from !== to) expect(pathOf(made, from, to).length + pathOf(made, to, from).length).toBe(8);
      }
    }
  });

  it('takes the shorter way when it goes both ways, upwards where both are as long', () => {
    const made = routes(6, ring(false));
    expect(placesOf(made, 1, 5)).toEqual([1, 0, 5]);
    expect(placesOf(made, 5, 1)).toEqual([5, 0, 1]);
    expect(placesOf(made, 0, 3)).toEqual([0, 1, 2, 3]);
    // The nearest is 2,500; each further link adds 40 there and 40 back.
    expect([1, 2, 3, 4, 5].map((to) => made.missNs(0, to))).toEqual([2500, 2580, 2660, 2580, 2500]);
  });
});

describe('a mesh', () => {
  it('goes along the row and then along the column', () => {
    const made = routes(12, mesh(4));
    expect(placesOf(made, 0, 11)).toEqual([0, 1, 2, 3, 7, 11]);
    expect(placesOf(made, 11, 0)).toEqual([11, 10, 9, 8, 4, 0]);
    expect(made.missNs(0, 11)).toBe(2500 + 2 * 40 * 4);
    expect(made.missNs(5, 6)).toBe(2500);
  });

  it('goes round the gap of a last row that is not full, in as many hops', () => {
    // 0 1 2 3 / 4 5 6 7 / 8 9
    const made = routes(10, mesh(4));
    expect(placesOf(made, 8, 7)).toEqual([8, 4, 5, 6, 7]);
    expect(placesOf(made, 7, 8)).toEqual([7, 6, 5, 4, 8]);
    for (let from = 0; from < 10; from++) {
      for (let to = 0; to < 10; to++) {
        const hops = Math.abs((from % 4) - (to % 4)) + Math.abs(Math.floor(from / 4) - Math.floor(to / 4));
        expect(pathOf(made, from, to)).toHaveLength(hops);
      }
    }
  });
});

describe('a crossbar and a matrix', () => {
  it('go out of one port and into the other', () => {
    const made = routes(3, { kind: 'crossbar', ...fabric });
    expect(placesOf(made, 2, 0)).toEqual([2, -1, 0]);
    expect([made.missNs(2, 0), made.missNs(2, 2)]).toEqual([2500, 225]);
  });

  it('takes latencies as the matrix has them, its diagonal included', () => {
    const { linkMBps, queued, invalidation } = fabric;
    const latencyNs = [
      [90, 300],
      [310, 95],
    ];
    const made = routes(2, { kind: 'matrix', latencyNs, linkMBps, queued, invalidation });
    expect([made.missNs(0, 0), made.missNs(0, 1), made.missNs(1, 0), made.missNs(1, 1)]).toEqual([90, 300, 310, 95]);
  });
});

describe('explicit links', () => {
  it.each(seeds(30))('are taken along the quickest path, as Floyd and Warshall find it (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const nodes = dice.between(2, 12);
    const ids = (place: number): number => 7 * place + 3; // ids are not places
    const links = Array.from({ length: nodes - 1 }, (_, i) => [dice.below(i + 1), i + 1]);
    for (let extra = dice.below(2 * nodes); extra > 0; extra--) {
      const from = dice.below(nodes);
      const to = dice.below(nodes);
      if (from !== to) links.push([from, to]);
    }
    const spec = links.map(([from, to]) => ({
      from: ids(from),
      to: ids(to),
      latencyNs: dice.between(1, 100),
      bandwidthMBps: dice.between(100, 4000),
    }));
    const best = Array.from({ length: nodes }, (_, a) => {
      return Array.from({ length: nodes }, (__, b): number => (a === b ? 0 : Infinity));
    });
    links.forEach(([a, b], i) => {
      best[a][b] = Math.min(best[a][b], spec[i].latencyNs);
      best[b][a] = best[a][b];
    });
    for (let k = 0; k < nodes; k++) {
      for (let a = 0; a < nodes; a++) {
        for (let b = 0; b < nodes; b++) best[a][b] = Math.min(best[a][b], best[a][k] + best[k][b]);
      }
    }
    const nearest = Math.min(...spec.map((link) => link.latencyNs));
    const made = routes(nodes, { kind: 'links', links: spec, ...fabric }, ids);
    for (let a = 0; a < nodes; a++) {
      for (let b = 0; b < nodes; b++) {
        const expected = a === b ? 225 : 2500 + 2 * (best[a][b] - nearest);
        expect(made.missNs(a, b), `seed ${seed}, ${a} to ${b}`).toBe(expected);
        // Links are made in pairs, there and back, in the order of the profile.
        const time = pathOf(made, a, b).reduce((sum, link) => sum + spec[Math.floor(link / 2)].latencyNs, 0);
        expect(time, `seed ${seed}, ${a} to ${b}`).toBe(best[a][b]);
      }
    }
  });

  it('keeps its own bandwidth on every link', () => {
    const links = [
      { from: 0, to: 1, latencyNs: 10, bandwidthMBps: 800 },
      { from: 1, to: 2, latencyNs: 10, bandwidthMBps: 400 },
    ];
    const made = routes(3, { kind: 'links', links, ...fabric });
    expect(pathOf(made, 2, 0).map((link) => made.bandwidthMBps(link))).toEqual([400, 800]);
  });
});

describe('no interconnect', () => {
  it('is good for one node and refused for two', () => {
    expect(routes(1, { kind: 'none' }).missNs(0, 0)).toBe(225);
    expect(() => routes(2, { kind: 'none' })).toThrow('expected an interconnect for 2 nodes, found none');
  });
});
