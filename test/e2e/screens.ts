/** Every screen of the lab and how a person comes to it, for what has to hold on all of them. */
import type { Page } from 'playwright-core';
import { openBuiltIn } from './face.ts';

export interface ScreenUnderTest {
  readonly name: string;
  /** Comes from any other one; the machine is on the table and a run is done. */
  readonly go: (page: Page) => Promise<unknown>;
  /** Puts away what lies over the page. */
  readonly leave?: (page: Page) => Promise<unknown>;
  /** What has to be seen and pressed on it, whatever the size of the window. */
  readonly primary: (page: Page) => readonly ReturnType<Page['getByRole']>[];
}

const rail = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true }).click();

const escape = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

const dialog = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('dialog', { name }).waitFor();

const result = (tab: string): ScreenUnderTest => ({
  name: `runs: ${tab}`,
  go: async (page) => {
    await rail(page, 'Runs');
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
  },
  primary: (page) => [page.getByRole('tab', { name: tab, exact: true })],
});

const bottom = (tab: string): ScreenUnderTest => ({
  name: `lab: ${tab}`,
  go: async (page) => {
    await rail(page, 'Lab');
    await page.getByRole('tab', { name: tab }).click();
  },
  primary: (page) => [
    page.getByRole('tab', { name: tab }),
    page.getByRole('button', { name: 'Run', exact: true }),
    page.getByRole('button', { name: /^Workload:/ }),
    page.getByRole('button', { name: 'Commands' }),
  ],
});

const over = (name: string, keys: string, title: string | RegExp): ScreenUnderTest => ({
  name,
  go: async (page) => {
    await rail(page, 'Lab');
    await page.keyboard.press(keys);
    await dialog(page, title);
  },
  leave: escape,
  primary: (page) => [page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true })],
});

const palette: ScreenUnderTest = {
  name: 'palette',
  go: async (page) => {
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox', { name: 'Command' }).waitFor();
  },
  leave: escape,
  primary: (page) => [page.getByRole('combobox', { name: 'Command' })],
};

const history: ScreenUnderTest = {
  name: 'history',
  go: async (page) => {
    await rail(page, 'Lab');
    await page.keyboard.press('Control+Shift+H');
    await page.getByRole('heading', { name: 'History' }).waitFor();
  },
  leave: async (page) => {
    await page.keyboard.press('Control+Shift+H');
    await page.getByRole('heading', { name: 'History' }).waitFor({ state: 'detached' });
  },
  primary: (page) => [page.getByRole('button', { name: 'Undo', exact: true })],
};

export const screens: readonly ScreenUnderTest[] = [
  {
    name: 'start',
    go: (page) => rail(page, 'Start'),
    primary: (page) => [
      page.getByRole('button', { name: /^New machine/ }),
      page.getByRole('button', { name: /^Open NUMA-Q, 4 GB/ }),
      page.getByRole('searchbox', { name: 'Search the machines' }),
    ],
  },
  bottom('Charts'),
  bottom('Results'),
  bottom('Boot messages'),
  history,
  {
    name: 'low memory',
    go: (page) => rail(page, 'Low mem'),
    primary: (page) => [page.getByRole('slider', { name: 'Page cluster' })],
  },
  {
    name: 'segment',
    go: (page) => rail(page, 'Segment'),
    primary: (page) => [
      page.getByRole('button', { name: 'Run the segment' }),
      page.getByRole('tab', { name: 'Range' }),
    ],
  },
  {
    name: 'X-ray',
    go: (page) => rail(page, 'X-ray'),
    primary: (page) => [page.getByLabel('Node', { exact: true }), page.getByLabel('Mask', { exact: true })],
  },
  result('Totals'),
  result('Memory'),
  result('Kernel profile'),
  result('/proc'),
  result('Follow'),
  { name: 'compare', go: (page) => rail(page, 'Compare'), primary: () => [] },
  over('keys', '?', /keys/i),
  over('glossary', 'F1', 'Glossary'),
  over('settings', 'Control+,', 'Settings'),
  over('command line', 'Alt+Shift+C', /command line/i),
  palette,
];

/** Opens a machine and makes two short runs of a program on it, so that every screen has something to show. */
export async function furnish(page: Page): Promise<void> {
  await openBuiltIn(page, 'NUMA-Q, 16 GB, 4 quads');
  await page.getByRole('button', { name: /^Workload:/ }).click();
  await page.getByLabel('Program 1: what runs').selectOption('shell-script');
  await page.keyboard.press('Escape');
  for (const number of [1, 2]) {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(`Run ${number}: `).first().waitFor();
    await page
      .getByRole('group', { name: 'Run' })
      .getByRole('status')
      .filter({ hasText: 'done' })
      .waitFor({ timeout: 60_000 });
  }
}

/** Waits until the page has drawn what it was told. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
