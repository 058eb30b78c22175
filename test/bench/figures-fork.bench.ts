/**
 * What shared page tables save a fork whose child writes to 3 of k equally filled pte pages and exits, by how full they are.
 * Expected: 1 - 3/k, the rule of thumb of D. McCracken's figures (20 Dec 2002; OLS 2003): 25 % at 4, 90 % at 30.
 */
import { percent, printTable } from '../support/figures.ts';
import { forkCost, PTE_ENTRIES } from '../support/fork-cost.ts';

const FILLS = [1 / 8, 1 / 4, 1 / 2, 3 / 4, 1];
const TABLES = [4, 8, 30];

for (const builtIn of ['pc-256m', 'numaq-16g-4quad', 'numaq-64g-8quad']) {
  const rows = FILLS.map((fill) => {
    const filled = PTE_ENTRIES * fill;
    const cost = (sharedPageTables: 'off' | 'rule', tables: number): number =>
      forkCost({ builtIn, sharedPageTables, tables, filled });
    const costs = TABLES.map((tables) => ({ off: cost('off', tables), rule: cost('rule', tables) }));
    return [
      `${filled} of ${PTE_ENTRIES}`,
      ...costs.map(({ off, rule }) => percent(1 - rule / off)),
      ...costs.map(({ off, rule }) => `${(off / 1e3).toFixed(0)} -> ${(rule / 1e3).toFixed(0)}`),
    ];
  });
  printTable(
    `fork on ${builtIn}: saved, and µs without and with the rule of three`,
    ['entries filled', ...TABLES.map((k) => `k = ${k}`), ...TABLES.map((k) => `µs, k = ${k}`)],
    rows,
  );
}
