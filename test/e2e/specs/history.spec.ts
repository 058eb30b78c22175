/** The history of edits, and what a killed lab had on its table. */
import { describe, expect, it } from 'vitest';
import { door } from '../driver.ts';
import { field, openBuiltIn, outlineRow, setNodeMemory } from '../face.ts';
import { labForEachTest } from '../own-lab.ts';

const MACHINE = 'NUMA-Q, 16 GB, 4 quads';
const lab = labForEachTest();
/** An edit is on the disk soon after it was made. */
const kept = (): Promise<void> => expect.poll(() => lab.unsaved(), { timeout: 15_000 }).toContain('"memoryMiB":2048');

const entry = (name: string | RegExp) =>
  lab.driver.page.getByRole('radiogroup', { name: 'History' }).getByRole('radio', { name });

async function editTwice(): Promise<void> {
  const { page } = lab.driver;
  await openBuiltIn(page, MACHINE);
  await setNodeMemory(page, 2, 3);
  await setNodeMemory(page, 2, 2);
}

describe(`${door}: the history`, () => {
  it('lists the edits by name, and goes to any of them', async () => {
    const { page } = lab.driver;
    await editTwice();
    await page.keyboard.press('Escape');
    await lab.driver.menu('view.history', 'History on or off');
    await entry('Node 2: memory 2 GiB').waitFor();
    expect(await entry(/./).count()).toBe(3);
    await entry('Node 2: memory 3 GiB').click();
    expect(await field(page, 'Memory').inputValue()).toBe('3,072');
    await entry('Node 2: memory 2 GiB, undone').waitFor();
    await entry(/^Opened/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('4,096');
    expect(await page.title()).not.toContain('•');
    await lab.driver.menu('history.redoAll', 'Redo everything');
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
  });
});

describe(`${door}: undo in a field`, () => {
  it('takes the edit back that put its value in force, and makes it again', async () => {
    const { page } = lab.driver;
    await openBuiltIn(page, MACHINE);
    await setNodeMemory(page, 2, 3);
    const memory = field(page, 'Memory');
    await page.keyboard.press('Control+Z');
    await expect.poll(() => memory.inputValue()).toBe('4,096');
    await page.keyboard.press('Control+Shift+Z');
    await expect.poll(() => memory.inputValue()).toBe('3,072');
    await page.keyboard.press('Control+Z');
    await expect.poll(() => memory.inputValue()).toBe('4,096');
    await page.keyboard.press('Control+Y');
    await expect.poll(() => memory.inputValue()).toBe('3,072');
    await outlineRow(page, /^Node 2/)
      .filter({ hasText: '3 GiB' })
      .waitFor();
  });

  it('is of the text while something is typed, and never of the machine then', async () => {
    const { page } = lab.driver;
    await openBuiltIn(page, MACHINE);
    await setNodeMemory(page, 2, 3);
    const memory = field(page, 'Memory');
    await memory.press('End');
    await page.keyboard.type('5');
    await page.keyboard.press('Control+Z');
    await expect.poll(() => memory.inputValue()).toBe('3,072');
    await page.keyboard.press('Enter');
    await outlineRow(page, /^Node 2/)
      .filter({ hasText: '3 GiB' })
      .waitFor();
    await page.keyboard.press('Control+Z');
    await expect.poll(() => memory.inputValue()).toBe('4,096');
  });

  it('takes a choice back', async () => {
    const { page } = lab.driver;
    await openBuiltIn(page, MACHINE);
    await outlineRow(page, /^Kernel/).click();
    const kind = field(page, 'Compiler');
    const before = await kind.inputValue();
    await kind.focus();
    await kind.selectOption({ index: 1 });
    await page.getByText('changed, not saved').waitFor();
    await expect.poll(() => kind.inputValue()).not.toBe(before);
    await page.keyboard.press('Control+Z');
    await expect.poll(() => kind.inputValue()).toBe(before);
    await page.getByText('changed, not saved').waitFor({ state: 'detached' });
  });
});

describe(`${door}: a lab that is killed`, () => {
  it('opens where it was, with unsaved changes, and says so until they are kept or discarded', async () => {
    await editTwice();
    await kept();
    await lab.killAndOpen();

    const { page } = lab.driver;
    const bar = page.getByRole('region', { name: 'Recovered changes' });
    await bar.getByText(`Unsaved changes to ${MACHINE}, as of`).waitFor();
    await outlineRow(page, /^Node 2/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
    expect(await page.title()).toContain('•');
    await kept();

    // Killed again before anything was answered: they are there once more.
    await lab.killAndOpen();
    const again = lab.driver.page.getByRole('region', { name: 'Recovered changes' });
    await again.getByRole('button', { name: 'Discard them' }).click();
    await again.waitFor({ state: 'detached' });
    await outlineRow(lab.driver.page, /^Node 2/).click();
    expect(await field(lab.driver.page, 'Memory').inputValue()).toBe('4,096');
    expect(await lab.driver.page.title()).not.toContain('•');
  });

  // The desktop's window asks before it lets its page go.
  it.skipIf(door !== 'browser')('keeps what is on the table when the page is loaded again', async () => {
    const { page } = lab.driver;
    await editTwice();
    await kept();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.evaluate(() => void setTimeout(() => location.reload()));
    await page.getByRole('region', { name: 'Recovered changes' }).getByRole('button', { name: 'Keep' }).click();
    await outlineRow(page, /^Node 2/).click();
    expect(await field(page, 'Memory').inputValue()).toBe('2,048');
  });
});
