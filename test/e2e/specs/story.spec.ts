/** The main job, from a built-in machine to a saved one that is opened again. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door, type Driver, openDoor } from '../driver.ts';
import { chooseTrace, closeNotes, clusterSlider, enter, field, openBuiltIn, outlineRow } from '../face.ts';
import { lackeyTrace, type Scratch, scratch } from '../fixtures.ts';
import { root } from '../paths.ts';

const TURNS = 4000;

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

const lowMemory = (): Promise<string> =>
  driver.page.getByRole('region', { name: 'Page cluster' }).getByRole('status').innerText();

describe(`${door}: the main job`, () => {
  it('opens the 64 GB NUMA-Q with the low memory that its boot log printed', async () => {
    await openBuiltIn(driver.page, 'NUMA-Q, 64 GB, 8 quads');
    expect(await lowMemory()).toBe('low memory 268 MiB');
  });

  it('grows low memory when the page-cluster slider is turned', async () => {
    // By hand: 44 B for each of 262,144 clusters of a node, rounded up to 2 MiB, are 12 MiB; seven of them leave
    // 896 - 84 MiB.
    const slider = clusterSlider(driver.page);
    await slider.focus();
    for (let step = 0; step < 3; step++) await slider.press('ArrowRight');
    await expect.poll(lowMemory).toBe('low memory 812 MiB');
    await driver.page.getByText('changed, not saved').waitFor();
    for (let step = 0; step < 3; step++) await slider.press('ArrowLeft');
    await expect.poll(lowMemory).toBe('low memory 268 MiB');
  });

  it('adds a node to another machine, opened beside the first without a question', async () => {
    await openBuiltIn(driver.page, 'NUMA-Q, 16 GB, 4 quads');
    expect(await driver.page.getByRole('alertdialog').count()).toBe(0);
    await driver.page.getByRole('tablist', { name: 'Open machines' }).getByRole('tab', { name: /64 GB/ }).waitFor();
    expect(await lowMemory()).toBe('low memory 770 MiB');
    await driver.page.getByRole('toolbar', { name: 'Nodes' }).getByRole('button', { name: 'Add a node' }).click();
    await outlineRow(driver.page, /^Node 4/).waitFor();
    await driver.page.getByText(/20 CPUs, 5 nodes/).waitFor();
    // A fifth window of 42 MiB: 770 - 42.
    await expect.poll(lowMemory).toBe('low memory 728 MiB');
  });

  it("moves a zone's border by its handle", async () => {
    const handle = driver.page.getByRole('slider', { name: 'DMA limit' }).first();
    expect(await handle.getAttribute('aria-valuenow')).toBe('16');
    await handle.focus();
    for (let step = 0; step < 4; step++) await handle.press('ArrowUp');
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe('20');
    await outlineRow(driver.page, /^Node 0/).click();
    await outlineRow(driver.page, /^DMA\b.*20 MiB/).waitFor();
  });

  it('shows a mistake at its field and keeps the last valid value in force', async () => {
    await outlineRow(driver.page, /^Node 4/).click();
    const memory = field(driver.page, 'Memory');
    await enter(memory, '-5');
    expect(await memory.getAttribute('aria-invalid')).toBe('true');
    await driver.page.getByRole('alert').filter({ hasText: '0' }).first().waitFor();
    expect(await lowMemory()).toBe('low memory 728 MiB');
    await memory.press('Escape');
    await expect.poll(() => memory.inputValue()).toBe('4,096');
  });

  it('replays a trace on sixteen CPUs and shows it in charts and figures', async () => {
    const trace = files.write('walk.lackey', lackeyTrace(TURNS));
    await chooseTrace(driver, trace, '0-15');
    await driver.page.getByRole('button', { name: 'Run', exact: true }).click();
    const run = driver.page.getByRole('group', { name: 'Run' });
    await run.getByRole('status').filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
    const chart = driver.page.getByRole('region', { name: /^Memory references/ });
    await chart.getByRole('button', { name: /as a table/ }).click();
    expect(await chart.getByRole('row').count()).toBeGreaterThan(1);
    await chart.getByRole('button', { name: /as a table/ }).click();
    await chart.locator('canvas').waitFor();
  });

  it('saves the run as a file that the command line repeats to the byte', async () => {
    await driver.page.getByRole('tab', { name: 'Results' }).click();
    const file = files.file('walk.numaq-run.json');
    await driver.answerSave(file, () => driver.page.getByRole('button', { name: 'Save run file…' }).click());
    const cli = join(root, 'dist/cli/cli.cjs');
    const args = [cli, 'verify', file, '--trace', files.file('walk.lackey')];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout).toContain('identical');
    expect(status).toBe(0);
    await driver.page.getByRole('tab', { name: 'Charts' }).click();
  });

  it('saves the machine, closes it without a question, and opens the same one again', async () => {
    const file = files.file('mine.numaq.json');
    await driver.answerSave(file, () => driver.menu('file.saveAs', 'Save as…'));
    await driver.page.getByText('changed, not saved').waitFor({ state: 'detached' });
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { machine: { nodes: unknown[] }; zones: unknown };
    expect(saved.machine.nodes).toHaveLength(5);
    expect(saved.zones).toMatchObject({ dmaLimitMiB: 20 });
    await driver.page.keyboard.press('Alt+w');
    await driver.page.getByText(/32 CPUs, 8 nodes/).waitFor();

    await openBuiltIn(driver.page, 'NUMA-Q, 64 GB, 8 quads');
    expect(await lowMemory()).toBe('low memory 268 MiB');
    await driver.answerOpen(file, () => driver.menu('file.open', 'Open…'));
    await closeNotes(driver.page);
    await expect.poll(lowMemory).toBe('low memory 728 MiB');
    await driver.page.getByText(/20 CPUs, 5 nodes/).waitFor();

    const again = files.file('again.numaq.json');
    await driver.answerSave(again, () => driver.menu('file.saveAs', 'Save as…'));
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  it('lists it among the recent ones, and saves it again without a question', async () => {
    await clusterSlider(driver.page).press('ArrowRight');
    await driver.page.getByText('changed, not saved').waitFor();
    const again = files.file('again.numaq.json');
    await driver.answerSave(again, () => driver.page.keyboard.press('Control+S'));
    await driver.page.getByText('changed, not saved').waitFor({ state: 'detached' });
    expect(JSON.parse(readFileSync(again, 'utf8'))).toMatchObject({ kernel: { pageMmuShift: 1 } });
    await driver.page.getByRole('navigation').getByRole('button', { name: 'Start' }).click();
    const recent = driver.page.getByRole('list', { name: 'Recent' });
    await recent
      .getByRole('button', { name: /^NUMA-Q, 16 GB, 4 quads/ })
      .first()
      .waitFor();
  });
});
