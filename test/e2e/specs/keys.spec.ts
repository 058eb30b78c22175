/** Keys of one's own, the map of keys, and settings that outlive the page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
});
afterAll(() => driver.close());

const settings = () => driver.page.getByRole('dialog', { name: 'Settings' });

describe(`${door}: keys and settings`, () => {
  it('lists every command with its keys, and finds them by either', async () => {
    const { page } = driver;
    await page.keyboard.press('?');
    const map = page.getByRole('dialog', { name: 'All keys' });
    await map.getByRole('searchbox').fill('glossary');
    await expect.poll(() => map.getByRole('row').count()).toBe(1);
    await map.getByRole('row', { name: 'Glossary F1' }).waitFor();
    await map.getByRole('searchbox').fill('Ctrl K');
    await map.getByRole('row', { name: 'Commands Ctrl K' }).waitFor();
    await map.getByRole('button', { name: 'Change keys…' }).click();
    await settings().getByRole('tab', { name: 'Keys', selected: true }).waitFor();
  });

  it('gives a command other keys, which work at once', async () => {
    const { page } = driver;
    await settings().getByRole('searchbox').fill('glossary');
    await settings().getByRole('button', { name: 'Add keys to Glossary' }).click();
    await page.keyboard.press('Alt+q');
    await settings().getByText('Alt Q').waitFor();
    await page.keyboard.press('Escape');
    await settings().waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+q');
    await page.getByRole('dialog', { name: 'Glossary' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('names the command that has keys already, and gives them over when told to', async () => {
    const { page } = driver;
    await page.keyboard.press('Control+,');
    await settings().getByRole('searchbox').fill('glossary');
    await settings().getByRole('button', { name: 'Add keys to Glossary' }).click();
    await page.keyboard.press('Alt+t');
    await settings().getByText('Alt T is: Dark or light.').waitFor();
    await settings().getByRole('button', { name: 'Take it' }).click();
    await settings().getByText('Alt T is:').waitFor({ state: 'detached' });
    await settings().getByRole('button', { name: 'Take Alt T from Glossary' }).waitFor();
    await settings().getByRole('searchbox').fill('dark or light');
    await expect.poll(() => settings().getByRole('button', { name: 'Take Alt T from Dark or light' }).count()).toBe(0);
    await settings().getByRole('button', { name: 'Reset all keys' }).click();
    await settings().getByRole('button', { name: 'Take Alt T from Dark or light' }).waitFor();
  });

  it('chooses theme and motion, which the next page has too', async () => {
    const { page } = driver;
    const root = (): Promise<string> =>
      page.evaluate(() =>
        [document.documentElement.dataset['theme'], document.documentElement.dataset['motion']].join(),
      );
    await settings().getByRole('tab', { name: 'Look' }).click();
    await settings().getByRole('radio', { name: 'Light' }).check();
    await settings().getByRole('radio', { name: 'Reduced' }).check();
    expect(await root()).toBe('light,reduced');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    expect(await root()).toBe('light,reduced');
    const duration = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--motion-select').trim());
    expect(await duration()).toMatch(/^0m?s$/);
  });

  it('scales the page where no browser does', async () => {
    const { page, app } = driver;
    if (app === undefined) {
      // The browser's own zoom: its keys are left to it.
      await page.keyboard.press('Control+,');
      await settings().getByText('The browser’s own zoom').waitFor();
      await page.keyboard.press('Escape');
      return;
    }
    const width = (): Promise<number> => page.evaluate(() => innerWidth);
    const before = await width();
    await driver.menu('view.zoomIn', 'Larger');
    await expect.poll(width).toBeLessThan(before);
    await driver.menu('view.zoomReset', 'Normal size');
    await expect.poll(width).toBe(before);
  });

  it('finds nodes, runs and terms in the palette', async () => {
    const { page } = driver;
    await page.keyboard.press('Control+K');
    const palette = page.getByRole('combobox', { name: 'Command' });
    await palette.fill('zonelist fallback');
    await page
      .getByRole('option', { name: /^zonelist/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: 'Glossary' }).getByText('build_zonelists').waitFor();
    await page.keyboard.press('Escape');
  });
});
