/** Files that cannot be opened: they say what is wrong and where, and leave the machine on the table as it was. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { closeNotes, openBuiltIn } from '../face.ts';
import { lackeyTrace, type Scratch, scratch } from '../fixtures.ts';

let driver: Driver;
let files: Scratch;
let good: { readonly text: string; readonly value: Record<string, unknown> };
beforeAll(async () => {
  files = scratch();
  driver = await openDoor();
  await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
  const file = files.file('good.numaq.json');
  await driver.answerSave(file, () => driver.menu('file.saveAs', 'Save as…'));
  const text = readFileSync(file, 'utf8');
  good = { text, value: JSON.parse(text) as Record<string, unknown> };
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

/** Opens `text` as a machine file; resolves to what the refusal says. */
async function refusal(name: string, text: string): Promise<string> {
  const file = files.write(name, text);
  await driver.answerOpen(file, () => driver.menu('file.open', 'Open…'));
  const dialog = driver.page.getByRole('dialog', { name: 'The machine was not opened' });
  await dialog.waitFor();
  const said = await dialog.innerText();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(readFileSync(file, 'utf8')).toBe(text);
  return said;
}

const stillOpen = (): Promise<void> => driver.page.getByText(/16 CPUs, 4 nodes/).waitFor();

describe(`${door}: a machine file`, () => {
  it('that is cut off opens nothing, and says at which line', async () => {
    const said = await refusal('cut.numaq.json', good.text.slice(0, 400));
    expect(said).toContain('cut.numaq.json');
    expect(said).toMatch(/line \d+/);
    await stillOpen();
  });

  it('of a newer version opens nothing, and says so', async () => {
    const said = await refusal('newer.numaq.json', JSON.stringify({ ...good.value, version: 99 }));
    expect(said).toMatch(/newer NUMA-Q Lab/);
    expect(said).toContain('99');
    await stillOpen();
  });

  it('with an unknown key opens nothing, and names it', async () => {
    const said = await refusal('key.numaq.json', JSON.stringify({ ...good.value, turbo: true }));
    expect(said).toContain('turbo');
    await stillOpen();
  });

  it('that is something else opens nothing', async () => {
    for (const text of ['', 'null', '[]', 'not json at all', '\u0000\u0001']) {
      expect(await refusal('else.numaq.json', text)).toContain('else.numaq.json');
    }
    await stillOpen();
  });
});

describe(`${door}: a trace`, () => {
  it('that is none is refused in its sheet, with the reason', async () => {
    const { page } = driver;
    await page.getByRole('button', { name: /^Workload:/ }).click();
    const sheet = page.getByLabel('Workload', { exact: true });
    await sheet.getByLabel('Program 1: what runs').selectOption('trace');
    const file = files.write('letter.txt', 'Dear reader,\nthis is a letter.\n'.repeat(50));
    await driver.answerOpen(file, () => sheet.getByRole('button', { name: 'Open trace…' }).click());
    await sheet.getByRole('alert').filter({ hasText: 'letter.txt' }).waitFor();
    const trace = files.write('walk.lackey', lackeyTrace(100));
    await driver.answerOpen(trace, () => sheet.getByRole('button', { name: 'Open trace…' }).click());
    await sheet.getByText(/records: /).waitFor();
    await page.keyboard.press('Escape');
  });
});

describe.skipIf(door === 'browser')(`${door}: a file given on the command line`, () => {
  it('is opened in the window', async () => {
    const given = await openDoor({ files: [files.write('given.numaq.json', good.text)] });
    await closeNotes(given.page);
    await given.page.getByText(/16 CPUs, 4 nodes/).waitFor();
    await given.page.getByText('given.numaq.json').waitFor();
    await given.close();
  });

  it('that is broken says what is wrong, in the window', async () => {
    const given = await openDoor({ files: [files.write('broken.numaq.json', '{"format":')] });
    await given.page
      .getByRole('dialog', { name: 'The machine was not opened' })
      .getByText('broken.numaq.json')
      .waitFor();
    await given.close();
  });
});
