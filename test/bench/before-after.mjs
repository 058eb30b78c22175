/**
 * Host time per simulated reference of trace replay in two built trees, say two worktrees of this repository:
 * `node test/bench/before-after.mjs <before> <after> [trace]` (or NUMAQ_TRACE). Exit code 1 where the second takes more than
 * LIMIT times as long as the first.
 *
 * Both replay the trace on 16 CPUs of the 16 GB box through their own command line, one after the other, ROUNDS times. The
 * time is the processor time of the process, so that it holds on a busy machine; what a run of one record takes (start,
 * opening the trace) is taken off. References are those of the programs and, where the tree counts them, the kernel's own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROUNDS = 5;
const LIMIT = 1.3;
const MACHINE = 'numaq-16g-4quad';
const CPUS = '0-15';
const MOST_OUTPUT = 2 ** 28;

/** Runs a tree's bundle in a process that writes its processor time, in seconds, as the last line of stderr. */
const CHILD = `
  const [bundle, ...rest] = process.argv.slice(1);
  process.argv = [process.execPath, bundle, ...rest];
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    require('node:fs').writeSync(2, '\\n' + (user + system) / 1e6);
  });
  require(bundle);
`;

/** Median of an odd number of values. */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Runs `numaq` of the tree; its output and the processor time it took, in seconds. */
function numaq(tree, ...rest) {
  const bundle = join(tree, 'dist/cli/cli.cjs');
  const options = { encoding: 'utf8', maxBuffer: MOST_OUTPUT };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', CHILD, bundle, ...rest], options);
  if (status !== 0) throw new Error(`${bundle} ${rest.join(' ')}: exit code ${status}\n${stderr}`);
  return { stdout, seconds: Number(stderr.slice(stderr.lastIndexOf('\n') + 1)) };
}

function replay(tree, trace, ...rest) {
  const { stdout, seconds } = numaq(tree, 'run', MACHINE, '--trace', trace, '--cpus', CPUS, '--json', ...rest);
  return { totals: JSON.parse(stdout).result.totals, seconds };
}

/** Nanoseconds of one replay per reference, without what it takes to start. */
function once({ tree, trace }) {
  const start = replay(tree, trace, '--limit', '1');
  const whole = replay(tree, trace);
  const { references, kernelReads = 0, kernelWrites = 0 } = whole.totals;
  const simulated = references + kernelReads + kernelWrites;
  return { simulated, nanoseconds: ((whole.seconds - start.seconds) * 1e9) / simulated };
}

function main([before, after, trace = process.env['NUMAQ_TRACE']]) {
  if (before === undefined || after === undefined || trace === undefined) {
    console.error('usage: node test/bench/before-after.mjs <before> <after> [trace] (two built trees; or NUMAQ_TRACE)');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'numaq-bench-'));
  try {
    const sides = [before, after].map((path, side) => {
      const tree = resolve(path);
      if (!existsSync(join(tree, 'dist/cli/cli.cjs'))) throw new Error(`${tree} is not built: npm run build there`);
      // Packed by the tree itself, so that opening it is quick and in a form that it knows.
      const packed = join(folder, `${side}.packed`);
      numaq(tree, 'pack', trace, packed);
      return { tree, trace: packed, rounds: [] };
    });
    for (let round = 0; round < ROUNDS; round++) for (const side of sides) side.rounds.push(once(side));
    const medians = sides.map(({ tree, rounds }) => {
      const times = rounds.map(({ nanoseconds }) => nanoseconds);
      const middle = median(times);
      const range = `${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)}`;
      const references = rounds[0].simulated.toLocaleString('en-US');
      console.log(`${tree}: ${middle.toFixed(1)} ns a reference (${range}), ${references} references`);
      return middle;
    });
    const ratio = medians[1] / medians[0];
    console.log(`after / before: ${ratio.toFixed(2)} (at most ${LIMIT}), medians of ${ROUNDS}`);
    return ratio <= LIMIT ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = main(process.argv.slice(2));
