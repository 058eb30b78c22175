/** The history of edits, and what a killed lab had on its table. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { enter, field, openBuiltIn, outlineRow } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

const MACHINE = 'NUMA-Q, 16 GB, 4 quads';
/** An edit is on the disk soon after it was made. */
const kept = (): Promise<void> => expect.poll(() => data.unsaved(), { timeout: 15_000 }).toContain('"memoryMiB":2048');

let driver: Driver;
let data: Scratch;
beforeEach(async () => {
  data = scratch();
  driver = await openDoor({ data: data.folder });
});
afterEach(async () => {
  await driver.close();
  data.remove();
});

const entry = (name: string | RegExp) =>
  driver.page.getByRole('radiogroup', { name: 'History' }).getByRole('radio', { name });

async function editTwice(): Promise<void> {
  const { page } = driver;
  await openBuiltIn(page, MACHINE);
  await outlineRow(page, /^Node 2/).click();
  // An edit is there when the machine has booted with it.
  await enter(field(page, 'Memory'), '3072');
  await outlineRow(page, /^Node 2/)
    .filter({ hasText: '3 GiB' })
    .waitFor();
  await enter(field(page, 'Memory'), '2048');
  await outlineRow(page, /^Node 2/)
    .filter({ hasText: '2 GiB' })
    .waitFor();
}

describe(`${door}: the history`, () => {
  it('lists the edits by name, and goes to any of them', async () => {
    const { page } = driver;
    await editTwice();
    await page.keyboard.press('Escape');
    await driver.menu('view.history', 'History on or off');
    await entry('Node 2: memory 2 GiB').waitFor();
    expect(await entry(/./).count()).toBe(3);
    await entry('Node 2: memory 3 GiB').click();
    expect(await field(page, 'Memory').inputValue()).toBe('3,072');
    await entry('Node 2: memory 2 GiB, undone').waitFor();
    await entry(/^Opened/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('4,096');
    expect(await page.title()).not.toContain('•');
    await driver.menu('history.redoAll', 'Redo everything');
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
  });
});

describe(`${door}: a lab that is killed`, () => {
  it('opens where it was, with unsaved changes, and says so until they are kept or discarded', async () => {
    await editTwice();
    await kept();
    await driver.kill();

    driver = await openDoor({ data: data.folder });
    const { page } = driver;
    const bar = page.getByRole('region', { name: 'Recovered changes' });
    await bar.getByText(`Unsaved changes to ${MACHINE}, as of`).waitFor();
    await outlineRow(page, /^Node 2/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
    expect(await page.title()).toContain('•');
    await kept();
    await driver.kill();

    // Killed again before anything was answered: they are there once more.
    driver = await openDoor({ data: data.folder });
    const again = driver.page.getByRole('region', { name: 'Recovered changes' });
    await again.getByRole('button', { name: 'Discard them' }).click();
    await again.waitFor({ state: 'detached' });
    await outlineRow(driver.page, /^Node 2/).click();
    expect(await field(driver.page, 'Memory').inputValue()).toBe('4,096');
    expect(await driver.page.title()).not.toContain('•');
  });

  // The desktop's window asks before it lets its page go.
  it.skipIf(door !== 'browser')('keeps what is on the table when the page is loaded again', async () => {
    const { page } = driver;
    await editTwice();
    await kept();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.evaluate(() => void setTimeout(() => location.reload()));
    await page.getByRole('region', { name: 'Recovered changes' }).getByRole('button', { name: 'Keep' }).click();
    await outlineRow(page, /^Node 2/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
  });
});
