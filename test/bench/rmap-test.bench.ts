/**
 * rmap-test at its full size, as it was published: system time of the machine and of the tasks with pte_chains, objrmap and
 * a prio_tree, and the ratios to pte_chains. It takes hours; `RMAP_TEST=one` (or linear, random) runs one of the three alone.
 */
import { type RmapTest, runRmapTest } from '../support/rmap-test.ts';

const MEM_KIB = 256 * 1024;
const many: RmapTest = { processes: 100, mappings: 100, pages: 600, iterations: 10 };
const tests: Readonly<Record<string, { test: RmapTest; published: string }>> = {
  linear: { test: many, published: '86.91 s, 1143.26 s' },
  random: { test: { ...many, iterations: 1, order: 'random', processed: 2 }, published: '6.05 s, 2.10 s' },
  one: { test: { processes: 1, mappings: 10_000, pages: 7, iterations: 10 }, published: '3.75 s, 146.45 s' },
};
const wanted = process.env.RMAP_TEST;
const seconds = (ns: number): string => (ns / 1e9).toFixed(2).padStart(10);
for (const [name, { test, published }] of Object.entries(tests)) {
  if (wanted !== undefined && wanted !== name) continue;
  console.log(`rmap-test, ${name} (published, tasks: pte_chain, objrmap: ${published})`);
  const chains = runRmapTest('pte_chain', test, MEM_KIB);
  for (const rmap of ['pte_chain', 'objrmap', 'prio_tree'] as const) {
    const { machineNs, tasksNs } = rmap === 'pte_chain' ? chains : runRmapTest(rmap, test, MEM_KIB);
    const ratios = `${(machineNs / chains.machineNs).toFixed(2)} ${(tasksNs / chains.tasksNs).toFixed(2)}`;
    console.log(`  ${rmap.padEnd(10)} machine ${seconds(machineNs)} s, tasks ${seconds(tasksNs)} s, ratios ${ratios}`);
  }
}
