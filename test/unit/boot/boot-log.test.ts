/** The boot as text: the kernel's lines as two logs of 2003 have them, tables that fit a terminal. */
import { describe, expect, it } from 'vitest';
import { bootLog } from '../../../src/sim/interop/boot-log.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { KernelTraits } from '../../../src/sim/profiles/traits.ts';
import { box16, box64, bootOf, profileOf, traitsBy } from './machines.ts';

const logOf = (profile: MachineProfile, traits: KernelTraits = traitsBy()): string[] => {
  return bootLog(profile, bootOf(profile, traits)).split('\n');
};

/** Lines of the log of the 64 GB box (W. L. Irwin, 28 Mar 2003) that the lab prints too. */
const LOG_64 = [
  ' BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)',
  ' BIOS-e820: 0000000000100000 - 00000000c0000000 (usable)',
  ' BIOS-e820: 0000000100000000 - 0000000fff800000 (usable)',
  'Reserving 23040 pages of KVA for lmem_map of node 1',
  'Shrinking node 1 from 4194304 pages to 4171264 pages',
  'Reserving 22528 pages of KVA for lmem_map of node 7',
  'Shrinking node 7 from 16775168 pages to 16752640 pages',
  'Reserving total of 160768 pages for numa KVA remap',
  '64632MB HIGHMEM available.',
  '268MB LOWMEM available.',
  'Low memory ends at vaddr d0c00000',
  'node 1 will remap to vaddr f2600000 - f8000000',
  'node 2 will remap to vaddr ecc00000 - f2600000',
  'node 7 will remap to vaddr d0c00000 - d6400000',
  'High memory starts at vaddr f8000000',
];

/** Lines of the log of the 16 GB box (3 Feb 2003). */
const LOG_16 = [
  'Shrinking node 3 from 4194304 pages to 4183552 pages',
  'Reserving total of 32256 pages for numa KVA remap',
  '15488MB HIGHMEM available.',
  '770MB LOWMEM available.',
  'Low memory ends at vaddr f0200000',
  'node 1 will remap to vaddr f5600000 - f8000000',
  'node 3 will remap to vaddr f0200000 - f2c00000',
];

describe('the boot log', () => {
  it('has the lines of the 64 GB box’s log, in their order', () => {
    const lines = logOf(box64());
    expect(lines.filter((line) => LOG_64.includes(line))).toEqual(LOG_64);
    expect(lines.at(-2)).toBe('It boots.');
  });

  it('has the lines of the 16 GB box’s log, and its alignment message', () => {
    const lines = logOf(box16(), traitsBy({ structPage: 40 }));
    expect(lines.filter((line) => LOG_16.includes(line))).toEqual(LOG_16);
    expect(lines).toContain('  BUG: wrong zone alignment, it will crash');
  });

  it('folds nodes that are alike into one row', () => {
    const rows = logOf(box64()).filter((line) => /^ {2}[\d-]+ +HighMem/.test(line));
    expect(rows.map((row) => row.trim().split(/ +/).slice(0, 4).join(' '))).toEqual([
      '1-6 HighMem 2,097,152 2,074,112',
      '7 HighMem 14,680,064 2,072,576',
    ]);
  });

  it('is short for 4,096 nodes', () => {
    const nodes = Array.from({ length: 4096 }, (_, id) => ({ id, cpus: 4, memoryMiB: 4096 }));
    const lines = logOf(profileOf({ nodes, bits: 64 }));
    expect(lines.length).toBeLessThan(40);
    expect(lines.some((line) => line.startsWith('  1-4095  Normal'))).toBe(true);
    expect(lines).toContain('  4,096 nodes: one node’s at a time (numaq boot --node ID)');
  });

  it('says of adapters that nothing uses them, and of swap that it needs a disk', () => {
    const device = { name: 'device', bandwidthMBps: 40, dmaBits: 32 as const };
    const io = [
      { ...device, kind: 'adapter' as const },
      { ...device, kind: 'disk' as const },
    ];
    const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 2048, io: id === 1 ? io : [] }));
    const expected = '  note: Adapters (1) are kept in the profile; the kernel drives disks only.';
    expect(logOf(profileOf({ nodes }), traitsBy({ structPage: 32 }))).toContain(expected);
    const swapping = profileOf({ nodes, kernel: { swapMiB: 512 } });
    const { messages } = bootOf(swapping, traitsBy({ structPage: 32 }));
    expect(messages.find(({ text }) => text.startsWith('Adapters'))?.path).toBe('machine.nodes[1].io');
    expect(messages.some(({ path }) => path === 'kernel.swapMiB')).toBe(false);
    expect(bootOf(box64({ kernel: { swapMiB: 512 } })).messages.some(({ path }) => path === 'kernel.swapMiB')).toBe(
      true,
    );
    expect(logOf(box64()).join(' ')).not.toContain('Adapters');
  });

  it('folds the windows of many nodes', () => {
    const nodes = Array.from({ length: 32 }, (_, id) => ({ id, cpus: 1, memoryMiB: 2048 }));
    const lines = logOf(profileOf({ nodes }), traitsBy({ structPage: 32 }));
    expect(lines).toContain('Reserving 4608 pages of KVA for lmem_map of nodes 1-31, each');
    expect(lines.filter((line) => line.includes('will remap'))).toHaveLength(1);
  });

  it('keeps its tables within 100 columns', () => {
    const zones = { zonesPerType: { dma: 1, normal: 2, highmem: 2 }, fallbackShare: 0.1 };
    const late = traitsBy({ watermarks: '2.6.11', zonelistOrder: '2.6.11', patches: ['a patch'] });
    for (const lines of [logOf(box64()), logOf(box64({ zones }), late), logOf(box16(), traitsBy({ structPage: 60 }))]) {
      const tables = lines.slice(lines.findIndex((line) => line.startsWith('Zones')));
      for (const line of tables) expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  it('ends with the reason where the machine does not boot, and lists issues where it is refused', () => {
    const broken = logOf(box64(), traitsBy({ structPage: 60 })).join(' ');
    expect(broken).toMatch(/It does not boot: mem_map of node 0 does not fit: .* is 60,065 MiB\./s);
    const refused = logOf(box64({ zones: { dmaLimitMiB: 1000 } }));
    expect(refused.slice(2)).toEqual([
      'zones.dmaLimitMiB: expected at most 268 MiB, where low memory ends, found 1,000 MiB',
      '',
      'It does not boot: the profile contradicts itself.',
      '',
    ]);
  });
});
