/** A line that a third node holds: who carries what, message by message, by hand. */
import { expect, it } from 'vitest';
import { asPfn } from '../../../src/sim/base/units.ts';
import * as C from '../../../src/sim/base/counters.ts';
import { Machine } from '../../../src/sim/hardware/machine.ts';
import { cpu, profileOf } from '../boot/machines.ts';

const HEADER = 16;
const LINE = 32;

function machine(): Machine {
  const nodes = [0, 1, 2].map((id) => ({ id, cpus: 1, memoryMiB: 16 }));
  const profile = profileOf({ nodes, bits: 64, machine: { cpu: { ...cpu, dtlb: { entries: 4, ways: 4 } } } });
  return new Machine(profile.machine, [0, 4096, 8192], [4096, 8192, 12288], 3, 4096);
}

/** Bytes on the port out of each node of the crossbar. */
function sent(on: Machine): number[] {
  const bytes = [0, 0, 0];
  for (const { from, ledger } of on.interconnect.used()) if (from >= 0) bytes[from] += ledger.bytes;
  return bytes;
}

it('puts the request to the owner and its answer on the links, and the line on the owner’s bus', () => {
  const lab = machine();
  const [, owner, reader] = [0, 1, 2].map((number) => lab.core(number));
  const line = lab.frames.slotOf(0, asPfn(0)) << 7;

  expect(lab.miss(owner, line, true, 0)).toBe(2500);
  expect(sent(lab)).toEqual([HEADER + LINE, HEADER, 0]);
  expect(lab.nodes[0].bus.bytes).toBe(LINE);

  // Long after, so that nobody waits: to home and back, and from home to the owner and back but for home's own memory.
  expect(lab.miss(reader, line, false, 1e6)).toBe(2500 + 2500 - 225);
  expect(sent(lab)).toEqual([2 * (HEADER + LINE) + HEADER, HEADER + HEADER + LINE, HEADER]);
  // Home's memory gave the line twice; the owner's bus carried it in and out again, the reader's in.
  expect(lab.nodes.map((node) => node.bus.bytes)).toEqual([2 * LINE, 2 * LINE, LINE]);
  expect(reader.counters[C.QUEUE_NS]).toBe(0);
});
