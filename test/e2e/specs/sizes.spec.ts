/** Windows from 1024 x 700 to 3840 x 2160: nothing runs over the edge, and what each screen is for is in view. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { furnish, screens, settled } from '../screens.ts';

const SIZES = [
  { width: 1024, height: 700 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
];

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
  await furnish(driver.page);
});
afterAll(() => driver.close());

/** Sizes the page: the window itself on the desktop. */
async function resize({ width, height }: (typeof SIZES)[number]): Promise<void> {
  const { app, page } = driver;
  if (app === undefined) await page.setViewportSize({ width, height });
  else {
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]),
      [width, height] as const,
    );
  }
  await settled(page);
}

/** Elements that reach over the right edge of the window although nothing scrolls them there. */
function overEdge(): Promise<readonly string[]> {
  return driver.page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX !== 'visible') return true;
      }
      return false;
    };
    const over = [...document.querySelectorAll('body *')].filter((element) => {
      const { right, left, width, height } = element.getBoundingClientRect();
      return width > 0 && height > 0 && (right > innerWidth + 1 || left < -1) && !scrolls(element);
    });
    const page = document.documentElement.scrollWidth > innerWidth ? ['the page itself'] : [];
    return [...page, ...over.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];
  });
}

for (const size of SIZES) {
  describe(`${door}: ${size.width} x ${size.height}`, () => {
    beforeAll(() => resize(size));

    for (const { name, go, leave, primary } of screens) {
      it(`has what matters in view on: ${name}`, async () => {
        const { page } = driver;
        await go(page);
        await settled(page);
        const over = await overEdge();
        const cut: string[] = [];
        const view = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
        for (const control of primary(page)) {
          // What scrolls may have to be scrolled: what cannot be reached at all is cut.
          await control.first().scrollIntoViewIfNeeded();
          const box = await control.first().boundingBox();
          const seen =
            box !== null &&
            box.x >= 0 &&
            box.y >= 0 &&
            box.x + box.width <= view.width + 1 &&
            box.y + box.height <= view.height + 1;
          if (!seen) cut.push(`${String(control)}: ${JSON.stringify(box)}`);
        }
        await leave?.(page);
        expect(over).toEqual([]);
        expect(cut).toEqual([]);
      });
    }
  });
}

describe(`${door}: charts in a low window`, () => {
  for (const [size, least] of [
    [{ width: 1024, height: 700 }, 60],
    [{ width: 1280, height: 800 }, 50],
  ] as const) {
    it(`have plots of ${least} px at ${size.width} x ${size.height}, and nothing of low memory is cut for them`, async () => {
      const { page } = driver;
      await resize(size);
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Lab' }).click();
      await page.getByRole('tab', { name: 'Charts' }).click();
      await page.getByRole('region', { name: /^Memory references/ }).focus();
      await page.keyboard.press('ArrowLeft');
      // The cursor is as high as the plot.
      const cursors = page.locator('.frame > .line:not(.playhead)');
      await expect.poll(() => cursors.count()).toBe(5);
      await expect
        .poll(() => cursors.evaluateAll((lines) => Math.min(...lines.map((line) => line.clientHeight))))
        .toBeGreaterThanOrEqual(least);
      await page.keyboard.press('Escape');
      // Every entry of every legend is seen.
      const hidden = await page.getByRole('list', { name: 'Series', exact: true }).evaluateAll((lists) =>
        lists.flatMap((list) => {
          const { right, bottom } = list.getBoundingClientRect();
          return [...list.children]
            .filter((entry) => {
              const box = entry.getBoundingClientRect();
              return box.right > right + 1 || box.bottom > bottom + 1;
            })
            .map((entry) => entry.textContent);
        }),
      );
      expect(hidden).toEqual([]);
      const panel = page.getByRole('region', { name: 'Low memory and charts' });
      const memory = await panel.locator('.memory').boundingBox();
      for (const part of [
        panel.getByRole('slider', { name: 'Page cluster' }),
        panel.locator('.cluster .names'),
        panel.locator('.lead').last(),
      ]) {
        const box = await part.boundingBox();
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((memory?.y ?? 0) + (memory?.height ?? 0));
      }
    });
  }
});

describe.runIf(door === 'browser')(`${door}: a page zoomed to twice its size`, () => {
  it('is scrolled to what does not fit any more', async () => {
    const { page } = driver;
    // What a window of 1,280 x 800 has left then.
    await resize({ width: 640, height: 400 });
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Lab' }).click();
    for (const control of [
      page.getByRole('slider', { name: 'Page cluster' }),
      page.getByRole('button', { name: 'Settings' }),
      page.getByRole('treeitem').first(),
    ]) {
      await control.scrollIntoViewIfNeeded();
      const box = await control.boundingBox();
      expect([box?.x, box?.y].every((at) => at !== undefined && at >= 0)).toBe(true);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(641);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(401);
    }
  });
});
