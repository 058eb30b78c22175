/** axe-core on every screen, in both themes: nothing serious, nothing critical. */
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { furnish, screens, settled } from '../screens.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  await furnish(driver.page);
  // By the debugger's door: the page's own policy lets no script in.
  await driver.page.evaluate(axe.source);
});
afterAll(() => driver.close());

/** What axe finds, a line each: rule, element, reason. */
async function problems(): Promise<readonly string[]> {
  const found = await driver.page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await tool.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.slice(0, 5).map((node) => `${id}: ${node.html.slice(0, 200)}: ${node.failureSummary ?? ''}`),
      );
  });
  return found.map((line) => line.replace(/\s+/g, ' ').slice(0, 400));
}

for (const theme of ['dark', 'light'] as const) {
  describe(`${door}: accessibility, ${theme}`, () => {
    beforeAll(async () => {
      const { page } = driver;
      const now = await page.evaluate(() => document.documentElement.dataset['theme']);
      if (now !== theme) await page.keyboard.press('Alt+T');
      await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' });
    });

    for (const { name, go, leave } of screens) {
      it(`finds nothing serious on: ${name}`, async () => {
        await go(driver.page);
        await settled(driver.page);
        const found = await problems();
        await leave?.(driver.page);
        expect(found).toEqual([]);
      });
    }
  });
}
