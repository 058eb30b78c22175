/**
 * One CPU with two cache levels and nothing else, for comparing with cache simulators: no TLB, so addresses are used as
 * they are, and instruction lines of a trace are skipped.
 */
import { builtIn, type Body, type BuiltIn } from './builtin.ts';

const COMPARISON = 'chosen: the configuration that DineroIV is run with for comparison';
const MEANINGLESS = 'assumed: times mean nothing on this machine';

export const cachesOnly: BuiltIn = builtIn(
  {
    id: 'caches-only',
    title: 'Caches only',
    line: 'One CPU, L1D 16 KB and L2 1 MB, no TLB, data only: counts as cache simulators give them',
    basis: 'assumed',
    year: '-',
  },
  (): Body => ({
    notes: `No machine: **a cache simulator's configuration**. L1D 16 KB 4-way and unified L2 1 MB 4-way, 32-byte lines, true LRU,
write-back, write-allocate. There is no TLB (addresses are used as they are), and instruction lines are skipped.

- Hits, misses and write-backs are to be equal to DineroIV's for the same trace; times mean nothing.

**Try**: open a lackey trace, run it here, and compare with
\`dineroIV -l1-dsize 16k -l1-dbsize 32 -l1-dassoc 4 -l2-usize 1m -l2-ubsize 32 -l2-uassoc 4\`.

DineroIV’s published counts for the trace of sort (1,811,400 L1 accesses, 16,240 misses, 25,811 L2 accesses, 6,197 misses) were
taken on an extended-din conversion that copied lackey’s decimal sizes where DineroIV reads hexadecimal:
\`npx numaq run caches-only --trace sort.lackey.gz --lackey-sizes hex\` gives exactly these. With the sizes as lackey means them
(the default, and what the window opens) they are 1,751,214, 16,130, 25,634 and 6,144.`,
    machine: {
      bits: 64,
      pae: false,
      nodes: [{ id: 0, cpus: 1, memoryMiB: 4096 }],
      cpu: {
        name: 'A cache simulator',
        clockMHz: 1000,
        instructionNs: 1,
        l1d: { kib: 16, ways: 4, lineBytes: 32 },
        l2: { kib: 1024, ways: 4, lineBytes: 32, hitNs: 10 },
        instructions: 'skip',
      },
      bus: { bandwidthMBps: 1000, queued: false },
      localNs: 100,
      transferNs: 100,
      interconnect: { kind: 'none' },
    },
    kernel: { flavour: '2.6.28', codeKiB: 0, dataKiB: 0, initKiB: 0, reservedKiB: 0, faultNs: 0 },
    sources: {
      machine: MEANINGLESS,
      'machine.nodes': COMPARISON,
      'machine.cpu.l1d': COMPARISON,
      'machine.cpu.l2': COMPARISON,
      'machine.cpu.l2.hitNs': MEANINGLESS,
      kernel: 'chosen: no kernel takes part in the comparison',
    },
  }),
);
