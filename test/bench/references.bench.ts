/**
 * References per second: the two-level kernel, the same loops in C (where gcc is there), and the full model on 16 CPUs
 * of the 16 GB box, all on the same trace and interleaved, so that the ratios hold on a noisy machine. Loops only:
 * reading and parsing are not timed.
 *
 * The trace: NUMAQ_TRACE, or the real one beside the project when it is there, or random updates made here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTrace } from '../../src/lab/traces/open-trace.ts';
import { PackedFileSource } from '../../src/lab/traces/packed-source.ts';
import { builtInById } from '../../src/sim/index.ts';
import { Simulation } from '../../src/sim/engine/simulation.ts';
import { claimBlock, type RecordBlock } from '../../src/sim/hardware/record-blocks.ts';
import { TwoLevel } from '../../src/sim/hardware/two-level.ts';
import * as C from '../../src/sim/base/counters.ts';
import { buildProgram } from '../../src/sim/workloads/registry.ts';
import type { TraceInfo, TraceSource } from '../../src/sim/workloads/trace.ts';
import { KIND_MASK, REF_FETCH } from '../../src/sim/workloads/trace.ts';

const ROUNDS = 7;
const CPUS = 16;
const REPEAT = 8;
/** Records handed to the two-level kernel at once, as a run does. */
const BLOCK = 4096;
const L1 = { bytes: 16384, ways: 4, lineBytes: 32 };
const L2 = { bytes: 1 << 20, ways: 4, lineBytes: 32 };

interface Records {
  readonly name: string;
  readonly info: TraceInfo;
  readonly words: Uint32Array;
}

function sourceOf({ info, words }: Records): TraceSource {
  const records = words.length / 2;
  return {
    info: { ...info, records },
    read: (position, into) => {
      const count = Math.max(0, Math.min(into.length / 2, records - position));
      into.set(words.subarray(position * 2, (position + count) * 2));
      return count;
    },
  };
}

async function load(): Promise<Records> {
  const beside = '../shared/data/traces/sort.lackey.gz';
  const path = process.env['NUMAQ_TRACE'] ?? (existsSync(beside) ? beside : undefined);
  if (path === undefined) return random();
  const trace = await openTrace(path);
  const source = new PackedFileSource(trace.path, trace.info);
  const words = new Uint32Array(trace.info.records * 2);
  for (let at = 0; at < trace.info.records;) at += source.read(at, words.subarray(at * 2, at * 2 + 65536));
  source.close();
  trace.close();
  return { name: trace.info.name, info: trace.info, words };
}

function random(): Records {
  const words = new Uint32Array(4e6);
  let state = 1;
  for (let i = 0; i < words.length; i += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state >>> 8;
    words[i + 1] = (8 << 2) | ((state >>> 4) & 1);
  }
  const regions = [{ base: 0, touchedStart: 0, touchedEnd: 1 << 24 }];
  const info: TraceInfo = { name: 'random', records: 2e6, kinds: [1e6, 1e6, 0, 0], regions, sha256: '0'.repeat(64) };
  return { name: 'random updates over 16 MB (no trace given)', info, words };
}

function dataOnly(all: Records): Records {
  const kept = new Uint32Array(all.words.length);
  let length = 0;
  for (let i = 0; i < all.words.length; i += 2) {
    if ((all.words[i + 1] & KIND_MASK) === REF_FETCH) continue;
    kept[length++] = all.words[i];
    kept[length++] = all.words[i + 1];
  }
  const [reads, writes, modifies] = all.info.kinds;
  return { ...all, info: { ...all.info, kinds: [reads, writes, modifies, 0] }, words: kept.slice(0, length) };
}

const seconds = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9;

/** Million data references a second; a modify counts as one record. */
function twoLevel(data: Records, block: RecordBlock): { readonly rate: number; readonly misses: string } {
  const caches = new TwoLevel(L1, L2, { instructionNs: 1, l2HitNs: 1, memoryNs: 1 }, 'skip');
  const records = data.words.length / 2;
  const start = process.hrtime.bigint();
  for (let i = 0; i < REPEAT; i++) {
    for (let at = 0; at < records; at += BLOCK) {
      caches.run(block.first + at, block.first + Math.min(records, at + BLOCK), false);
    }
  }
  const time = seconds(start);
  const c = caches.counters;
  const l1 = c[C.L1D_READ_MISSES] + c[C.L1D_WRITE_MISSES];
  return { rate: (records * REPEAT) / time / 1e6, misses: `${l1} ${c[C.L2_READ_MISSES] + c[C.L2_WRITE_MISSES]}` };
}

function compile(folder: string): string | undefined {
  const program = join(folder, 'two-level');
  const { status } = spawnSync('gcc', ['-O3', '-o', program, 'test/bench/two-level.c'], { stdio: 'ignore' });
  return status === 0 ? program : undefined;
}

function inC(program: string, file: string, records: number): { readonly rate: number; readonly misses: string } {
  const [time, l1, l2] = execFileSync(program, [file, String(REPEAT)], { encoding: 'utf8' })
    .trim()
    .split(' ');
  return { rate: (records * REPEAT) / Number(time) / 1e6, misses: `${l1} ${l2}` };
}

function fullModel(records: Records): number {
  const profile = builtInById('numaq-16g-4quad')?.profile();
  if (profile === undefined) throw new Error('numaq-16g-4quad is not there');
  const source = sourceOf(records);
  const cpus = Array.from({ length: CPUS }, (_, cpu) => cpu);
  const workload = {
    kind: 'trace' as const,
    trace: { name: records.name, sha256: records.info.sha256 },
    cpus,
    startNs: 0,
  };
  const program = buildProgram(workload, profile, () => source, 0, 0);
  const simulation = new Simulation({ profile, workloads: [workload], seed: 0, sampleNs: 1e6 }, [program]);
  const start = process.hrtime.bigint();
  while (!simulation.run(1 << 22));
  return ((records.words.length / 2) * CPUS) / seconds(start) / 1e6;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const spread = (values: readonly number[]): string => {
  return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
};

const all = await load();
const data = dataOnly(all);
const folder = mkdtempSync(join(tmpdir(), 'numaq-bench-'));
const file = join(folder, 'records');
writeFileSync(file, Buffer.from(data.words.buffer, 0, data.words.byteLength));
const program = compile(folder);
const rates = { two: [] as number[], c: [] as number[], full: [] as number[], fetch: [] as number[] };
const block = claimBlock(data.words.length / 2, data);
block.view.set(data.words);
let misses = '';
let missesInC = '';
for (let round = 0; round < ROUNDS; round++) {
  const two = twoLevel(data, block);
  rates.two.push(two.rate);
  misses = two.misses;
  if (program !== undefined) {
    const c = inC(program, file, data.words.length / 2);
    rates.c.push(c.rate);
    missesInC = c.misses;
  }
  rates.full.push(fullModel(data));
  if (data.words.length < all.words.length) rates.fetch.push(fullModel(all));
}
rmSync(folder, { recursive: true });

console.log(`${all.name}: ${data.words.length / 2} data records, ${ROUNDS} interleaved rounds, median (range)`);
const line = (label: string, values: readonly number[], against?: readonly number[], what = ''): void => {
  if (values.length === 0) return;
  const ratio = against === undefined ? '' : `  ${median(values.map((v, i) => v / against[i])).toFixed(2)} of ${what}`;
  console.log(`  ${label.padEnd(44)}${median(values).toFixed(1).padStart(8)} M/s (${spread(values)})${ratio}`);
};
line('two levels, C (gcc -O3)', rates.c);
line('two levels, TypeScript', rates.two, rates.c.length > 0 ? rates.c : undefined, 'C');
line('full model, 16 CPUs, data records', rates.full, rates.two, 'two levels');
line('full model, 16 CPUs, with instruction fetches', rates.fetch);
if (program === undefined) console.log('  (no gcc here: the loops in C were left out)');
else if (misses !== missesInC) throw new Error(`the two kernels differ: misses ${misses}, in C ${missesInC}`);
