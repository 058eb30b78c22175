/** The zonelist X-ray: of a machine as it boots, and of a run's kernel while it is paused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { enter, openBuiltIn } from '../face.ts';

/** A run comes to its next miss, or the lab does it again up to one. */
const REQUEST = { timeout: 15_000 };

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  await openBuiltIn(driver.page, 'NUMA-Q, 64 GB, 8 quads');
});
afterAll(() => driver.close());

describe(`${door}: the zonelist X-ray`, () => {
  it('comes by its key, and says where a page would come from', async () => {
    const { page } = driver;
    await page.keyboard.press('Alt+x');
    await page.getByRole('heading', { name: 'Page from HighMem of node 0, local' }).waitFor();
    await page.getByLabel('Node', { exact: true }).selectOption('3');
    await page.getByRole('heading', { name: 'Page from HighMem of node 3, local' }).waitFor();
    // Ten zones, each with the bar that it would have: 1 page and the low marks so far.
    const rows = page.getByRole('table', { name: 'Walk 1: low marks' }).getByRole('row');
    expect(await rows.count()).toBe(11);
    const bars = ['257', '513', '769', '1,025', '1,281', '1,537', '2,017', '2,047', '2,303', '2,559'];
    expect(await rows.locator('b').allTextContents()).toEqual(bars);
    await page.getByRole('img', { name: 'Asked on node 3; looked at nodes 3; node 3 gives.' }).waitFor();
  });

  it('goes on to low memory for the kernel, which is on node 0', async () => {
    const { page } = driver;
    await page.getByLabel('Mask', { exact: true }).selectOption('GFP_KERNEL');
    await page.getByLabel('Order', { exact: true }).selectOption('3');
    await page.getByRole('heading', { name: 'Block of 8 pages from Normal of node 0, remote' }).waitFor();
    await page.getByText('numa_hit').waitFor();
    await page.getByLabel('Mask', { exact: true }).selectOption('GFP_HIGHUSER');
    await page.getByLabel('Order', { exact: true }).selectOption('0');
  });

  it('looks at a paused run as it stands', async () => {
    const { page } = driver;
    await page.getByLabel('Node', { exact: true }).selectOption('0');
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Lab' }).click();
    // On all 32 CPUs: long enough to be paused.
    await page.getByRole('button', { name: /^Workload:/ }).click();
    await page.getByLabel('Program 1: what runs').selectOption('first-touch');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
    await page.keyboard.press('Alt+Shift+R');
    await page.getByRole('status').filter({ hasText: ', paused' }).waitFor();
    const free = async (): Promise<number> => {
      const cell = page
        .getByRole('table', { name: 'Walk 1: low marks' })
        .getByRole('row')
        .nth(1)
        .getByRole('cell')
        .nth(2);
      return Number((await cell.textContent())?.replaceAll(',', ''));
    };
    const running = await free();
    await page.getByLabel('Zones', { exact: true }).selectOption('boot');
    await page.getByText('1,766,400').first().waitFor();
    expect(await free()).toBeGreaterThanOrEqual(running);
  });

  it('goes on to the next miss of a run, lays it open, and goes back to the one before', async () => {
    const { page } = driver;
    // The run of the test before.
    await page.keyboard.press('Control+Shift+Enter');
    await openBuiltIn(page, 'PC, 256 MB');
    await page.getByRole('button', { name: /^Workload:/ }).click();
    const sheet = page.getByLabel('Workload', { exact: true });
    await sheet.getByLabel('Program 1: what runs').selectOption('memory-hog');
    await enter(sheet.getByLabel('Scale', { exact: true }), '1');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    const number = page.getByLabel('Request', { exact: true }).getByRole('definition').first();
    const goOn = async (): Promise<string> => {
      await page.getByRole('button', { name: 'Next miss', disabled: false }).waitFor();
      await page.keyboard.press('n');
      await page.getByRole('status').filter({ hasText: ', paused' }).waitFor();
      return (await number.textContent()) ?? '';
    };
    await page.keyboard.press('Alt+x');
    const first = await goOn();
    await page.getByRole('button', { name: 'Previous', exact: true }).waitFor();
    await page.getByText('What it cost').waitFor();
    await page.getByRole('button', { name: 'Next miss' }).click();
    await page.getByRole('button', { name: 'Next miss', disabled: false }).waitFor();
    await expect.poll(() => number.textContent(), REQUEST).not.toBe(first);
    await page.getByRole('button', { name: 'Previous', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'playhead' }).waitFor();
    await expect.poll(() => number.textContent(), REQUEST).toBe(first);
  });
});
