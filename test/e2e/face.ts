/** What the specs do with the face, by roles and names as a person finds them. */
import type { Locator, Page } from 'playwright-core';
import type { Driver } from './driver.ts';

/** Opens the built-in machine whose card bears `title`, and closes its notes. */
export async function openBuiltIn(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: `Open ${title}:` }).click();
  await closeNotes(page);
}

/** Closes the notes that a machine shows when it is opened. */
export async function closeNotes(page: Page): Promise<void> {
  const notes = page.getByRole('dialog');
  await notes.getByRole('button', { name: 'Close' }).click();
  await notes.waitFor({ state: 'detached' });
}

/** The page-cluster slider. */
export const clusterSlider = (page: Page): Locator => page.getByRole('slider', { name: 'Page cluster' });

/** A row of the outline. */
export const outlineRow = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('tree', { name: 'Machine' }).getByRole('treeitem', { name });

/** A labelled field of the inspector. */
export const field = (page: Page, label: string): Locator =>
  page.getByRole('complementary', { name: 'Inspector' }).getByLabel(label, { exact: true });

/** Types a value into a field and applies it. */
export async function enter(where: Locator, value: string): Promise<void> {
  await where.fill(value);
  await where.press('Enter');
}

/** Sets a node's memory in the inspector; resolves when the machine has booted with it. */
export async function setNodeMemory(page: Page, node: number, gib: number): Promise<void> {
  const row = outlineRow(page, new RegExp(`^Node ${node}`));
  await row.click();
  await enter(field(page, 'Memory'), `${gib} GiB`);
  await row.filter({ hasText: `${gib} GiB` }).waitFor();
}

/** Opens the workload sheet, opens `trace` for the first program, gives it `cpus`, and closes the sheet. */
export async function chooseTrace(driver: Driver, trace: string, cpus: string): Promise<void> {
  const { page } = driver;
  await page.getByRole('button', { name: /^Workload:/ }).click();
  const sheet = page.getByLabel('Workload', { exact: true });
  await sheet.getByLabel('Program 1: what runs').selectOption('trace');
  await driver.answerOpen(trace, () => sheet.getByRole('button', { name: 'Open trace…' }).click());
  await sheet.getByText(/records: /).waitFor();
  await enter(sheet.getByLabel('CPUs', { exact: true }), cpus);
  await page.keyboard.press('Escape');
}
