/** The run bar and the timeline: steps, speed, events, and earlier moments of a run shown again. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { enter, field, openBuiltIn, outlineRow } from '../face.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  // A PC of 32 MiB, and a program that takes a fifth more: reclaim soon begins.
  await openBuiltIn(driver.page, 'PC, 256 MB');
  await outlineRow(driver.page, /^Node 0/).click();
  await enter(field(driver.page, 'Memory'), '32');
  await driver.page.getByRole('button', { name: /^Workload:/ }).click();
  const sheet = driver.page.getByLabel('Workload', { exact: true });
  await sheet.getByLabel('Program 1: what runs').selectOption('memory-hog');
  await enter(sheet.getByLabel('Scale', { exact: true }), '1');
  await enter(sheet.getByLabel('Sweeps after the first', { exact: true }), '0');
  await driver.page.keyboard.press('Escape');
});
afterAll(() => driver.close());

const runBar = (): Locator => driver.page.getByRole('group', { name: 'Run' });
const timeline = (): Locator => driver.page.getByRole('region', { name: 'Timeline' });
const playhead = (): Locator => timeline().getByRole('slider', { name: 'Playhead' });
const button = (name: string | RegExp): Locator => driver.page.getByRole('button', { name, exact: true });

/** Virtual time that the run has come to, ns. */
const reached = async (): Promise<number> => Number(await playhead().getAttribute('aria-valuemax'));
const placed = async (): Promise<number> => Number(await playhead().getAttribute('aria-valuenow'));
const paused = (): Promise<void> => button('Resume').waitFor();

/** Presses keys that make a step, and waits until it is made. */
async function step(keys: string): Promise<number> {
  const before = await reached();
  await driver.page.keyboard.press(keys);
  await expect.poll(reached).toBeGreaterThan(before);
  await paused();
  return (await reached()) - before;
}

/** Page faults as the table of totals has them now. */
async function faults(): Promise<number> {
  // Of a long table the rows in sight alone are drawn.
  await driver.page.getByRole('textbox', { name: /^Filter/ }).fill('Page faults');
  // Keys go to the timeline again, not into the field.
  await playhead().focus();
  const row = driver.page.getByRole('row', { name: /^Page faults\b/ });
  return Number((await row.getByRole('cell').first().innerText()).replaceAll(',', ''));
}

describe(`${door}: the timeline`, () => {
  it('starts a run by a step, and steps on by ticks and by an interval of one’s own', async () => {
    await driver.page.keyboard.press('Alt+.');
    await paused();
    expect(await reached()).toBeGreaterThan(0);
    await step('Alt+.');

    await button(/^Kind of step/).click();
    await enter(driver.page.getByLabel('Interval'), '3 ms');
    await driver.page.keyboard.press('Escape');
    const moved = await step('Shift+.');
    // To the first moment at or after it.
    expect(moved).toBeGreaterThanOrEqual(3e6);
  });

  it('steps to the next event by the button, which then stands on the timeline', async () => {
    await button('Step').click();
    await paused();
    await expect
      .poll(() => timeline().getByRole('list', { name: 'Events of the run' }).getByRole('button').count())
      .not.toBe(0);
    await timeline()
      .getByRole('button', { name: /below low|kswapd wakes|events/ })
      .first()
      .waitFor();
  });

  it('holds a run to a speed, and cancels it', async () => {
    for (const name of ['1/1:', '1/2:', '1/5:']) {
      await driver.page.keyboard.press('[');
      await driver.page.getByRole('button', { name: `Speed: ${name}` }).waitFor();
    }
    for (let presses = 0; presses < 3; presses++) await driver.page.keyboard.press(']');
    await driver.page.getByRole('button', { name: 'Speed: As fast as it can' }).waitFor();
    await driver.page.keyboard.press('Control+Shift+Enter');
    await runBar().getByRole('status').filter({ hasText: 'cancelled' }).waitFor();
  });

  it('shows an earlier moment of a run that is done, and the end again', async () => {
    const { page } = driver;
    await button('Run').click();
    await runBar().getByRole('status').filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: 'Results' }).click();
    const atEnd = await faults();
    const end = await reached();

    await playhead().press('Home');
    expect(await placed()).toBe(0);
    await playhead().press('Shift+ArrowRight');
    const first = await placed();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(end);
    await page.getByText(/^at [\d,.]+ [mµn]?s$/).waitFor({ timeout: 60_000 });
    const atFirst = await faults();
    expect(atFirst).toBeGreaterThan(0);
    expect(atFirst).toBeLessThan(atEnd);

    await page.keyboard.press('Shift+X');
    await page.getByText(/^at the playhead, [\d,.]+ [mµn]?s$/).waitFor();
    await page
      .getByRole('heading', { name: /of node 0/ })
      .first()
      .waitFor();
    await page.keyboard.press('Alt+2');

    await page.keyboard.press('N');
    expect(await placed()).toBeGreaterThan(first);
    await expect.poll(faults, { timeout: 60_000 }).toBeGreaterThan(atFirst);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(faults).toBe(atEnd);
    expect(await placed()).toBe(end);
  });

  it('is dragged by the pointer, zoomed, and put away by its key', async () => {
    const { page } = driver;
    const end = await reached();
    const box = await playhead().boundingBox();
    if (box === null) throw new Error('the playhead is not seen');
    await page.mouse.move(box.x, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x - 200, box.y + 30);
    await page.mouse.up();
    const dragged = await placed();
    expect(dragged).toBeGreaterThan(0);
    expect(dragged).toBeLessThan(end);
    await page.getByText('Looking back at').waitFor();

    await button('Zoom in').click();
    expect(await button('Show the whole run').isEnabled()).toBe(true);
    await button('Show the whole run').click();
    expect(await button('Show the whole run').isEnabled()).toBe(false);
    await playhead().press('End');
    expect(await placed()).toBe(end);
    await page.keyboard.press('m');
    await timeline().waitFor({ state: 'detached' });
    await page.keyboard.press('m');
    await timeline().waitFor();
  });
});
