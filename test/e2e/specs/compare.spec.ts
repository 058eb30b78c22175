/** Runs side by side: three of them, another baseline, what sets them apart, one run again with another value, saved and opened. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { clusterSlider, openBuiltIn } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

/** A run of a hundredth of a shell script takes seconds on a busy machine. */
const RUN_MS = 60_000;

let driver: Driver;
let files: Scratch;
beforeAll(async () => {
  files = scratch();
  driver = await openDoor();
  const { page } = driver;
  await openBuiltIn(page, 'NUMA-Q, 16 GB, 4 quads');
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption('shell-script');
  await page.keyboard.press('Escape');
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

const screen = async (name: string): Promise<void> => {
  await driver.page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true }).click();
};
const runItem = (number: number): Locator =>
  driver.page
    .getByRole('list', { name: 'Runs of this window' })
    .getByRole('listitem')
    .filter({ has: driver.page.getByText(new RegExp(`^${number}\\. `)) });
const figures = (): Locator => driver.page.getByRole('region', { name: 'Figures of the runs' });
const chips = (): Locator => driver.page.getByRole('list', { name: 'Compared runs' });
const head = (): Promise<string[]> => figures().getByRole('columnheader').allInnerTexts();
/** What a row says of its runs, from the baseline's value on. */
const row = async (name: RegExp): Promise<string[]> =>
  (await figures().getByRole('row', { name }).first().getByRole('cell').allInnerTexts())
    .slice(1)
    .map((text) => text.trim());

/** Runs what is on the table, and waits on the Runs screen until it is done. */
async function run(number: number): Promise<void> {
  await screen('Lab');
  await driver.page.getByRole('button', { name: 'Run', exact: true }).click();
  await screen('Runs');
  await runItem(number).filter({ hasText: 'references' }).waitFor({ timeout: RUN_MS });
}

/** One step of the page-cluster slider, in force. */
async function nextCluster(kib: number): Promise<void> {
  await screen('Lab');
  await clusterSlider(driver.page).press('ArrowRight');
  await driver.page
    .getByText(new RegExp(`\\b${kib} KiB`))
    .first()
    .waitFor();
  await driver.page.getByText('changed, not saved').waitFor();
}

describe(`${door}: a comparison`, () => {
  it('of three runs sets each against the first', async () => {
    const { page } = driver;
    await run(1);
    await nextCluster(8);
    await run(2);
    await nextCluster(16);
    await run(3);
    for (const number of [1, 2, 3]) await page.getByLabel(`Compare run ${number}`).check();
    await page.getByRole('button', { name: 'Compare marked runs' }).click();
    await chips()
      .getByRole('button', { name: /^C: .*run 3/ })
      .waitFor();
    expect((await head()).join(' ')).toMatch(/A\s+4 KiB.*B\s+8 KiB.*B − A.*C\s+16 KiB.*C − A/s);
    // By hand: three nodes of 1,048,576 frames, a struct page of 40 B each, in windows of whole 2 MiB with one struct page more:
    // 42 MiB each; of clusters of 8 and 16 KiB there are half as many, 22 MiB, and a quarter, 12 MiB.
    await figures()
      .getByRole('row', { name: /^KVA remap/ })
      .waitFor();
    const [base, b, , , , c] = (await row(/^KVA remap/)).map((text) => Number(text.replace(/[^\d.]/g, '')));
    expect([base, b, c]).toEqual([3 * 42, 3 * 22, 3 * 12]);
    expect(await row(/^Low memory after boot/)).toEqual(expect.arrayContaining(['better']));
  });

  it('says what the configurations differ in, and opens what is the same', async () => {
    const { page } = driver;
    const differing = page.getByRole('region', { name: 'Parameters that differ' });
    const cells = await differing
      .getByRole('row', { name: /^Page cluster/ })
      .getByRole('cell')
      .allInnerTexts();
    expect(cells.map((text) => /\d+ KiB/.exec(text)?.[0])).toEqual(['4 KiB', '8 KiB', '16 KiB']);
    await page.getByRole('button', { name: /parameters are the same in all/ }).click();
    const same = page.getByRole('region', { name: 'Parameters that are the same' });
    await same.getByRole('row', { name: /^Node 2, Memory 4 GiB/ }).waitFor();
    await page.getByRole('button', { name: /parameters are the same in all/ }).click();
    await page
      .getByRole('region', { name: 'Reading' })
      .getByText(/low memory/)
      .first()
      .waitFor();
  });

  it('draws a metric of all runs on one axis, and another one when it is chosen', async () => {
    const { page } = driver;
    const charts = page.getByRole('region', { name: 'Charts of the runs' });
    const ends = charts.getByRole('list', { name: 'Values at the end' }).first();
    expect((await ends.getByRole('listitem').allInnerTexts()).map((text) => text[0]).sort()).toEqual(['A', 'B', 'C']);
    await charts.getByLabel('Metric of this chart').first().selectOption({ label: 'References' });
    await charts.getByRole('heading', { name: /^References/ }).waitFor();
  });

  it('is set against another baseline by menu and by key', async () => {
    const { page } = driver;
    const [base, b] = await row(/^Elapsed/);
    await page.getByRole('button', { name: 'Change baseline' }).click();
    await page.getByRole('menuitem', { name: /^B: run 2/ }).click();
    await chips()
      .getByRole('button', { name: /^A: .*run 2 · baseline/ })
      .waitFor();
    expect(await row(/^Elapsed/)).toEqual(expect.arrayContaining([base, b]));
    expect((await row(/^Elapsed/))[0]).toBe(b);
    await page.keyboard.press('Alt+B');
    await chips()
      .getByRole('button', { name: /^A: .*run 1 · baseline/ })
      .waitFor();
    expect((await row(/^Elapsed/))[0]).toBe(base);
  });

  it('takes a run out, sorts, filters, and is copied as a table', async () => {
    const { page } = driver;
    await page.getByRole('button', { name: 'Remove run C' }).click();
    await chips().getByRole('button', { name: /^C: / }).waitFor({ state: 'detached' });
    await page.getByLabel('Filter figures').fill('elapsed');
    await expect.poll(() => figures().getByRole('row').count()).toBeLessThan(5);
    await page.getByLabel('Filter figures').fill('');
    await page.getByRole('button', { name: 'Copy figures' }).click();
    await page.getByRole('menuitem', { name: /as CSV/ }).click();
    await page.getByText('Copied as CSV.').waitFor();
  });

  it('goes into a CSV file with all digits, differences included', async () => {
    const file = files.file('compare.csv');
    await driver.answerSave(file, () => driver.page.getByRole('button', { name: 'Export CSV' }).click());
    const lines = readFileSync(file, 'utf8').trim().split('\r\n');
    expect(lines[0]).toBe('group,metric,unit,A,B,B - A,B verdict');
    const elapsed = lines.find((line) => line.startsWith('Time,Elapsed,ns,'))?.split(',') ?? [];
    expect(Number(elapsed[4]) - Number(elapsed[3])).toBeCloseTo(Number(elapsed[5]), 0);
    expect(lines.find((line) => line.startsWith('Configuration,Page cluster'))).toMatch(/ KiB,.* KiB,,differs$/);
  });

  it('saves the chart that is meant, each line named by its run', async () => {
    const { page } = driver;
    const charts = page.getByRole('region', { name: 'Charts of the runs' });
    const csv = files.file('references.csv');
    await charts.getByRole('button', { name: 'Save or copy the chart of References' }).click();
    await driver.answerSave(csv, () => page.getByRole('menuitem', { name: /as CSV/ }).click());
    const [head, ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\r\n');
    expect(head).toBe('"Time, ns","A: run 1, 4 KiB, per sample","B: run 3, 16 KiB, per sample"');
    // All references of the baseline, as the table of figures has them.
    const sum = rows.reduce((total, line) => total + Number(line.split(',')[1]), 0);
    const figure = Number((await row(/^References/))[0].replaceAll(',', ''));
    expect(Math.abs(sum - figure) / figure).toBeLessThan(0.01);
    const svg = files.file('references.svg');
    await driver.answerSave(svg, () => page.keyboard.press('Alt+V'));
    expect(readFileSync(svg, 'utf8')).toContain('B: run 3, 16 KiB');
  });

  it('gains the same run with another value, which joins it when it is done', async () => {
    const { page } = driver;
    await page.keyboard.press('Alt+Shift+W');
    const dialog = page.getByRole('dialog', { name: 'Run the same with…' });
    expect(await dialog.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await dialog.getByPlaceholder(/Find a value/).fill('node 2 memory');
    await dialog.getByLabel('Node 2, Memory').fill('2 GiB');
    await dialog.getByLabel('Node 2, Memory').press('Enter');
    await dialog.getByRole('region', { name: 'Changes' }).getByText('Node 2, Memory').waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await chips()
      .getByRole('button', { name: /^C: .*run 4/ })
      .waitFor({ timeout: RUN_MS });
    const differing = page.getByRole('region', { name: 'Parameters that differ' });
    await differing
      .getByRole('row', { name: /^Node 2, Memory/ })
      .filter({ hasText: '2 GiB' })
      .waitFor();
    // The machine on the table is left alone.
    await screen('Runs');
    await runItem(4)
      .getByText(/run 1 with Node 2, Memory 2 GiB/)
      .waitFor();
  });

  it('takes in a run from a file, which is as it was saved', async () => {
    const { page } = driver;
    const file = files.file('first.numaq-run.json');
    await runItem(1).getByRole('button', { name: /^1\. / }).click();
    await driver.answerSave(file, () => page.getByRole('button', { name: 'Save run file…' }).click());
    await screen('Compare');
    await page.getByRole('button', { name: 'Add run' }).click();
    await driver.answerOpen(file, () => page.getByRole('menuitem', { name: 'Open a run file…' }).click());
    await chips()
      .getByRole('button', { name: /^D: .*run 5/ })
      .waitFor();
    const elapsed = await row(/^Elapsed/);
    // The same as the baseline, to the digit.
    expect(elapsed.slice(-4)).toEqual([elapsed[0], expect.stringMatching(/^0(\.0+)?$/), '0 %', 'same']);
    await screen('Runs');
    await runItem(5).getByText('from first.numaq-run.json').waitFor();
  });

  it('refuses a run file that was changed, with the place', async () => {
    const { page } = driver;
    const text = readFileSync(files.file('first.numaq-run.json'), 'utf8');
    const file = files.file('changed.numaq-run.json');
    writeFileSync(
      file,
      text.replace(/"elapsedNs": (\d)/, (_, digit: string) => `"elapsedNs": ${digit === '1' ? 2 : 1}`),
    );
    await driver.answerOpen(file, () => page.getByRole('button', { name: 'Open a run file…' }).click());
    const dialog = page.getByRole('dialog', { name: 'The run cannot be opened' });
    await dialog.getByText(/line \d+, column \d+: result\.elapsedNs/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('list', { name: 'Runs of this window' }).getByRole('listitem').count()).toBe(5);
  });

  it('goes on without a run that is taken off the list, and has it again when it is put back', async () => {
    const { page } = driver;
    await runItem(5).getByRole('button', { name: 'Remove run 5 from the list' }).click();
    await runItem(5).waitFor({ state: 'detached' });
    await screen('Compare');
    await chips().getByRole('button', { name: /run 5/ }).waitFor({ state: 'detached' });
    await screen('Runs');
    await page.getByRole('button', { name: 'Put it back' }).click();
    await runItem(5).waitFor();
    await screen('Compare');
    await chips()
      .getByRole('button', { name: /^D: .*run 5/ })
      .waitFor();
  });
});
