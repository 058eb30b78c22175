/** Charts of a run: series chosen and laid over each other, zoom and its undo, the shared cursor, pins, and all of it as files. */
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { openBuiltIn } from '../face.ts';
import { type Scratch, scratch } from '../fixtures.ts';

let driver: Driver;
let files: Scratch;
beforeAll(async () => {
  files = scratch();
  driver = await openDoor();
  await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
  await run();
});
afterAll(async () => {
  await driver.close();
  files.remove();
});

async function run(): Promise<void> {
  await driver.page.getByRole('button', { name: 'Run', exact: true }).click();
  const bar = driver.page.getByRole('group', { name: 'Run' });
  await bar.getByRole('status').filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
}

const chart = (name: RegExp): Locator => driver.page.getByRole('region', { name });
const cells = (table: Locator): Promise<string[][]> =>
  table
    .getByRole('row')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
const tools = (): Locator => driver.page.getByRole('toolbar', { name: 'Charts' });

/** Chooses series by their names in the picker that is open. */
async function choose(...names: string[]): Promise<void> {
  const picker = driver.page.getByRole('dialog');
  for (const name of names) {
    await picker.getByLabel('Search series').fill(name);
    await picker
      .getByRole('checkbox', { name: new RegExp(`^${name} `) })
      .first()
      .check();
  }
}

describe(`${door}: charts`, () => {
  it('shows chosen series in one chart where they share a unit', async () => {
    await tools().getByRole('button', { name: 'Add a chart' }).click();
    await choose('Reads', 'Writes');
    await driver.page.getByRole('dialog').getByRole('button', { name: 'Add the chart' }).click();
    await chart(/^Reads, Writes per sample/)
      .locator('canvas')
      .waitFor();
  });

  it('lays another one over them, and makes a chart of its own where units differ, having said so', async () => {
    await chart(/^Reads, Writes/).focus();
    await driver.page.keyboard.press('e');
    await choose('Page faults', 'L2 hit rate');
    const picker = driver.page.getByRole('dialog');
    await picker.getByText('Units differ and a chart has one axis: 3 counted per sample, 1 in %.').waitFor();
    await picker.getByRole('button', { name: 'Show these' }).click();
    await picker.waitFor({ state: 'detached' });
    await chart(/^Reads, Writes/)
      .getByRole('listitem')
      .filter({ hasText: 'Page faults' })
      .waitFor();
    await chart(/^L2 hit rate %/).waitFor();
  });

  it('renames a chart, moves it, removes it and puts it back by keys', async () => {
    await chart(/^L2 hit rate %/).focus();
    await driver.page.keyboard.press('F2');
    await driver.page.getByLabel('Name of the chart').fill('Second level');
    await driver.page.keyboard.press('Enter');
    const names = (): Promise<string[]> =>
      driver.page
        .getByRole('region', { name: /%|ns|per sample|MiB/ })
        .getByRole('heading')
        .allInnerTexts();
    await expect.poll(async () => (await names()).at(-1)).toMatch(/^Second level/);
    await chart(/^Second level/).focus();
    await driver.page.keyboard.press('Alt+Shift+ArrowLeft');
    await expect.poll(async () => (await names()).at(-2)).toMatch(/^Second level/);
    await driver.page.keyboard.press('Shift+Delete');
    await chart(/^Second level/).waitFor({ state: 'detached' });
    await driver.page.keyboard.press('Shift+Insert');
    await chart(/^Second level/).waitFor();
  });

  it('shares one cursor, and puts the playhead where it stands', async () => {
    await chart(/^Hit rates/).focus();
    await driver.page.keyboard.press('ArrowLeft');
    const said = await tools().getByText(/^at /).innerText();
    await chart(/^Latency/).focus();
    await driver.page.keyboard.press('ArrowLeft');
    await expect.poll(() => tools().getByText(/^at /).innerText()).not.toBe(said);
    const there = /^at ([\d.]+) ms$/.exec(await tools().getByText(/^at /).innerText())?.[1];
    await driver.page.keyboard.press('Enter');
    await driver.page.getByText('Looking back at').waitFor();
    const playhead = driver.page.getByRole('slider', { name: 'Playhead' });
    const placedMs = Number(await playhead.getAttribute('aria-valuenow')) / 1e6;
    // The charts say it to a tenth.
    expect(Math.abs(placedMs - Number(there))).toBeLessThan(0.1);
    await playhead.press('End');
    await chart(/^Latency/).focus();
    await driver.page.keyboard.press('Escape');
    await tools().getByText(/^at /).waitFor({ state: 'detached' });
  });

  it('zooms by keys and by a drag, with one stretch for all, and goes back step by step', async () => {
    const { page } = driver;
    await chart(/^Hit rates/).focus();
    await page.keyboard.press('+');
    await tools().getByText(/ to /).waitFor();
    const first = await tools().getByText(/ to /).innerText();
    const box = await chart(/^Latency/)
      .locator('canvas')
      .boundingBox();
    if (box === null) throw new Error('the chart is not on the screen');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => tools().getByText(/ to /).innerText()).not.toBe(first);
    await chart(/^Latency/).focus();
    await page.keyboard.press('Backspace');
    await expect.poll(() => tools().getByText(/ to /).innerText()).toBe(first);
    await page.keyboard.press('Backspace');
    await tools().getByText(/ to /).waitFor({ state: 'detached' });
  });

  it('saves the chart as a CSV file with the numbers of its table', async () => {
    const shown = chart(/^Reads, Writes/);
    await shown.focus();
    await driver.page.keyboard.press('t');
    const count = Number(await shown.getByRole('table').getAttribute('aria-rowcount'));
    const [, ...table] = await cells(shown.getByRole('table'));
    await driver.page.keyboard.press('t');
    await shown.locator('canvas').waitFor();
    const file = files.file('chart.csv');
    await shown.focus();
    await driver.answerSave(file, () => driver.page.keyboard.press('Alt+E'));
    const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(head).toBe('"Time, ns","Reads, per sample","Writes, per sample","Page faults, per sample"');
    expect(rows).toHaveLength(count - 1);
    // The table says 5.9k where the file has all digits.
    const short = (text: string): string => {
      const value = Number(text);
      if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
      return value >= 1e3 ? `${(value / 1e3).toFixed(1)}k` : text;
    };
    // Of a long table the rows that are seen are there: the first ones.
    const seen = table.filter((row) => row.length === 4);
    expect(seen.length).toBeGreaterThan(5);
    for (const [at, row] of seen.entries()) expect(rows[at].split(',').slice(1).map(short)).toEqual(row.slice(1));
  });

  it('saves the chart as a PNG file at twice its size and as an SVG file with a path for each line', async () => {
    const shown = chart(/^Reads, Writes/);
    await shown.focus();
    const png = files.file('chart.png');
    await driver.answerSave(png, () => driver.page.keyboard.press('Alt+P'));
    expect(sizeOf(png)).toEqual([1920, 840]);
    const svg = files.file('chart.svg');
    await driver.answerSave(svg, () => driver.page.keyboard.press('Alt+V'));
    const drawing = await parsed(svg);
    expect(drawing.root).toBe('svg');
    expect(drawing.texts).toEqual(expect.arrayContaining(['Reads, Writes', 'Reads', 'Writes', 'Page faults']));
    // A line of many samples; axes and legend have two points.
    expect(drawing.longPaths).toBeGreaterThanOrEqual(2);
  });

  it('saves topology and low-memory budget as pictures and tables', async () => {
    const { page } = driver;
    for (const [key, name] of [
      ['Alt+Shift+P', 'topology'],
      ['Control+Alt+P', 'budget'],
    ]) {
      const png = files.file(`${name}.png`);
      await driver.answerSave(png, () => page.keyboard.press(key));
      const [width, height] = sizeOf(png);
      expect(Math.min(width, height)).toBeGreaterThan(200);
    }
    await driver.answerSave(files.file('topology.svg'), () => page.keyboard.press('Alt+Shift+V'));
    const drawing = await parsed(files.file('topology.svg'));
    expect(drawing.text).toContain('Node 3');
    expect(drawing.fills).toContain('url("#own-memmap")');
    await driver.answerSave(files.file('budget.csv'), () => page.keyboard.press('Control+Alt+E'));
    const budget = readFileSync(files.file('budget.csv'), 'utf8');
    // Three windows of 42 MiB: struct page has 40 B and the mem_map of 4 GiB is rounded up to 2 MiB.
    expect(budget).toMatch(/^KVA windows[^,]*,mem_map,132120576,/m);
    await driver.answerSave(files.file('topology.csv'), () => page.keyboard.press('Alt+Shift+E'));
    expect(readFileSync(files.file('topology.csv'), 'utf8').split('\r\n')[0]).toMatch(
      /^Node,CPUs,"Memory of the node, MiB",Zone/,
    );
  });

  it('keeps a pinned chart on its run when another one is chosen', async () => {
    await chart(/^Latency/).focus();
    await driver.page.keyboard.press('Shift+P');
    await chart(/^Latency/)
      .getByText('run 1')
      .waitFor();
    await run();
    await driver.page.getByText(/^Run 2:/).waitFor();
    expect(
      await chart(/^Latency/)
        .getByText('run 1')
        .count(),
    ).toBe(1);
    await chart(/^Latency/).focus();
    await driver.page.keyboard.press('Shift+P');
    await chart(/^Latency/)
      .getByText('run 1')
      .waitFor({ state: 'detached' });
  });

  it('has its charts again when the page is loaded again', async () => {
    await driver.page.reload();
    await run();
    await chart(/^Second level/).waitFor();
    await chart(/^Reads, Writes/).waitFor();
  });

  it('shows the shares of a run that has one sample alone', async () => {
    const { page } = driver;
    // A step of 60 us: one sample, which are 50 us apart at first.
    await page.evaluate(() => localStorage.setItem('numaq-lab.stepping', JSON.stringify({ kind: 'time', ns: 60_000 })));
    await page.reload();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    await page.keyboard.press('Shift+Period');
    await page.getByText('Paused').first().waitFor();
    const shares = chart(/^Memory references/);
    await shares.focus();
    await page.keyboard.press('t');
    await expect.poll(() => shares.getByRole('table').getAttribute('aria-rowcount')).toBe('2');
    await page.keyboard.press('t');
    await shares.locator('canvas').waitFor();
    await page.keyboard.press('ArrowLeft');
    await shares.locator('.frame > .line:not(.playhead)').waitFor();
    // Between its lines of 50 and 100 % the plot is empty: what is painted there is an area.
    const painted = (): Promise<number> =>
      shares.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const line = canvas.parentElement?.querySelector<HTMLElement>('.line:not(.playhead)');
        if (line === null || line === undefined) return -1;
        const scale = canvas.width / canvas.clientWidth;
        const [x, y] = [line.offsetLeft - 4, line.offsetTop + line.offsetHeight * 0.25];
        return canvas.getContext('2d')?.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data[3] ?? -1;
      });
    await expect.poll(painted).toBeGreaterThan(0);
  });
});

/** Width and height of a PNG file, from its head. */
function sizeOf(file: string): [number, number] {
  const bytes = readFileSync(file);
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

interface Drawing {
  readonly root: string;
  readonly text: string;
  readonly texts: readonly string[];
  readonly longPaths: number;
  readonly fills: readonly string[];
}

/** What an SVG file holds, as the page's own parser reads it. */
function parsed(file: string): Promise<Drawing> {
  return driver.page.evaluate(
    (source) => {
      const read = new DOMParser().parseFromString(source, 'image/svg+xml');
      return {
        root: read.documentElement.nodeName,
        text: read.documentElement.textContent ?? '',
        texts: [...read.querySelectorAll('text')].map((text) => text.textContent ?? ''),
        longPaths: [...read.querySelectorAll('path')].filter(
          (path) => (path.getAttribute('d') ?? '').split('L').length > 20,
        ).length,
        fills: [...read.querySelectorAll<SVGElement>('rect')].map((rect) => rect.style.fill),
      };
    },
    readFileSync(file, 'utf8'),
  );
}
