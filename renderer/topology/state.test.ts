import { describe, expect, it } from 'vitest';
import type { Moment } from '../../src/sim/engine/moment.ts';
import { machineOn } from '../panels/testing.ts';
import { Run } from '../state/run.svelte.ts';
import type { MachineState } from '../state/machine.svelte.ts';
import { SelectionState } from '../state/selection.svelte.ts';
import { cpuStates, sharesText, stateOf } from './cpu-state.ts';
import { factsOf } from './run-facts.ts';
import { TopologyState } from './topology.svelte.ts';
import { changesOf, spillOf } from './changes.ts';

function drawing(id: string): { topology: TopologyState; machine: MachineState } {
  const selection = new SelectionState();
  const machine = machineOn(id);
  const topology = new TopologyState({ machine, selection, runs: { current: null }, playhead: { moment: null } });
  topology.width = 900;
  topology.height = 440;
  topology.fit();
  return { topology, machine };
}

describe('what a run says of zones', () => {
  const free = { node: 0, zone: 'HighMem', index: 0, free: 300, perCpu: 0, owners: {} };
  const moment = { timeNs: 5, nodes: [], cpus: [], links: [], zones: [free] } as unknown as Moment;

  function looked(machine: MachineState, on: MachineState): { free: number | undefined; live: boolean } {
    if (on.profile === null || machine.layout === null) throw new Error('no machine');
    const current = new Run({ profile: on.profile, layout: null, workloads: [], seed: 1, title: '' }, 1);
    const selection = new SelectionState();
    const { facts } = new TopologyState({ machine, selection, runs: { current }, playhead: { moment } });
    return { free: facts.freeOf(machine.layout.nodes[0], { zone: 'HighMem', index: 0 }), live: facts.live };
  }

  it('is of the moment under the playhead, in frames however large the clusters are', async () => {
    const machine = machineOn('numaq-64g-8quad');
    expect(looked(machine, machine)).toEqual({ free: 300, live: true });
    await machine.edit('kernel.pageMmuShift', 3);
    expect(looked(machine, machine)).toEqual({ free: 2400, live: true });
  });

  it('is nothing of a run of another machine', () => {
    expect(looked(machineOn('numaq-64g-8quad'), machineOn('numaq-64g-8quad'))).toEqual({
      free: undefined,
      live: false,
    });
  });

  it('counts clusters where marks are compared, also of a run that has samples alone', () => {
    const { profile } = machineOn('numaq-64g-8quad');
    if (profile === null) throw new Error('no machine');
    const kernel = { ...profile.kernel, pageMmuShift: 3 };
    const run = new Run({ profile: { ...profile, kernel }, layout: null, workloads: [], seed: 1, title: '' }, 1);
    const frames = [{ columns: ['timeNs', 'free:0:HighMem:0'], row: [10, 800] }];
    run.take(
      { runId: '', state: 'running', progress: 0, timeNs: 10, references: 0, frames, moments: [], markers: [] },
      0,
    );
    expect(factsOf(run, null).zones).toEqual([{ node: 0, zone: 'HighMem', index: 0, free: 100 }]);
  });
});

describe('what is in use of a node', () => {
  it('is told while the machine boots, and not where nothing is up to use it', async () => {
    const { topology, machine } = drawing('numaq-64g-8quad');
    const { facts } = topology;
    expect(facts.usedOf(0)).toBeGreaterThan(0);
    expect(facts.sumOf([0, 1]).used).toBeGreaterThan(0);
    await machine.edit('kernel.structPageBytes', 60);
    expect(machine.layout?.boots).toBe(false);
    expect([facts.usedOf(0), facts.sumOf([0, 1]).used]).toEqual([null, null]);
  });
});

describe('the drawing of a large machine', () => {
  it('shows all of it folded, then a group open, then folded again', () => {
    const { topology } = drawing('altix-3700-128n');
    expect(topology.plan?.groups).toHaveLength(8);
    expect(topology.drawn).toEqual([]);
    topology.open(1);
    // The second square of four columns of a mesh of 16.
    expect(topology.drawn).toEqual([4, 5, 6, 7, 20, 21, 22, 23, 36, 37, 38, 39, 52, 53, 54, 55]);
    topology.fold(1);
    expect(topology.drawn).toEqual([]);
  });

  it('opens groups by zooming, and folds them by zooming out', () => {
    const { topology } = drawing('altix-4700-4096n');
    for (let step = 0; step < 15; step += 1) topology.zoomBy(1.3);
    expect(topology.drawn.length).toBeGreaterThan(0);
    // What is not in sight is not drawn, however many nodes there are.
    expect(topology.drawn.length).toBeLessThan(400);
    for (let step = 0; step < 15; step += 1) topology.zoomBy(1 / 1.3);
    expect(topology.drawn).toEqual([]);
    expect(topology.viewport.zoom).toBe(topology.least);
  });

  it('goes to a node by opening its group, as a card in the middle', () => {
    const { topology } = drawing('altix-4700-4096n');
    topology.goTo(2080);
    expect(topology.detail).toBe('card');
    expect(topology.drawn).toContain(2080);
    const { x, y, zoom } = topology.viewport;
    const card = topology.plan?.cards[2080];
    if (card === undefined) throw new Error('no card');
    expect((card.x + card.width / 2) * zoom + x).toBeCloseTo(450, 6);
    expect((card.y + card.height / 2) * zoom + y).toBeCloseTo(220, 6);
  });

  it('walks by rows and columns, over the borders of groups', () => {
    const { topology } = drawing('altix-3700-128n');
    expect(topology.nextTo(3, 1, 0)).toBe(4);
    expect(topology.nextTo(3, 0, 1)).toBe(19);
    expect(topology.nextTo(0, -1, 0)).toBe(-1);
    expect(topology.groupNextTo(0, 0, 1)).toBe(4);
  });

  it('is found again as it was left for another machine, and a machine not seen before is shown whole', () => {
    const { topology, machine } = drawing('altix-3700-128n');
    topology.open(1);
    topology.pan(0.5, 0);
    const { viewport, drawn } = topology;
    topology.leave(machine);
    topology.showAll();
    expect(topology.drawn).toEqual([]);
    topology.come();
    expect([topology.viewport, topology.drawn, topology.fitted]).toEqual([viewport, drawn, false]);
    const other = drawing('altix-3700-128n').topology;
    other.come();
    expect(other.fitted).toBe(true);
  });
});

const cpu = { cpu: 0, node: 3, user: 0.2, kernel: 0.1, lock: 0, remote: 0.7, idle: 0, task: 'ora 51' };

describe('what CPUs did', () => {
  it('is the largest share of the interval, and idle where nothing ran', () => {
    expect(stateOf(cpu).letter).toBe('R');
    expect(stateOf(undefined).letter).toBe('-');
    expect(sharesText(cpu)).toBe('user 20 %, kernel 10 %, remote wait 70 %');
    expect(cpuStates([cpu, cpu, undefined]).map(({ letter, count }) => [letter, count])).toEqual([
      ['R', 2],
      ['-', 1],
    ]);
  });
});

describe('a moment of a run', () => {
  const machine = machineOn('numaq-64g-8quad');
  const { layout } = machine;
  if (layout === null) throw new Error('no layout');
  const { low, high } = layout.nodes[3].zones[0].watermarks;
  const zone = (node: number, free: number): Moment['zones'][number] => ({
    ...{
      node,
      zone: 'HighMem',
      index: layout.nodes[node].zones[0].index,
      free,
      perCpu: 0,
      owners: { anonymous: 5000 },
    },
  });
  const moment: Moment = {
    timeNs: 1,
    cpus: [cpu],
    nodes: [{ node: 3, bus: 0.29, local: 0.25, remoteCache: 0.5, remote: 0.25, migrations: 2 }],
    zones: [zone(3, low), zone(4, high + 1000)],
    links: [
      { from: 3, to: 4, utilisation: 0.2 },
      { from: 4, to: 3, utilisation: 0.6 },
    ],
  };
  const run = {} as Parameters<typeof factsOf>[0];
  const known = factsOf(run, moment);

  it('gives nodes their shares, links their busier way, and zones their owners', () => {
    expect(known.node(3)).toEqual({ local: 0.25, remoteCache: 0.5, bus: 0.29, migrations: 2 });
    expect(known.node(5)).toBeUndefined();
    expect(known.load(3, 4)).toEqual({ share: 0.6, toward: false });
    expect(known.load(4, 3)).toEqual({ share: 0.6, toward: true });
    expect(known.load(0, 1)).toBeUndefined();
    expect(known.ownedOf(layout.nodes[3], layout.nodes[3].zones[0])?.owners).toEqual({ anonymous: 5000 });
  });

  it('has a node below low, and its next zone on the list takes the spill', () => {
    const changes = changesOf(
      layout,
      known,
      layout.nodes.map(() => 0),
    );
    expect([...changes.low]).toEqual([3]);
    // The list of node 3 goes on along the ring.
    const list = layout.zonelists.find(({ node, gfp }) => node === 3 && gfp === 'GFP_HIGHUSER')?.zones ?? [];
    expect([...spillOf(layout, known, changes.low)]).toEqual([list.find(({ node }) => node !== 3)?.node]);
  });

  it('is nothing where no run is shown', () => {
    expect(factsOf(null, moment).hasCpus).toBe(false);
  });
});
