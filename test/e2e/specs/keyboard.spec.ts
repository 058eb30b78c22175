/** The lab by keyboard alone, and both themes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
});
afterAll(() => driver.close());

const press = (key: string): Promise<void> => driver.page.keyboard.press(key);
/** Name of what has the focus: its label, or its text. */
const focused = (): Promise<string> =>
  driver.page.evaluate(() => {
    const element = document.activeElement;
    const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
  });

/** Presses Tab until the element with that name has the focus: one that is written in or turned, where `input` is asked for. */
async function tabTo(name: RegExp, input = false): Promise<void> {
  for (let steps = 0; steps < 200; steps++) {
    if (name.test(await focused()) && (!input || (await driver.page.locator('input:focus').count()) > 0)) return;
    await press('Tab');
  }
  throw new Error(`200 steps of Tab do not reach ${String(name)}`);
}

describe(`${door}: the keyboard`, () => {
  it('opens a machine from the palette, and puts its notes away', async () => {
    await press('Control+K');
    await driver.page.getByRole('combobox', { name: 'Command' }).pressSequentially('numa-q, 16 gb');
    await press('Enter');
    await driver.page.getByRole('dialog', { name: 'NUMA-Q, 16 GB, 4 quads' }).waitFor();
    await press('Escape');
    await driver.page.getByRole('dialog').waitFor({ state: 'detached' });
    await driver.page.getByText(/16 CPUs, 4 nodes/).waitFor();
    await expect.poll(focused).toBe('Drawing of the machine');
    await tabTo(/^Node 0\b/);
  });

  it('walks the outline by arrows and edits a field by typing', async () => {
    await tabTo(/^NUMA-Q, 16 GB, 4 quads/);
    await press('ArrowDown');
    await driver.page.getByRole('treeitem', { name: /^Node 0/, selected: true }).waitFor();
    await tabTo(/^CPUs$/, true);
    await press('Control+A');
    await driver.page.keyboard.type('2');
    await press('Enter');
    await driver.page.getByText(/14 CPUs, 4 nodes/).waitFor();
  });

  it('turns the cluster slider, takes it back and does it again', async () => {
    // The value in words is the boot's answer; the slider itself moves at once.
    const inForce = (): Promise<string | null> =>
      driver.page.getByRole('slider', { name: 'Page cluster' }).getAttribute('aria-valuetext');
    await tabTo(/^Page cluster$/, true);
    await press('ArrowRight');
    await expect.poll(inForce).toMatch(/^8 KiB/);
    await press('Control+Z');
    await expect.poll(inForce).toMatch(/^4 KiB/);
    await press('Control+Shift+Z');
    await expect.poll(inForce).toMatch(/^8 KiB/);
    await press('Control+Z');
    await expect.poll(inForce).toMatch(/^4 KiB/);
  });

  it('takes every change back, one by one', async () => {
    await press('Control+Z');
    await driver.page.getByText(/16 CPUs, 4 nodes/).waitFor();
    await driver.page.getByText('changed, not saved').waitFor({ state: 'detached' });
  });

  it('runs, stops, and hides and shows the panels', async () => {
    await press('Control+Enter');
    const run = driver.page.getByRole('group', { name: 'Run' });
    await run.getByText('Virtual time').waitFor();
    await expect.poll(() => run.innerText()).toMatch(/running|% left|preparing|done/);
    await press('Control+Shift+Enter');
    await run.getByText(/cancelled|done/).waitFor();
    // A run that was cancelled has no table: what is said in its place has the keys.
    await press('r');
    await press('k');
    await driver.page
      .locator('.results [role="tab"][aria-selected="true"]:focus, .results [role="tabpanel"]:focus')
      .waitFor();
    const panels = {
      b: driver.page.getByRole('tree', { name: 'Machine' }),
      j: driver.page.getByRole('heading', { name: /^Low memory budget/ }),
    };
    for (const [key, panel] of Object.entries(panels)) {
      await press(`Control+${key}`);
      await panel.waitFor({ state: 'hidden' });
      await press(`Control+${key}`);
      await panel.waitFor();
    }
  });

  it('shows all keys', async () => {
    await press('?');
    await driver.page.getByRole('dialog', { name: /keys/i }).waitFor();
    await press('Escape');
  });
});

describe(`${door}: the theme`, () => {
  const theme = (): Promise<string | undefined> =>
    driver.page.evaluate(() => document.documentElement.dataset['theme']);
  const background = (): Promise<string> => driver.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  it('changes between dark and light, and stays as chosen when the page is loaded again', async () => {
    const before = await theme();
    const dark = { dark: 'rgb(13, 16, 21)', light: 'rgb(236, 239, 242)' };
    expect(await background()).toBe(dark[before as keyof typeof dark]);
    await driver.menu('view.theme', 'Dark or light');
    const after = before === 'dark' ? 'light' : 'dark';
    await expect.poll(theme).toBe(after);
    expect(await background()).toBe(dark[after]);
    await driver.page.reload();
    await driver.page.getByRole('navigation', { name: 'Screens' }).waitFor();
    expect(await theme()).toBe(after);
  });
});
