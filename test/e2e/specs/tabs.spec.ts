/** Several machines open at once: edits and undo in each alone, problems and their fields, and a kill that loses neither. */
import { describe, expect, it } from 'vitest';
import { door } from '../driver.ts';
import { enter, field, openBuiltIn, outlineRow, setNodeMemory } from '../face.ts';
import { labForEachTest } from '../own-lab.ts';

const FIRST = 'NUMA-Q, 16 GB, 4 quads';
const SECOND = 'PC, 256 MB';
/** An edit is on the disk soon after it was made. */
const KEPT = { timeout: 15_000 };

const lab = labForEachTest();

const tab = (name: string | RegExp) =>
  lab.driver.page.getByRole('tablist', { name: 'Open machines' }).getByRole('tab', { name });

async function openTwo(): Promise<void> {
  const { page } = lab.driver;
  await openBuiltIn(page, FIRST);
  await setNodeMemory(page, 2, 3);
  await openBuiltIn(page, SECOND);
  await setNodeMemory(page, 0, 1);
}

describe(`${door}: machines in tabs`, () => {
  it('are edited and undone each for itself', async () => {
    const { page } = lab.driver;
    await openTwo();
    await tab(`${FIRST}, changed, not saved`).waitFor();
    await outlineRow(page, /^Kernel/).click();
    await page.keyboard.press('Control+z');
    await tab(SECOND).and(page.locator('[aria-selected="true"]')).waitFor();
    await lab.driver.menu('tab.previous', 'Previous machine');
    await outlineRow(page, /^Node 2 3 GiB/).waitFor();
    await page.keyboard.press('Control+z');
    await outlineRow(page, /^Node 2 4 GiB/).waitFor();
    await tab(FIRST).waitFor();
  });

  it('show each its own last run again', async () => {
    const { page } = lab.driver;
    const run = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      const status = page.getByRole('group', { name: 'Run' }).getByRole('status');
      await status.filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
    };
    await openBuiltIn(page, SECOND);
    await run();
    await page.getByText(/^Run 1: /).waitFor();
    // The same machine once more is another machine: nothing of it has run.
    await openBuiltIn(page, SECOND);
    await page.getByText('of another machine').waitFor();
    await run();
    await page.getByText(/^Run 2: /).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+PageUp');
    await page.getByText(/^Run 1: /).waitFor();
    expect(await page.getByText('of another machine').count()).toBe(0);
    await page.keyboard.press('Alt+PageDown');
    await page.getByText(/^Run 2: /).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.press('k');
    await page.locator('.results [role="tab"][data-tab="profile"]:focus').waitFor();
  });

  it('are walked, moved and closed by keys, with a question where something is unsaved', async () => {
    const { page } = lab.driver;
    await openTwo();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+PageUp');
    await outlineRow(page, /^Node 3/).waitFor();
    await page.keyboard.press('Alt+Shift+PageDown');
    await tab(/./).first().and(page.locator('[aria-selected="false"]')).waitFor();
    await page.keyboard.press('Alt+w');
    const question = page.getByRole('alertdialog', { name: `Save the changes to ${FIRST}?` });
    await question
      .locator('button:focus')
      .and(question.getByRole('button', { name: 'Save', exact: true }))
      .waitFor();
    await question.getByRole('button', { name: 'Do not save' }).click();
    await outlineRow(page, /^Node 0 1 GiB/).waitFor();
    expect(await page.getByRole('tablist', { name: 'Open machines' }).count()).toBe(0);
  });

  it('are all there after a kill, with the unsaved changes of each', async () => {
    await openTwo();
    await expect.poll(() => lab.unsaved(), KEPT).toMatch(/"tabs":\["[^"]+","[^"]+"\]/);
    await expect.poll(() => lab.unsaved(), KEPT).toContain('"memoryMiB":3072');
    await expect.poll(() => lab.unsaved(), KEPT).toContain('"memoryMiB":1024');
    await lab.killAndOpen();

    const { page } = lab.driver;
    await tab(`${SECOND}, changed, not saved`).and(page.locator('[aria-selected="true"]')).waitFor();
    await page.getByRole('region', { name: 'Recovered changes' }).getByText(`Unsaved changes to ${SECOND}`).waitFor();
    await outlineRow(page, /^Node 0 1 GiB/).waitFor();
    await tab(`${FIRST}, changed, not saved`).click();
    await outlineRow(page, /^Node 2 3 GiB/).waitFor();
    await page.getByRole('region', { name: 'Recovered changes' }).getByRole('button', { name: 'Discard them' }).click();
    await outlineRow(page, /^Node 2 4 GiB/).waitFor();
  });

  it('are looked at as before after a kill: the screen, and what is selected of each', async () => {
    await openTwo();
    await outlineRow(lab.driver.page, /^Kernel/).click();
    await tab(new RegExp(FIRST)).click();
    await outlineRow(lab.driver.page, /^Node 3/).click();
    await lab.driver.page.getByRole('navigation').getByRole('button', { name: 'Low mem' }).click();
    await expect.poll(() => lab.unsaved(), KEPT).toMatch(/lowMemory[^}]*node:3/);
    await lab.killAndOpen();

    const { page } = lab.driver;
    await page.getByRole('button', { name: 'Low mem' }).and(page.locator('[aria-current="page"]')).waitFor();
    await page.getByRole('navigation').getByRole('button', { name: 'Lab' }).click();
    await outlineRow(page, /^Node 3/)
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
    await tab(new RegExp(SECOND)).click();
    await outlineRow(page, /^Kernel/)
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
  });
});

describe(`${door}: problems of a machine`, () => {
  it('stand in one list that leads to the field, and a field goes back to its default', async () => {
    const { page } = lab.driver;
    await openBuiltIn(page, FIRST);
    await outlineRow(page, /^Node 2/).click();
    await enter(field(page, 'CPUs'), '70');
    await page.getByRole('button', { name: /1 field refused/ }).waitFor();
    await outlineRow(page, /^Remote cache/).click();
    await page.getByRole('button', { name: /1 field refused/ }).click();
    await page.getByRole('button', { name: /^Node 2, CPUs: expected/ }).click();
    await field(page, 'CPUs').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /1 field refused/ }).waitFor({ state: 'detached' });

    await outlineRow(page, /^Kernel/).click();
    await enter(field(page, 'Swap'), '64');
    const reset = page.getByRole('button', { name: 'Swap: back to the default, 0 MiB' });
    await reset.click();
    await reset.waitFor({ state: 'detached' });
    expect(await field(page, 'Swap').inputValue()).toBe('0');
  });

  it('lets any field be found by its words', async () => {
    const { page } = lab.driver;
    await openBuiltIn(page, FIRST);
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Find a field' }).fill('data tlb entries');
    await page.keyboard.press('Enter');
    await field(page, 'Data TLB: Entries').and(page.locator(':focus')).waitFor();
  });
});
