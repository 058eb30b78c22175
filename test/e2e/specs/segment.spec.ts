/** A segment of shared memory: put on nodes by dragging and by keys, predicted at once, run, and two bindings compared. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { openBuiltIn } from '../face.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
});
afterAll(() => driver.close());

const range = (name: string, policy = ''): Locator =>
  driver.page.getByRole('button', { name: new RegExp(`^Range ${name},.*${policy}`) });
const node = (id: number): Locator => driver.page.getByRole('button', { name: new RegExp(`^Node ${id},`) });
const placement = (name: string, side: 'predicted' | 'simulated', where: string): Locator =>
  driver.page.getByRole('img', { name: new RegExp(`^${name}, ${side}: ${where}$`) });
const screen = async (name: string): Promise<void> => {
  await driver.page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true }).click();
};

/** Carries a range to a node with the pointer. */
async function drag(name: string, to: Locator, withShift = false): Promise<void> {
  const { mouse, keyboard } = driver.page;
  const [from, end] = [await range(name).boundingBox(), await to.boundingBox()];
  if (from === null || end === null) throw new Error('not on the screen');
  await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await mouse.down();
  await mouse.move(end.x + end.width / 2, end.y + 12, { steps: 4 });
  if (withShift) await keyboard.down('Shift');
  await mouse.up();
  if (withShift) await keyboard.up('Shift');
}

async function run(number: number): Promise<void> {
  await driver.page.getByRole('button', { name: 'Run the segment' }).click();
  await driver.page.getByText(`Run ${number}: done`).waitFor({ timeout: 120_000 });
}

describe(`${door}: a segment of shared memory`, () => {
  it('lies where it is first touched until it is bound', async () => {
    await screen('Segment');
    await driver.page.getByLabel('Open a design').selectOption({ label: 'First touch by one process' });
    // 2 GiB in pages of 4 KiB, all initialised by a process on node 0.
    await placement('pool', 'predicted', String.raw`node 0 524,288 pages`).waitFor();
    await driver.page.getByText('75 % remote').waitFor();
  });

  it('is put on nodes by dragging, and what becomes of it is there at once', async () => {
    const { page } = driver;
    await page.getByRole('tab', { name: 'Binding' }).click();
    await page.getByLabel('Call', { exact: true }).selectOption({ label: 'mbind' });
    await drag('pool', node(1));
    await range('pool', 'bind 1').waitFor();
    // This machine's kernel is older than mbind().
    await page.getByText('ENOSYS').first().waitFor();
    await page.getByRole('button', { name: 'Give the kernel mempolicy' }).click();
    await placement('pool', 'predicted', String.raw`node 1 524,288 pages`).waitFor();
    await drag('pool', node(2), true);
    await range('pool', 'interleave 1-2').waitFor();
    await placement('pool', 'predicted', String.raw`node 1 262,144 pages, node 2 262,144 pages`).waitFor();
  });

  it('is put on nodes by keys alone', async () => {
    const { page } = driver;
    await range('pool').focus();
    await page.keyboard.press('Enter');
    // The keys go to the first node that it is on.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await range('pool', 'interleave 1-3').waitFor();
    await page.keyboard.press('Escape');
    expect(await range('pool').evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await range('pool', 'interleave 1-2').waitFor();
  });

  it('says what is wrong with a design at its field, and does not run it', async () => {
    const { page } = driver;
    await page.getByRole('tab', { name: 'Range' }).click();
    const size = page.getByLabel('Size', { exact: true });
    const before = await size.inputValue();
    await size.fill('5');
    await size.press('Enter');
    await page.getByRole('tabpanel').getByRole('alert').first().waitFor();
    expect(await page.getByRole('button', { name: 'Run the segment' }).isDisabled()).toBe(true);
    await page.getByRole('tabpanel').getByRole('button', { name: 'Keep what was' }).click();
    expect(await size.inputValue()).toBe(before);
  });

  it('runs, and shows what was simulated beside what was predicted, and the access matrix', async () => {
    const { page } = driver;
    const scale = page.getByLabel('Scale', { exact: true });
    await scale.fill('0.01');
    await scale.press('Enter');
    await run(1);
    await placement('pool', 'simulated', String.raw`node 1 [\d,]+ pages, node 2 [\d,]+ pages`).waitFor();
    await page.getByRole('button', { name: 'Show the run' }).click();
    const matrix = page.getByRole('region', { name: 'Access matrix' });
    await matrix.waitFor();
    // No page lies on nodes 0 and 3: their processes find nothing at home.
    const remote = matrix.getByRole('row').nth(4).getByRole('cell').last();
    expect(await remote.innerText()).toBe('100 %');
    await page.getByRole('region', { name: 'Ranges of shared memory' }).getByText('predicted').first().waitFor();
    await page.getByText(/^Busiest:/).waitFor();
    expect(await page.getByRole('region', { name: 'numactl commands' }).innerText()).toContain('--interleave=1-2');
  });

  it('is compared with itself under another binding', async () => {
    const { page } = driver;
    await page.getByRole('button', { name: 'Run with another binding…' }).click();
    await drag('pool', page.getByRole('button', { name: /^All nodes/ }));
    await range('pool', 'interleave 0-3').waitFor();
    await run(2);
    await screen('Runs');
    await page.getByLabel('Compare run 1').check();
    await page.getByLabel('Compare run 2').check();
    await page.getByRole('button', { name: 'Compare marked runs' }).click();
    const figures = page.getByRole('region', { name: 'Figures of the runs' });
    await figures.getByRole('row', { name: /^Elapsed/ }).waitFor();
    await figures.getByRole('row', { name: /^All programs: remote/ }).waitFor();
    await figures.getByRole('row', { name: /p99/ }).first().waitFor();
    await page.getByRole('tab', { name: 'Locality' }).click();
    await page.getByRole('region', { name: 'Access matrix of run A' }).waitFor();
    await page.getByRole('region', { name: 'Access matrix of run B' }).waitFor();
    await page.getByRole('region', { name: 'Ranges of run B' }).getByRole('img').first().waitFor();
  });
});
