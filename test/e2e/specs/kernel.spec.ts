/** The memory manager in the window: programs and scripts, who owns the pages, /proc, counters, one reference followed. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { openBuiltIn } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

let driver: Driver;
let files: Scratch;
beforeAll(async () => {
  files = scratch();
  driver = await openDoor();
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

const openSheet = async (): Promise<Locator> => {
  await driver.page.getByRole('button', { name: /^Workload:/ }).click();
  return driver.page.getByLabel('Workload', { exact: true });
};
const runBar = (): Locator => driver.page.getByRole('group', { name: 'Run' });
const run = async (): Promise<void> => {
  await driver.page.getByRole('button', { name: 'Run', exact: true }).click();
  await runBar().getByRole('status').filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
};
const show = async (tab: string): Promise<void> => {
  await driver.page.getByRole('tab', { name: 'Results' }).click();
  await driver.page.getByRole('tab', { name: tab, exact: true }).click();
};

describe(`${door}: the memory manager`, () => {
  it('runs a program of the library, at the scale and with the figures that were chosen', async () => {
    await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
    const sheet = await openSheet();
    await sheet.getByLabel('Program 1: what runs').selectOption('shell-script');
    const shells = sheet.getByLabel('Scripts that run at a time');
    await shells.fill('2');
    await shells.press('Enter');
    await driver.page.keyboard.press('Escape');
    await run();
    await show('Transactions');
    // 5,000 commands of each script at a hundredth, and two scripts.
    await driver.page
      .getByRole('region', { name: 'Transactions' })
      .getByRole('row', { name: /command 100/ })
      .waitFor();
    await show('Totals');
    const totals = driver.page.getByRole('region', { name: 'Totals' });
    expect(await totals.getByRole('rowheader').allInnerTexts()).toEqual(
      expect.arrayContaining(['Elapsed', 'User time', 'System time', 'CPU']),
    );
  });

  it('leaves its tables as they were while its charts are looked at', async () => {
    const filter = driver.page.getByRole('textbox', { name: 'Filter the table' });
    await filter.fill('system time');
    const rows = driver.page.getByRole('region', { name: 'Totals' }).getByRole('rowheader');
    await rows.filter({ hasText: 'User time' }).waitFor({ state: 'detached' });
    await driver.page.getByRole('tab', { name: 'Charts' }).click();
    await driver.page.getByRole('region', { name: /^Hit rates/ }).waitFor();
    expect(await driver.page.getByRole('region', { name: 'Totals' }).count()).toBe(0);
    await driver.page.getByRole('tab', { name: 'Results' }).click();
    expect(await filter.inputValue()).toBe('system time');
    expect(await rows.filter({ hasText: 'System time' }).count()).toBe(1);
    expect(await rows.filter({ hasText: 'User time' }).count()).toBe(0);
    await filter.fill('');
  });

  it('shows who owns the pages of each zone, in the topology too', async () => {
    await show('Memory');
    const memory = driver.page.getByRole('region', { name: 'Memory by owner' });
    const bars = memory.getByRole('list', { name: 'Zones by owner' }).getByRole('img');
    expect(await bars.count()).toBe(6);
    expect(await bars.nth(1).getAttribute('aria-label')).toMatch(/^Normal 0: Taken at boot .*Slab .*Free /);
    await memory
      .getByRole('row', { name: /^slab / })
      .first()
      .waitFor();
    await driver.page.getByText('Free in CPUs’ sets').first().waitFor();
  });

  it('prints /proc as the kernel did', async () => {
    await show('/proc');
    // As the 16 GB box's boot: 15,728,640 kB of highmem.
    const meminfo = driver.page.getByRole('region', { name: '/proc/meminfo' });
    expect(await meminfo.innerText()).toContain('HighTotal:    15728640 kB\n');
    await driver.page.getByRole('button', { name: '/proc/slabinfo' }).click();
    const slabinfo = driver.page.getByRole('region', { name: '/proc/slabinfo' });
    expect(await slabinfo.innerText()).toMatch(/^slabinfo - version: 2\.0\n/);
  });

  it('draws any counter over time', async () => {
    await driver.page.getByRole('tab', { name: 'Charts' }).click();
    await driver.page.getByRole('toolbar', { name: 'Charts' }).getByRole('button', { name: 'Add a chart' }).click();
    const picker = driver.page.getByRole('dialog');
    await picker.getByLabel('Search series').fill('rmap');
    await picker.getByRole('checkbox', { name: /^Reverse-map steps/ }).check();
    await picker.getByRole('button', { name: 'Add the chart' }).click();
    const chart = driver.page.getByRole('region', { name: /^Reverse-map steps/ });
    await chart.locator('canvas').waitFor();
    await chart.getByRole('button', { name: /as a table/ }).click();
    await chart.getByRole('columnheader', { name: 'Reverse-map steps' }).waitFor();
    await chart.getByRole('button', { name: /as a table/ }).click();
  });

  it('follows one reference, from the palette on', async () => {
    const { page } = driver;
    await page.keyboard.press('Control+K');
    const palette = page.getByRole('dialog');
    await palette.getByRole('combobox').or(palette.getByRole('textbox')).first().fill('Follow one');
    await palette.getByRole('option', { name: 'Follow one reference' }).first().click();
    await page.getByLabel('What', { exact: true }).selectOption('anonymous');
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    const steps = page.getByRole('region', { name: 'Steps of the reference' });
    await steps
      .getByRole('listitem')
      .filter({ hasText: /^\s*do_anonymous_page/ })
      .waitFor({ timeout: 60_000 });
    await steps
      .getByRole('listitem')
      .filter({ hasText: /^\s*clear_page/ })
      .waitFor();
    await steps.getByRole('button', { name: 'Parts of do_anonymous_page' }).click();
    await steps
      .getByRole('listitem')
      .filter({ hasText: /^\s*clear_page/ })
      .waitFor({ state: 'detached' });
    // From step to step by keys and by buttons.
    await steps.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page
      .getByRole('status')
      .filter({ hasText: /^Step 2 of / })
      .waitFor();
    await page.getByRole('button', { name: 'Previous step' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /^Step 1 of .*: the reference, / })
      .waitFor();
    // What it changed: the line is its CPU's alone, and a zone has a page less.
    const looks = page.getByRole('region', { name: 'Before and after the reference' });
    const line = looks.getByRole('table', { name: 'State of the line in caches, before and after' });
    expect(await line.getByRole('row', { name: /^CPU 0 0 / }).innerText()).toMatch(
      /I\s*to\s*[ME]\s*(modified|exclusive)/,
    );
    expect(
      await looks
        .getByRole('table', { name: /^Free blocks of HighMem 0 by order/ })
        .getByRole('row')
        .count(),
    ).toBe(12);
  });

  it('opens a script, and names the place of what is wrong in one', async () => {
    const script = (region: string): string =>
      JSON.stringify({
        format: 'numaq-lab/script',
        version: 1,
        title: 'One writer that waits',
        programs: {
          writer: [
            { op: 'mmap', as: 'heap', bytes: 256 * 4096, anonymous: true },
            { op: 'touch', region, write: true },
            {
              op: 'repeat',
              times: 10_000_000,
              body: [
                { op: 'compute', instructions: 100_000 },
                { op: 'sleep', ns: 1e6 },
              ],
            },
          ],
        },
        start: [{ program: 'writer' }],
      });
    const sheet = await openSheet();
    await sheet.getByLabel('Program 1: what runs').selectOption('script');
    const open = sheet.getByRole('button', { name: 'Open script…' });
    await driver.answerOpen(files.write('bad.json', script('haep')), () => open.click());
    await sheet.getByRole('alert').filter({ hasText: 'bad.json: programs.writer[1].region' }).waitFor();
    await driver.answerOpen(files.write('good.json', script('heap')), () => open.click());
    await sheet.getByText('One writer that waits').waitFor();
    await driver.page.keyboard.press('Escape');
  });

  it('shows the mappings of a process while the run goes on, where they lie, and turns a knob of it', async () => {
    await driver.page.getByRole('button', { name: 'Run', exact: true }).click();
    await show('Processes');
    const maps = driver.page.getByRole('region', { name: 'Mappings', exact: true });
    // 256 pages of 4 KiB, by the one CPU that runs the writer: on its own node.
    await maps.getByRole('row', { name: /rw-p 1 MiB 1 MiB 1 MiB/ }).waitFor();
    await show('/proc');
    const knobs = driver.page.getByRole('region', { name: 'Knobs of /proc/sys/vm' });
    await knobs.getByLabel('Knob', { exact: true }).selectOption('swappiness');
    await knobs.getByLabel('Value of the knob').fill('7');
    await knobs.getByRole('button', { name: 'Turn' }).click();
    await knobs.getByText('swappiness = 7').waitFor();
    await runBar().getByRole('button', { name: 'Cancel the run' }).click();
    await runBar().getByRole('status').filter({ hasText: 'cancelled' }).waitFor();
  });
});
