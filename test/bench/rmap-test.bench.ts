/**
 * rmap-test: how its ratio grows with processes x mappings of a file of 600 pages (a minute or two), and, with
 * `RMAP_TEST=linear`, `random` or `one`, a published run at its full size, which takes hours: system time of the machine and of
 * the tasks with pte_chains, objrmap and a prio_tree, and the ratios to pte_chains. `node dist/bench/rmap-test.bench.mjs 1x10000x7x1 one`: processes x
 * mappings x pages x iterations, with memory as short as for the published `one`; with ` 2` behind it, twice the memory;
 * with ` room`, which `random` has unless a number is given, marks as large as on 256 MB.
 */
import { PUBLISHED, type RmapTest, runRmapTest, type Shortness, shortness } from '../support/rmap-test.ts';

const memory: Shortness = { memKib: 256 * 1024, minFreeKbytes: 1024 };
const tests: Readonly<Record<string, { test: RmapTest; published: string }>> = {
  linear: { test: PUBLISHED.linear, published: '86.91 s, 1143.26 s' },
  random: { test: PUBLISHED.random, published: '6.05 s, 2.10 s' },
  one: { test: PUBLISHED.one, published: '3.75 s, 146.45 s' },
};
const [shape, like = 'linear', times = like === 'random' ? 'room' : '1'] = process.argv.slice(2);
const wanted = shape === undefined ? (process.env.RMAP_TEST ?? 'growth') : 'shape';
const seconds = (ns: number): string => (ns / 1e9).toFixed(2).padStart(10);
for (const [name, { test, published }] of Object.entries(tests)) {
  if (wanted !== name) continue;
  console.log(`rmap-test, ${name} (published, tasks: pte_chain, objrmap: ${published})`);
  const chains = runRmapTest('pte_chain', test, memory);
  for (const rmap of ['pte_chain', 'objrmap', 'prio_tree'] as const) {
    const { machineNs, tasksNs } = rmap === 'pte_chain' ? chains : runRmapTest(rmap, test, memory);
    const ratios = `${(machineNs / chains.machineNs).toFixed(2)} ${(tasksNs / chains.tasksNs).toFixed(2)}`;
    console.log(`  ${rmap.padEnd(10)} machine ${seconds(machineNs)} s, tasks ${seconds(tasksNs)} s, ratios ${ratios}`);
  }
}

const PAGES = 600;
const ms = (ns: number): string => (ns / 1e6).toFixed(1).padStart(9);
for (const side of wanted === 'growth' ? [30, 60, 100] : []) {
  const test: RmapTest = { processes: side, mappings: side, pages: Math.round(PAGES / side), iterations: 1 };
  const short = shortness(test, PUBLISHED.linear);
  const chains = runRmapTest('pte_chain', test, short);
  const objects = runRmapTest('objrmap', test, short);
  const ratio = (objects.tasksNs / chains.tasksNs).toFixed(1).padStart(6);
  const walks = `a look at a page ${Math.round(chains.walkNs)} and ${Math.round(objects.walkNs)} ns`;
  console.log(`${side} x ${side}: tasks ${ms(chains.tasksNs)} and ${ms(objects.tasksNs)} ms, ratio ${ratio}; ${walks}`);
}

/** A run that takes hours says so often how far it is. */
const TELL_MS = 60_000;
if (shape !== undefined) {
  const [processes = 1, mappings = 1, pages = 1, iterations = 1] = shape.split('x').map(Number);
  const published = tests[like]?.test ?? PUBLISHED.linear;
  // Random: as large a part of the mappings as was published.
  const processed = Math.max(1, Math.round(((published.processed ?? 0) * mappings) / published.mappings));
  const sizes = { processes, mappings, pages, iterations };
  const test: RmapTest =
    published.processed === undefined ? { ...published, ...sizes } : { ...published, ...sizes, processed };
  // Random pages: as short as kswapd alone can deal with (test/conformance/rmap-test.test.ts).
  const room = like === 'random' ? 0.88 : 1;
  const short = times === 'room' ? shortness(test, published, room, true) : shortness(test, published, Number(times));
  const chains = runRmapTest('pte_chain', test, short);
  console.log(`${shape}, pte_chain: tasks ${ms(chains.tasksNs)} ms, ${chains.freed} pages freed`);
  let told = performance.now();
  const objects = runRmapTest('objrmap', test, short, (tasksNs) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    console.log(`  so far ${ms(tasksNs)} ms, ratio at least ${(tasksNs / chains.tasksNs).toFixed(2)}`);
  });
  const [tasks, machine] = [objects.tasksNs / chains.tasksNs, objects.machineNs / chains.machineNs];
  console.log(`${shape}, objrmap: tasks ${ms(objects.tasksNs)} ms, ${objects.freed} pages freed`);
  console.log(`ratio ${tasks.toFixed(2)}, of the machine ${machine.toFixed(2)}`);
  console.log(`a look at a page ${Math.round(chains.walkNs)} and ${Math.round(objects.walkNs)} ns`);
}
