/** What only the desktop has: the second start, and the question about unsaved changes when the window closes. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtins } from '../../../src/sim/profiles/builtin/index.ts';
import { formatProfile } from '../../../src/sim/profiles/format.ts';
import { door, type Driver, openDoor } from '../driver.ts';
import { clusterSlider, closeNotes, openBuiltIn } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

describe.skipIf(door === 'browser')(`${door}: the app`, () => {
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

  const closeWindow = async (): Promise<void> => {
    await driver.app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  };

  it('opens the file of a second start in the first window', async () => {
    const laptop = builtins.find(({ id }) => id === 'laptop-1g');
    const file = files.file('second.numaq.json');
    if (laptop !== undefined) writeFileSync(file, formatProfile(laptop.profile()));
    await driver.startAgain(file);
    await closeNotes(driver.page);
    await driver.page.getByText('second.numaq.json').waitFor();
    expect(await driver.app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('has a menu item for each command that the face lists for it', async () => {
    const ids = [
      'file.new',
      'file.open',
      'file.save',
      'file.saveAs',
      'edit.undo',
      'edit.redo',
      'run.toggle',
      'run.stop',
    ];
    const found = await driver.app?.evaluate(
      ({ Menu }, wanted) => wanted.filter((id) => Menu.getApplicationMenu()?.getMenuItemById(id) !== null),
      ids,
    );
    expect(found).toEqual(ids);
  });

  it('asks before unsaved changes are lost, stays when told to, and closes when told to', async () => {
    await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
    await clusterSlider(driver.page).press('ArrowRight');
    await driver.page.getByText('changed, not saved').waitFor();

    await closeWindow();
    const question = driver.page.getByRole('alertdialog', { name: /Save the changes/ });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await driver.page.getByText('changed, not saved').waitFor();

    const closed = driver.app?.waitForEvent('close');
    await closeWindow();
    await question.getByRole('button', { name: 'Do not save' }).click();
    await closed;
  });
});
