/** Low memory explained: an item in words, the size at which boot fails, every split, and the page clusters measured. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { clusterSlider, openBuiltIn } from '../face.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  await openBuiltIn(driver.page, 'NUMA-Q, 64 GB, 8 quads');
});
afterAll(() => driver.close());

describe(`${door}: low memory explained`, () => {
  it('opens from a piece of the budget bar, with that item in words', async () => {
    const { page } = driver;
    await page.getByRole('button', { name: /^KVA windows/ }).click();
    await page.getByRole('heading', { name: 'KVA windows (mem_map of nodes 1-7)' }).waitFor();
    await page.getByText('2,097,152 frames make 2,097,153 struct pages of 44 B').waitFor();
  });

  it('opens by its key, and explains another item', async () => {
    const { page } = driver;
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Lab', exact: true }).click();
    await page.keyboard.press('Alt+l');
    await page.getByRole('radio', { name: /^mem_map of node 0/ }).check();
    await page.getByRole('heading', { name: 'mem_map of node 0' }).waitFor();
  });

  it('says where more memory breaks boot, and on what', async () => {
    await driver.page.getByText(/^It boots with .* MiB/).waitFor();
  });

  it('shows every split to scale, and gives the machine another one', async () => {
    const { page } = driver;
    const map = page.getByRole('region', { name: 'Address space of the kernel' });
    expect(await map.getByRole('radio').count()).toBe(4);
    await map.getByRole('radio', { name: /^2:2/ }).check();
    await map.getByRole('row', { name: /^direct map .* 0x80000000/ }).waitFor();
    await map.getByRole('button', { name: 'Give the machine 2:2' }).click();
    await map.getByRole('radio', { name: /^2:2, this machine/ }).waitFor();
    await page.keyboard.press('Control+z');
    await map.getByRole('radio', { name: /^3:1, this machine/ }).waitFor();
  });

  it('shows what a page cluster gives as it is turned', async () => {
    const { page } = driver;
    const frontier = page.getByRole('region', { name: 'What a page cluster gives and takes' });
    await frontier.getByRole('row', { name: /^4 KiB 268 MiB/ }).waitFor();
    await frontier.getByRole('row', { name: /^32 KiB 812 MiB/ }).waitFor();
    await clusterSlider(page).fill('3');
    await page.getByText('low memory 812 MiB').first().waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('low memory 268 MiB').first().waitFor();
  });

  it('measures fragmentation and faults of every page cluster by running the workload', async () => {
    const { page } = driver;
    await openBuiltIn(page, 'PC, 256 MB');
    await page.keyboard.press('Alt+Shift+L');
    await page.getByText(/^Measured with/).waitFor({ timeout: 120_000 });
    const frontier = page.getByRole('region', { name: 'What a page cluster gives and takes' });
    const faults = async (cluster: number): Promise<number> => {
      const cells = frontier.getByRole('row', { name: new RegExp(`^${cluster} KiB`) }).getByRole('cell');
      return Number((await cells.nth(2).innerText()).replaceAll(',', ''));
    };
    // A fault fills a whole cluster.
    expect(await faults(4)).toBeGreaterThan(await faults(64));
  });
});
