/** Arguments and errors of every call that binds memory: a row each, as mm/mempolicy.c and the patches have them. */
import { describe, expect, it } from 'vitest';
import type { BindMode, CallResult, ShmPlacement } from '../../../../src/sim/kernel/policy/mempolicy.ts';
import { bindings } from '../../../../src/sim/profiles/kernel-schema.ts';
import { Quads } from './quads.ts';

type Row<T extends readonly unknown[]> = readonly [what: string, ...T, result: CallResult];

describe('which kernel has which call', () => {
  const numaApi = ['mempolicy', 'preferred-many', 'weighted-interleave'];
  it.each(bindings)('with %s, and ENOSYS for all others', (binding) => {
    const quads = new Quads({ binding });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const on = quads.on(task);
    const segment = quads.segment('s', 4);
    const shmbind = syscalls.shmbind(on, task, segment, { placement: 'firstref', hard: true, nodes: [0] });
    const at = quads.map(task, 4, segment);
    const there = {
      mem_setbinding: syscalls.memSetbinding(on, task, [0], true),
      shmbind,
      membind: syscalls.membind(on, task, at, 4, [0]),
      set_mempolicy: syscalls.setMempolicy(on, task, 'bind', [0]),
      mbind: syscalls.mbind(on, task, { vpn: at, pages: 4, mode: 'bind', nodes: [0], strict: false }),
    };
    const has = (yes: boolean): CallResult => (yes ? 0 : 'ENOSYS');
    expect(there).toEqual({
      mem_setbinding: has(binding === 'mem_setbinding'),
      shmbind: has(binding === 'shmbind'),
      membind: has(binding === 'membind'),
      set_mempolicy: has(numaApi.includes(binding)),
      mbind: has(numaApi.includes(binding)),
    });
  });
});

/** Masks of mpol_check_policy() and nodes_online(), which both calls go through. */
const masks: readonly Row<[BindMode, readonly number[]]>[] = [
  ['default without nodes', 'default', [], 0],
  ['default with nodes', 'default', [0], 'EINVAL'],
  ['preferred: one node', 'preferred', [4], 0],
  ['preferred without nodes: the local one', 'preferred', [], 0],
  ['preferred: several, of which the first counts', 'preferred', [4, 6], 0],
  ['preferred: a node that is not there', 'preferred', [1], 'EINVAL'],
  ['preferred: the first is there, another is not', 'preferred', [0, 5], 'EINVAL'],
  ['bind to some', 'bind', [2, 6], 0],
  ['bind to nothing', 'bind', [], 'EINVAL'],
  ['bind to a node that is not there', 'bind', [0, 1], 'EINVAL'],
  ['interleave over all', 'interleave', [6, 4, 2, 0], 0],
  ['interleave over nothing', 'interleave', [], 'EINVAL'],
  ['interleave over nodes that are not there', 'interleave', [100], 'EINVAL'],
];

describe('set_mempolicy', () => {
  it.each(masks)('%s', (_, mode, nodes, result) => {
    const quads = new Quads();
    const task = quads.process();
    expect(quads.kernel.syscalls.setMempolicy(quads.on(task), task, mode, nodes)).toBe(result);
  });

  const laterModes = [
    ['mempolicy', 'preferred-many', 'EINVAL'],
    ['mempolicy', 'weighted-interleave', 'EINVAL'],
    ['preferred-many', 'preferred-many', 0],
    ['preferred-many', 'weighted-interleave', 'EINVAL'],
    ['weighted-interleave', 'preferred-many', 0],
    ['weighted-interleave', 'weighted-interleave', 0],
  ] as const;
  it.each(laterModes)('of a kernel with %s: mode %s', (binding, mode, result) => {
    const quads = new Quads({ binding });
    const task = quads.process();
    expect(quads.kernel.syscalls.setMempolicy(quads.on(task), task, mode, [0, 2])).toBe(result);
    expect(quads.kernel.syscalls.setMempolicy(quads.on(task), task, mode, [])).toBe('EINVAL');
  });

  it('changes nothing where it is refused, and goes back to none with default', () => {
    const quads = new Quads();
    const { syscalls } = quads.kernel;
    const task = quads.process();
    syscalls.setMempolicy(quads.on(task), task, 'bind', [4]);
    syscalls.setMempolicy(quads.on(task), task, 'bind', [5]);
    expect(task.policy).toEqual({ mode: 'bind', nodes: [4] });
    syscalls.setMempolicy(quads.on(task), task, 'default', []);
    expect(task.policy).toBeUndefined();
  });
});

describe('mbind', () => {
  it.each(masks)('%s', (_, mode, nodes, result) => {
    const quads = new Quads();
    const task = quads.process();
    const at = quads.map(task, 8);
    expect(quads.kernel.syscalls.mbind(quads.on(task), task, { vpn: at, pages: 8, mode, nodes, strict: false })).toBe(
      result,
    );
  });

  /** Pages 0 to 9 and 20 to 29 are mapped, from a page far above everything else. */
  const ranges: readonly Row<[number, number]>[] = [
    ['all of a mapping', 0, 10, 0],
    ['a part of it', 3, 4, 0],
    ['nothing', 3, 0, 0],
    ['nothing, where nothing is mapped', 100, 0, 0],
    ['an address within a page', 0.5, 1, 'EINVAL'],
    ['across a hole', 5, 20, 'EFAULT'],
    ['beyond the last mapping', 25, 10, 'EFAULT'],
    ['above all mappings', 40, 1, 'EFAULT'],
    // Where check_range() of 2.6.11 does not look: before the first mapping and after the last one of the range.
    ['from within a hole to a mapping', 15, 10, 0],
    ['from a mapping into a hole that another mapping ends', 5, 10, 0],
  ];
  it.each(ranges)('of %s', (_, from, pages, result) => {
    const quads = new Quads();
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const base = 0x70000;
    for (const at of [base, base + 20]) {
      syscalls.mmap(quads.on(task), task, { pages: 10, pgoff: 0, shared: false, writable: true, at });
    }
    expect(
      syscalls.mbind(quads.on(task), task, { vpn: base + from, pages, mode: 'bind', nodes: [2], strict: false }),
    ).toBe(result);
  });

  const strict: readonly Row<[BindMode, readonly number[], boolean]>[] = [
    ['of pages on its nodes', 'bind', [0, 2], true, 0],
    ['of a page elsewhere', 'bind', [2], true, 'EIO'],
    ['of a page elsewhere, interleaved', 'interleave', [2, 4], true, 'EIO'],
    ['of a page elsewhere, preferred', 'preferred', [6], true, 'EIO'],
    ['of a page elsewhere, without STRICT', 'bind', [2], false, 0],
    ['default, which takes the flag away', 'default', [], true, 0],
  ] as unknown as readonly Row<[BindMode, readonly number[], boolean]>[];
  it.each(strict)('MPOL_MF_STRICT %s', (_, mode, nodes, flag, result) => {
    const quads = new Quads();
    const task = quads.process();
    const at = quads.map(task, 8);
    quads.touch(task, at + 3, 1, 0);
    expect(quads.nodeOf(task, at + 3)).toBe(0);
    expect(quads.kernel.syscalls.mbind(quads.on(task), task, { vpn: at, pages: 8, mode, nodes, strict: flag })).toBe(
      result,
    );
    // Refused before anything is split or set; and in no case moved.
    const set = result === 0 && mode !== 'default';
    expect(task.mm?.vmaAt(at)?.policy !== undefined).toBe(set);
    expect(quads.nodeOf(task, at + 3)).toBe(0);
  });

  it('MPOL_MF_STRICT looks at the pages of its own range alone', () => {
    const quads = new Quads();
    const task = quads.process();
    const at = quads.map(task, 1200);
    quads.touch(task, at + 1100, 1, 0);
    const { syscalls } = quads.kernel;
    expect(syscalls.mbind(quads.on(task), task, { vpn: at, pages: 1100, mode: 'bind', nodes: [2], strict: true })).toBe(
      0,
    );
    expect(
      syscalls.mbind(quads.on(task), task, { vpn: at + 1101, pages: 99, mode: 'bind', nodes: [2], strict: true }),
    ).toBe(0);
    expect(syscalls.mbind(quads.on(task), task, { vpn: at, pages: 1101, mode: 'bind', nodes: [2], strict: true })).toBe(
      'EIO',
    );
  });
});

describe('shmbind', () => {
  const rows: readonly Row<[ShmPlacement, readonly number[]]>[] = [
    ['firstref', 'firstref', [0, 6], 0],
    ['stripe', 'stripe', [4, 2], 0],
    ['mostfree, which was reserved', 'mostfree', [0], 'EINVAL'],
    ['an empty mask', 'firstref', [], 'EFAULT'],
    ['a mask of nodes that are not there', 'stripe', [1, 3], 'EFAULT'],
    ['a mask of which one node is there', 'stripe', [1, 2], 0],
  ];
  it.each(rows)('%s', (_, placement, nodes, result) => {
    const quads = new Quads({ binding: 'shmbind' });
    const task = quads.process();
    const segment = quads.segment('s', 8);
    for (const hard of [true, false]) {
      expect(quads.kernel.syscalls.shmbind(quads.on(task), task, segment, { placement, hard, nodes })).toBe(result);
    }
  });

  it('is EINVAL once the segment has been attached, now or at any time before', () => {
    const quads = new Quads({ binding: 'shmbind' });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const segment = quads.segment('s', 8);
    const bind = (): CallResult =>
      syscalls.shmbind(quads.on(task), task, segment, { placement: 'stripe', hard: true, nodes: [0, 2] });
    expect(bind()).toBe(0);
    const at = quads.map(task, 8, segment);
    expect(bind()).toBe('EINVAL');
    syscalls.munmap(quads.on(task), task, at, 8);
    expect(bind()).toBe('EINVAL');
  });

  it('is EPERM for a segment that the caller may not write to', () => {
    const quads = new Quads({ binding: 'shmbind' });
    const task = quads.process();
    const segment = quads.segment('s', 8);
    segment.readOnly = true;
    expect(
      quads.kernel.syscalls.shmbind(quads.on(task), task, segment, { placement: 'firstref', hard: false, nodes: [0] }),
    ).toBe('EPERM');
    expect(segment.policy).toBeUndefined();
  });
});

describe('membind', () => {
  const rows: readonly Row<[readonly number[]]>[] = [
    ['one CPU', [2], 0],
    ['all CPUs, in any order', [3, 0, 2, 1], 0],
    ['CPUs of which one is there', [1, 20], 0],
    ['more bits than NR_CPUS', [0, 32], 'EINVAL'],
    ['no CPU', [], 'EFAULT'],
    ['CPUs that are not there', [20, 21], 'EFAULT'],
  ];
  it.each(rows)('%s', (_, cpus, result) => {
    const quads = new Quads({ binding: 'membind' });
    const task = quads.process();
    const at = quads.map(task, 8, quads.segment('s', 8));
    expect(quads.kernel.syscalls.membind(quads.on(task), task, at, 8, cpus)).toBe(result);
  });

  it('is EINVAL for what is no segment: private memory, a file, huge pages, nothing', () => {
    const quads = new Quads({ binding: 'membind', hugePages: 2 });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const on = quads.on(task);
    const file = syscalls.mmap(on, task, {
      pages: 4,
      pgoff: 0,
      shared: true,
      writable: true,
      file: syscalls.file('/f', 16384),
    });
    const huge = quads.map(task, 512, quads.segment('h', 512, true));
    const own = quads.map(task, 4);
    for (const vpn of [own, file, huge, 0x700000]) expect(syscalls.membind(on, task, vpn, 1, [0])).toBe('EINVAL');
  });

  it('takes whatever mapping ends above the address, and looks neither at the length nor whether it is held there', () => {
    const quads = new Quads({ binding: 'membind' });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const segment = quads.segment('s', 8);
    const at = quads.map(task, 8, segment);
    expect(syscalls.membind(quads.on(task), task, at - 5, 10_000, [3])).toBe(0);
    expect(segment.policy).toEqual({ kind: 'membind', nodes: [6] });
    expect(syscalls.membind(quads.on(task), task, at + 7, 0, [1, 1, 0])).toBe(0);
    expect(segment.policy).toEqual({ kind: 'membind', nodes: [0, 2] });
  });
});

describe('mem_setbinding', () => {
  const first: readonly Row<[readonly number[]]>[] = [
    ['some nodes', [2, 4], 0],
    ['nodes of which one is there', [1, 2, 3], 0],
    ['nothing', [], 'ENODEV'],
    ['nodes that are not there', [1, 7], 'ENODEV'],
  ];
  it.each(first)('to %s', (_, nodes, result) => {
    const quads = new Quads({ binding: 'mem_setbinding' });
    const task = quads.process();
    for (const strict of [true, false]) {
      task.binding = undefined;
      expect(quads.kernel.syscalls.memSetbinding(quads.on(task), task, nodes, strict)).toBe(result);
    }
  });

  it('may narrow the mask and no more: EPERM for a node that it has not, whose child is no better off', () => {
    const quads = new Quads({ binding: 'mem_setbinding' });
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const set = (of: typeof task, nodes: readonly number[]): CallResult =>
      syscalls.memSetbinding(quads.on(of), of, nodes, true);
    expect(set(task, [0, 2, 4])).toBe(0);
    expect(set(task, [2, 6])).toBe('EPERM');
    expect(set(task, [2, 4])).toBe(0);
    expect(set(task, [0])).toBe('EPERM');
    const child = quads.fork(task);
    expect(set(child, [0])).toBe('EPERM');
    expect(set(child, [4])).toBe(0);
    expect(task.binding?.nodes).toEqual([2, 4]);
  });
});
