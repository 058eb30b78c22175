/** The first minutes: the tour, the machines searched, the glossary, the command line of what is shown, recent machines drawn. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { closeNotes, openBuiltIn } from '../face.ts';
import { scratch } from '../fixtures.ts';

const files = scratch();
let driver: Driver;
beforeAll(async () => {
  driver = await openDoor({ tour: true });
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

const clipboard = (): Promise<string> =>
  driver.app === undefined
    ? driver.page.evaluate(() => navigator.clipboard.readText())
    : driver.app.evaluate(({ clipboard: board }) => board.readText());

describe(`${door}: the first minutes`, () => {
  it('begins with a tour that goes on as its steps are done', async () => {
    const { page } = driver;
    const tour = page.getByRole('region', { name: 'Tour' });
    await tour.getByText('Step 1 of 3').waitFor();
    await page.getByRole('button', { name: 'Open NUMA-Q, 64 GB, 8 quads:' }).click();
    // It waits until the notes have been read: nothing stands under a dialog.
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor();
    await tour.waitFor({ state: 'detached' });
    await closeNotes(page);
    await tour.getByText('Step 2 of 3').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await tour.getByText('Step 3 of 3').waitFor();
    await tour.getByRole('button', { name: 'Done' }).click();
    await tour.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+Enter');
  });

  it('does not come again by itself, but from help', async () => {
    const { page } = driver;
    expect(await page.evaluate(() => localStorage.getItem('numaq-lab.tourSeen'))).toBe('true');
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: /^Tour/ }).click();
    const tour = page.getByRole('region', { name: 'Tour' });
    await tour.getByText('Step 1 of 3').waitFor();
    await tour.getByRole('button', { name: 'End the tour' }).click();
    await tour.waitFor({ state: 'detached' });
  });

  it('finds machines by their words, and says where none has them', async () => {
    const { page } = driver;
    const cards = page.getByRole('region', { name: 'Built-in machines' }).getByRole('button', { name: /^Open / });
    const all = await cards.count();
    const search = page.getByRole('searchbox', { name: 'Search the machines' });
    await search.fill('altix 4,096');
    await expect.poll(() => cards.count()).toBe(1);
    await search.fill('vax');
    await page.getByText('No machine has these words.').waitFor();
    await page.getByRole('button', { name: `Show all ${all}` }).click();
    await expect.poll(() => cards.count()).toBe(all);
  });

  it('explains a term in the glossary, with its source', async () => {
    const { page } = driver;
    await page.keyboard.press('F1');
    const glossary = page.getByRole('dialog', { name: 'Glossary' });
    await glossary.getByRole('searchbox').fill('pkmap');
    await glossary.getByText('512 with PAE, 1,024 without').waitFor();
    await glossary.getByText('Linux 2.6.0, mm/highmem.c, asm-i386/highmem.h').waitFor();
    await page.keyboard.press('Escape');
    await glossary.waitFor({ state: 'detached' });
  });

  it('copies the command line of what is shown', async () => {
    const { page } = driver;
    await page.keyboard.press('Alt+x');
    await page.getByLabel('Node', { exact: true }).selectOption('3');
    await page.keyboard.press('Alt+c');
    await expect.poll(clipboard).toBe('numaq xray numaq-64g-8quad --node 3 --mask GFP_HIGHUSER --order 0');
    await page.getByText('Copied: numaq xray').waitFor();
  });

  it('shows it, and says how it is written to a shell', async () => {
    const { page } = driver;
    await page.keyboard.press('Alt+Shift+C');
    const dialog = page.getByRole('dialog', { name: 'The same on the command line' });
    expect(await dialog.getByLabel('Command line').innerText()).toContain('numaq xray numaq-64g-8quad');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('draws a saved machine beside its name among the recent ones, and draws it anew when it is saved with more nodes', async () => {
    const { page } = driver;
    const file = files.file('drawn.numaq.json');
    const start = (): Promise<void> => page.getByRole('navigation').getByRole('button', { name: 'Start' }).click();
    const boxes = page
      .getByRole('list', { name: 'Recent' })
      .getByRole('button', { name: /^NUMA-Q, 16 GB, 4 quads/ })
      .locator('svg rect');
    await openBuiltIn(page, 'NUMA-Q, 16 GB, 4 quads');
    await driver.answerSave(file, () => driver.menu('file.saveAs', 'Save as…'));
    await start();
    await expect.poll(() => boxes.count()).toBe(4);
    const lab = page.getByRole('navigation').getByRole('button', { name: 'Lab', exact: true });
    await lab.click();
    await page.getByRole('toolbar', { name: 'Nodes' }).getByRole('button', { name: 'Add a node' }).click();
    await page.getByText(/20 CPUs, 5 nodes/).waitFor();
    await driver.answerSave(file, () => page.keyboard.press('Control+S'));
    await page.getByText('changed, not saved').waitFor({ state: 'detached' });
    await start();
    await expect.poll(() => boxes.count()).toBe(5);
    // As it is kept, too. The page opens its machines again and shows them, which is waited for.
    await page.reload();
    await page.getByText(/20 CPUs, 5 nodes/).waitFor();
    await start();
    await expect.poll(() => boxes.count()).toBe(5);
  });
});
