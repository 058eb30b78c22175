/** The ways through the lab on which its pictures are taken, each in a window of its own, and the screens that are on them. */

const MACHINE = 'NUMA-Q, 64 GB, 8 quads';
/** Of the designs that the lab offers. */
const SEGMENT_MACHINE = 'NUMA-Q, 16 GB, 4 quads';
/** Long enough for a run on 32 CPUs. */
const RUN_MS = 180_000;

const rail = (page, name) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true }).click();

async function endTour(page) {
  await page.getByRole('region', { name: 'Tour' }).getByRole('button', { name: 'End the tour' }).click();
}

async function openMachine(page, title) {
  await page.getByRole('button', { name: `Open ${title}:` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await clusters(page);
}

/** The other positions of the slider are asked a moment later. */
const clusters = (page) => page.locator('.cluster .figure', { hasText: '–' }).first().waitFor({ state: 'detached' });

async function choose(page, program) {
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption(program);
  await page.keyboard.press('Escape');
}

async function run(page) {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await ended(page);
}

const ended = (page) =>
  page.getByRole('group', { name: 'Run' }).getByRole('status').filter({ hasText: 'done' }).waitFor({ timeout: RUN_MS });

/** A dialog by its keys. */
async function over(page, shoot, name, keys) {
  await page.keyboard.press(keys);
  await page.getByRole('dialog').waitFor();
  await shoot(name);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function first(page, shoot) {
  await page.getByRole('region', { name: 'Tour' }).waitFor();
  await shoot('tour');
  await endTour(page);
  await shoot('start');
  await over(page, shoot, 'glossary', 'F1');
  await over(page, shoot, 'settings', 'Control+,');
  await over(page, shoot, 'keys', '?');
  await over(page, shoot, 'palette', 'Control+K');
}

async function lab(page, shoot) {
  await endTour(page);
  await openMachine(page, MACHINE);
  await shoot('lab-booted');
  await page.getByRole('treeitem', { name: /^Node 0/ }).click();
  // Memory touched by one CPU and used by all: most of it is remote, which the charts show.
  await choose(page, 'first-touch');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Resume', exact: true }).waitFor();
  await shoot('lab-running');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await ended(page);
  await shoot('lab');
  await page.keyboard.press('Control+Shift+H');
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await shoot('history');
  await page.keyboard.press('Control+Shift+H');
  await rail(page, 'Low mem');
  await page.getByRole('heading', { name: 'Item by item' }).waitFor();
  // Where boot fails, and every split, are asked a moment later.
  await page.getByRole('heading', { name: 'The size of memory at which boot fails' }).waitFor();
  await clusters(page);
  await shoot('low-memory');
  await rail(page, 'X-ray');
  await page
    .getByRole('heading', { name: /of node 0/ })
    .first()
    .waitFor();
  await shoot('xray');
  await over(page, shoot, 'command-line', 'Alt+Shift+C');
  await rail(page, 'Start');
  await openMachine(page, SEGMENT_MACHINE);
  await shoot('tabs');
  await rail(page, 'Start');
  await openMachine(page, 'SGI Altix 4700, 4,096 nodes');
  await shoot('large');
}

/** A program of the library, and what the kernel says of it. */
async function kernel(page, shoot) {
  await endTour(page);
  await openMachine(page, MACHINE);
  await choose(page, 'shell-script');
  await run(page);
  await rail(page, 'Runs');
  await shoot('charts');
  for (const [tab, name] of [
    ['Memory', 'memory'],
    ['Kernel profile', 'profile'],
    ['/proc', 'proc'],
  ]) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await shoot(name);
  }
  await page.getByRole('tab', { name: 'Follow', exact: true }).click();
  await page.getByRole('button', { name: 'Follow', exact: true }).click();
  await page
    .getByRole('region', { name: 'Steps of the reference' })
    .getByRole('listitem')
    .first()
    .waitFor({ timeout: RUN_MS });
  await shoot('follow');
}

/** A segment bound to two nodes, run, and compared with the same over four. */
async function segment(page, shoot) {
  await endTour(page);
  await openMachine(page, SEGMENT_MACHINE);
  await rail(page, 'Segment');
  await page.getByLabel('Open a design').selectOption({ label: 'Buffer pool, log, locks and process array' });
  await page.getByRole('button', { name: 'Give the kernel mempolicy' }).click();
  const scale = page.getByLabel('Scale', { exact: true });
  await scale.fill('0.01');
  await scale.press('Enter');
  const runIt = async (number) => {
    await page.getByRole('button', { name: 'Run the segment' }).click();
    await page.getByText(`Run ${number}: done`).waitFor({ timeout: RUN_MS });
  };
  await runIt(1);
  await shoot('segment');
  await page.getByRole('button', { name: 'Show the run' }).click();
  await page.getByRole('region', { name: 'Access matrix' }).waitFor();
  // What was predicted is asked a moment later.
  await page.getByRole('region', { name: 'numactl commands' }).waitFor();
  await shoot('locality');
  await rail(page, 'Segment');
  await page.getByRole('button', { name: /^Range pool,/ }).click();
  await page.getByRole('button', { name: /^Node 1,/ }).click();
  await runIt(2);
  await page.getByRole('button', { name: 'Compare the last two' }).click();
  await page.getByRole('region', { name: 'Charts of the runs' }).waitFor();
  await shoot('compare');
}

export const tours = [
  { names: ['tour', 'start', 'glossary', 'settings', 'keys', 'palette'], go: first },
  {
    names: ['lab-booted', 'lab-running', 'lab', 'history', 'low-memory', 'xray', 'command-line', 'tabs', 'large'],
    go: lab,
  },
  { names: ['charts', 'memory', 'profile', 'proc', 'follow'], go: kernel },
  { names: ['segment', 'locality', 'compare'], go: segment },
];
