/** CPUs and the geometry of what they look up: a cache or TLB has a power of two of sets, a line is a power of two. */
import { grouped } from '../../base/grouped.ts';
import { isPowerOfTwo } from '../../base/bits.ts';
import { makeIssue, type Issue } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import type { MachineSpec } from '../../profiles/schema.ts';

interface Geometry {
  readonly kib: number;
  readonly ways: number;
  readonly lineBytes: number;
}

function cacheIssues(path: string, cache: Geometry | undefined, sizeField = 'kib'): Issue[] {
  if (cache === undefined) return [];
  const { kib, ways, lineBytes } = cache;
  if (!isPowerOfTwo(lineBytes)) {
    return [makeIssue('line', `${path}.lineBytes`, 'a power of two', `${lineBytes}`)];
  }
  const sets = (kib * KIB) / (ways * lineBytes);
  if (isPowerOfTwo(sets)) return [];
  const expected = `a size of a power of two of sets of ${ways} x ${lineBytes} B`;
  const found = `${Number.isInteger(sets) ? grouped(sets) : sets.toFixed(2)} sets`;
  return [makeIssue('sets', `${path}.${sizeField}`, expected, found)];
}

function tlbIssues(path: string, tlb: { readonly entries: number; readonly ways: number } | undefined): Issue[] {
  if (tlb === undefined) return [];
  const sets = tlb.entries / tlb.ways;
  if (isPowerOfTwo(sets)) return [];
  const found = `${Number.isInteger(sets) ? grouped(sets) : sets.toFixed(2)} sets`;
  return [makeIssue('sets', `${path}.entries`, `a power of two of sets of ${tlb.ways} entries`, found)];
}

function lineOrder(path: string, line: number, under: string, inner: number): Issue[] {
  if (line >= inner) return [];
  return [makeIssue('line', `${path}.lineBytes`, `at least ${inner}, the line of ${under}`, `${line}`)];
}

/** Issues of the CPUs, their caches and TLBs, and the remote cache. */
export function cpuIssues(machine: MachineSpec): Issue[] {
  const { cpu, remoteCache } = machine;
  const issues: Issue[] = [];
  if (machine.nodes.every((node) => node.cpus === 0)) {
    issues.push(makeIssue('no-cpu', 'machine.nodes', 'a CPU on at least one node', 'none'));
  }
  issues.push(
    ...cacheIssues('machine.cpu.l1i', cpu.l1i),
    ...cacheIssues('machine.cpu.l1d', cpu.l1d),
    ...cacheIssues('machine.cpu.l2', cpu.l2),
    ...tlbIssues('machine.cpu.itlb', cpu.itlb),
    ...tlbIssues('machine.cpu.dtlb', cpu.dtlb),
    ...lineOrder('machine.cpu.l2', cpu.l2.lineBytes, 'the L1 data cache', cpu.l1d.lineBytes),
  );
  if (cpu.l1i !== undefined) {
    issues.push(...lineOrder('machine.cpu.l2', cpu.l2.lineBytes, 'the L1 instruction cache', cpu.l1i.lineBytes));
  }
  if (remoteCache !== undefined) {
    const { mib, ways, lineBytes } = remoteCache;
    issues.push(...cacheIssues('machine.remoteCache', { kib: mib * KIB, ways, lineBytes }, 'mib'));
    issues.push(...lineOrder('machine.remoteCache', lineBytes, 'L2', cpu.l2.lineBytes));
  }
  return issues;
}
