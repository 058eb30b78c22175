/** The topology as the place to work: zoom, pan, fold, and edits of the machine by pointer and by keys. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { openBuiltIn } from '../face.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
});
afterAll(() => driver.close());

const topology = (): Locator => driver.page.getByRole('region', { name: 'Topology', exact: true });
const node = (id: number): Locator => topology().getByRole('button', { name: new RegExp(`^Node ${id}\\b`) });
const card = (id: number): Locator => topology().getByRole('group', { name: `Node ${id}`, exact: true });
const cpus = (id: number): Locator =>
  card(id)
    .getByRole('button', { name: new RegExp(`of node ${id}$`) })
    .first();
const zoom = async (): Promise<number> =>
  parseInt((await topology().getByLabel('Zoom', { exact: true }).textContent()) ?? '', 10);
/** The inspector shows that node. */
const inspected = (id: number): Locator =>
  driver.page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('heading', { name: `Node ${id}` })
    .first();
const press = (key: string): Promise<void> => driver.page.keyboard.press(key);
const status = (text: RegExp): Promise<void> => driver.page.getByText(text).first().waitFor();

/** Chooses a command of the palette by its title. */
async function command(title: string): Promise<void> {
  await press('Control+K');
  await driver.page.getByRole('combobox', { name: 'Command' }).fill(title);
  await driver.page.getByRole('option', { name: title }).first().click();
}

/** Where an element is once it has come to rest. */
async function middle(of: Locator): Promise<{ x: number; y: number }> {
  const frame = (): Promise<unknown> => of.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  let box = await of.boundingBox();
  for (let last = ''; last !== JSON.stringify(box); box = await of.boundingBox()) {
    last = JSON.stringify(box);
    await frame();
    await frame();
  }
  if (box === null) throw new Error('not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags the middle of one element to the middle of another. */
async function drag(from: Locator, to: Locator): Promise<void> {
  const { mouse } = driver.page;
  const [start, end] = [await middle(from), await middle(to)];
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move(start.x + 12, start.y + 12, { steps: 3 });
  await mouse.move(end.x, end.y, { steps: 5 });
  await mouse.up();
}

/** What of the drawing is seen, as it is drawn; once it has come to rest. */
async function seen(): Promise<{ x: number; y: number; zoom: number }> {
  await middle(card(0));
  return topology()
    .locator('.svelte-flow__viewport')
    .evaluate((drawn) => {
      const { a, e, f } = new DOMMatrix(getComputedStyle(drawn).transform);
      return { x: e, y: f, zoom: a };
    });
}

/** Drags the ground of the drawing to the right. */
async function pull(by: number): Promise<void> {
  const { mouse } = driver.page;
  const ground = await topology().locator('.svelte-flow').boundingBox();
  if (ground === null) throw new Error('no ground');
  await mouse.move(ground.x + 4, ground.y + 4);
  await mouse.down();
  await mouse.move(ground.x + 4 + by, ground.y + 4, { steps: 4 });
  await mouse.up();
}

/** Memory of a node, as its card's head has it. */
const memory = async (id: number): Promise<string> => (await node(id).textContent()) ?? '';

describe(`${door}: the topology of a small machine`, () => {
  beforeAll(() => openBuiltIn(driver.page, 'NUMA-Q, 64 GB, 8 quads'));

  it('zooms by keys and shows all again', async () => {
    await card(0).waitFor();
    expect(await zoom()).toBe(100);
    await press('+');
    await expect.poll(zoom).toBe(130);
    await press('f');
    await expect.poll(zoom).toBe(100);
  });

  it('pans by dragging its ground, and by arrows where the ground has the focus', async () => {
    const before = await middle(card(0));
    const ground = await topology().locator('.svelte-flow').boundingBox();
    if (ground === null) throw new Error('no ground');
    await driver.page.mouse.move(ground.x + 4, ground.y + 4);
    await driver.page.mouse.down();
    await driver.page.mouse.move(ground.x + 64, ground.y + 34, { steps: 5 });
    await driver.page.mouse.up();
    await expect.poll(async () => Math.round((await middle(card(0))).x - before.x)).toBe(60);
    await press('f');
    await expect.poll(async () => Math.round((await middle(card(0))).x - before.x)).toBe(0);
    await topology().getByRole('group', { name: 'Drawing of the machine' }).focus();
    await press('ArrowRight');
    await expect.poll(async () => (await middle(card(0))).x < before.x - 50).toBe(true);
    await press('f');
    await expect.poll(async () => Math.round((await middle(card(0))).x - before.x)).toBe(0);
  });

  it('begins a gesture from what is seen, though another tab was looked at elsewhere', async () => {
    const whole = await seen();
    await pull(40);
    await expect.poll(seen).toEqual({ ...whole, x: whole.x + 40 });
    await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
    await node(7).waitFor({ state: 'detached' });
    const other = await seen();
    expect(other.x).not.toBe(whole.x + 40);
    await pull(6);
    await expect.poll(seen).toEqual({ ...other, x: other.x + 6 });
    await press('Alt+PageUp');
    await node(7).waitFor();
    await expect.poll(seen).toEqual({ ...whole, x: whole.x + 40 });
    await pull(6);
    await expect.poll(seen).toEqual({ ...whole, x: whole.x + 46 });
    await press('f');
    await expect.poll(seen).toEqual(whole);
  });

  it('keeps the drawing where it is while a border of zones is dragged', async () => {
    const before = await seen();
    const border = card(0).getByRole('slider', { name: 'Memory of node 0' });
    const start = await middle(border);
    const value = await border.getAttribute('aria-valuenow');
    const { mouse } = driver.page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move(start.x + 9, start.y + 24, { steps: 6 });
    await expect.poll(() => border.getAttribute('aria-valuenow')).not.toBe(value);
    await mouse.up();
    expect(await seen()).toEqual(before);
    await press('Control+Z');
    await expect.poll(() => border.getAttribute('aria-valuenow')).toBe(value);
  });

  it('moves a CPU from card to card by dragging it, in one step that undo takes back', async () => {
    await drag(cpus(3).locator('.chip').last(), card(4));
    await cpus(4).getByText('5 CPUs').waitFor();
    await cpus(3).getByText('3 CPUs').waitFor();
    await status(/32 CPUs, 8 nodes/);
    await press('Control+Z');
    await cpus(4).getByText('4 CPUs').waitFor();
    await cpus(3).getByText('4 CPUs').waitFor();
  });

  it('moves memory from card to card by dragging its zone', async () => {
    await drag(card(1).locator('.hit').first(), card(2));
    await expect.poll(() => memory(1)).toMatch(/7\.75 GiB/);
    expect(await memory(2)).toMatch(/8\.25 GiB/);
    await press('Control+Z');
    await expect.poll(() => memory(1)).toMatch(/8 GiB/);
    expect(await memory(2)).toMatch(/8 GiB/);
  });

  it('says at the card why an edit is refused, and what helps', async () => {
    await node(2).click();
    await command('Draw a link to the next node');
    const note = topology().getByRole('alert');
    await note.getByText(/ring has its links by its kind/).waitFor();
    await note.getByRole('button', { name: 'Turn it into free links' }).click();
    await topology()
      .getByRole('button', { name: /^8 links/ })
      .waitFor();
    await note.waitFor({ state: 'detached' });
  });

  it('draws a link by dragging, and removes it by undo', async () => {
    await drag(card(0).locator('.socket'), card(5));
    await topology()
      .getByRole('button', { name: /^9 links/ })
      .waitFor();
    await press('Control+Z');
    await topology()
      .getByRole('button', { name: /^8 links/ })
      .waitFor();
  });

  it('closes the menu of a node that an undo takes away', async () => {
    await command('Add a node');
    await node(8).click({ button: 'right' });
    const menu = driver.page.getByRole('menu');
    await menu.waitFor();
    expect(await menu.getAttribute('aria-label')).toBe('Node 8');
    await press('Control+Z');
    await node(8).waitFor({ state: 'detached' });
    await menu.waitFor({ state: 'detached' });
  });

  it('does all of it by keys: walk, add a CPU, move memory and remove a link from the menu of a node', async () => {
    await node(0).focus();
    await press('ArrowRight');
    await expect.poll(() => node(1).getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => driver.page.evaluate(() => document.activeElement?.getAttribute('data-node'))).toBe('1');
    await cpus(1).focus();
    await press('+');
    await cpus(1).getByText('5 CPUs').waitFor();
    await press('-');
    await cpus(1).getByText('4 CPUs').waitFor();
    await node(1).focus();
    await press('Shift+F10');
    const menu = driver.page.getByRole('menu', { name: 'Node 1' });
    await menu.waitFor();
    await menu.getByRole('menuitem', { name: 'Remove the link to' }).press('Enter');
    await driver.page.getByRole('menuitem', { name: 'Node 2', exact: true }).press('Enter');
    await topology()
      .getByRole('button', { name: /^7 links/ })
      .waitFor();
  });
});

describe(`${door}: the topology of a machine of 128 nodes`, () => {
  beforeAll(() => openBuiltIn(driver.page, 'SGI Altix 3700, 128 nodes'));
  const groups = (): Locator => topology().getByRole('button', { name: /^Rows \d+–\d+, columns/ });
  const second = (): Locator => topology().getByRole('button', { name: /^Rows 0–3, columns 4–7:/ });

  it('is folded into squares of its mesh', async () => {
    await second().waitFor();
    expect(await groups().count()).toBe(8);
    expect(await node(5).count()).toBe(0);
  });

  it('opens a square with Enter, walks in it, and folds it with Esc', async () => {
    await second().focus();
    await press('Enter');
    await expect.poll(() => driver.page.evaluate(() => document.activeElement?.getAttribute('data-node'))).toBe('4');
    await press('ArrowDown');
    // The mesh has 16 columns.
    await expect.poll(() => driver.page.evaluate(() => document.activeElement?.getAttribute('data-node'))).toBe('20');
    await inspected(20).waitFor();
    await press('Escape');
    await second().waitFor();
    await expect.poll(() => driver.page.evaluate(() => document.activeElement?.getAttribute('data-group'))).toBe('1');
  });

  it('opens by zooming and folds again', async () => {
    await press('f');
    await second().waitFor();
    for (let step = 0; step < 5; step += 1) await press('+');
    await expect.poll(() => topology().locator('[data-node]').count()).toBeGreaterThan(0);
    await press('f');
    await expect.poll(() => topology().locator('[data-node]').count()).toBe(0);
  });

  it('goes to a node by its number, as a card', async () => {
    await press('g');
    const asked = topology().getByLabel('Go to node');
    await asked.fill('999');
    await press('Enter');
    await topology().getByRole('alert').getByText('No node 999: the last is 127.').waitFor();
    await asked.fill('77');
    await press('Enter');
    await card(77).waitFor();
    await inspected(77).waitFor();
  });

  it('has a map that keys move the window on', async () => {
    const map = topology().getByRole('group', { name: /^Map of the machine/ });
    const before = await middle(card(77));
    await map.focus();
    await press('ArrowLeft');
    await expect
      .poll(async () => (await card(77).count()) === 0 || (await middle(card(77))).x > before.x + 50)
      .toBe(true);
  });
});
