/** The first-use protocol of docs/first-use.md: a machine that no longer boots, why, the mend, and what the mend costs, in a small window. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { openBuiltIn } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

const RUN_MS = 60_000;

let driver: Driver;
let files: Scratch;
beforeAll(async () => {
  files = scratch();
  driver = await openDoor();
  if (driver.app === undefined) await driver.page.setViewportSize({ width: 1024, height: 700 });
  else await driver.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 700));
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

async function run(number: number): Promise<void> {
  const { page } = driver;
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText(new RegExp(`^Run ${number}:`)).waitFor();
  const status = page.getByRole('group', { name: 'Run' }).getByRole('status');
  await status.filter({ hasText: 'done' }).waitFor({ timeout: RUN_MS });
}

describe(`${door}: the first use`, () => {
  it('finds a field by its words, and says why the machine no longer boots', async () => {
    const { page } = driver;
    await openBuiltIn(page, 'NUMA-Q, 64 GB, 8 quads');
    await page.keyboard.press('/');
    await page.keyboard.type('struct page');
    await page.getByRole('option', { name: /^Kernel, sizeof\(struct page\)/ }).waitFor();
    await page.keyboard.press('Enter');
    const field = page.getByLabel('sizeof(struct page)', { exact: true });
    await field.fill('60');
    await field.press('Enter');
    // 8 GiB in frames of 60 B are 120 MiB a node, 122 with the rounding of its window; 6 x 122 + 120.
    await page.getByText(/Does not boot: .*852\.0 MiB of 896\.0 MiB/).waitFor();
  });

  it('puts the inspector away that lies over the fix, by its button and by Escape', async () => {
    const { page } = driver;
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await page.keyboard.press('Escape');
    await inspector.waitFor();
    await page.keyboard.press('Escape');
    await inspector.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+I');
    await inspector.getByRole('button', { name: 'Close the inspector' }).click();
    await inspector.waitFor({ state: 'detached' });
  });

  it('offers the page cluster that boots, which is compared with the machine as it was', async () => {
    const { page } = driver;
    await page.getByRole('button', { name: '8 KiB clusters would boot' }).click();
    // Seven windows of half the struct pages, each rounded up to 2 MiB: 6 x 62 + 60 leave 464.
    await page.getByText('low memory 464 MiB').waitFor();
    await run(1);
    await page.keyboard.press('Control+Z');
    await page.keyboard.press('Control+Z');
    await page.getByText('low memory 268 MiB').waitFor();
    await run(2);
    await page.keyboard.press('Control+D');
    const chips = page.getByRole('list', { name: 'Compared runs' });
    await chips.getByRole('button', { name: /^A: 8 KiB, run 1/ }).waitFor();
    await chips.getByRole('button', { name: /^B: 4 KiB, run 2/ }).waitFor();
    await page.getByRole('region', { name: 'Reading' }).getByText('B (4 KiB) has 196 MiB less low memory').waitFor();
  });

  it('saves the chart of both', async () => {
    const { page } = driver;
    const file = files.file('lowfree.svg');
    await page.getByRole('button', { name: 'Save or copy the chart of LowFree' }).click();
    await driver.answerSave(file, () => page.getByRole('menuitem', { name: /as SVG/ }).click());
    const drawing = readFileSync(file, 'utf8');
    expect(drawing).toContain('A: run 1, 8 KiB');
    expect(drawing).toContain('B: run 2, 4 KiB');
  });
});
