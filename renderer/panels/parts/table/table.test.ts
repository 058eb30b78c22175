import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { matches, orderOf, tableCsv, type TableColumn, tableText } from './columns.ts';
import DataTable from './DataTable.svelte';
import { TableView } from './table-view.svelte.ts';

interface Row {
  readonly name: string;
  readonly pages: number | undefined;
}
const columns: readonly TableColumn<Row>[] = [
  { id: 'name', label: 'Name', text: true, value: ({ name }) => name, shown: ({ name }) => name },
  {
    id: 'pages',
    label: 'Pages',
    unit: '4 KiB',
    value: ({ pages }) => pages,
    shown: ({ pages }) => (pages === undefined ? '–' : `${pages.toLocaleString('en-US')}`),
  },
];
const rows: readonly Row[] = [
  { name: 'slab', pages: 20 },
  { name: 'page cache', pages: 1000 },
  { name: 'unknown', pages: undefined },
  { name: 'page tables', pages: 3 },
];

/** The first cells of the rows that are seen. */
const names = (): string[] =>
  within(screen.getByRole('region', { name: 'Owners' }))
    .getAllByRole('rowheader')
    .map((cell) => (cell.textContent ?? '').trim());
const show = (more: object = {}): void => void render(DataTable, { label: 'Owners', columns, rows, ...more } as never);

describe('a table', () => {
  it('is sorted by a click on a head, numbers by size, largest first, and as it was by the third one', async () => {
    show();
    const pages = screen.getByRole('button', { name: /Pages/ });
    await fireEvent.click(pages);
    expect(names()).toEqual(['page cache', 'slab', 'page tables', 'unknown']);
    expect(screen.getByRole('columnheader', { name: /Pages/ }).getAttribute('aria-sort')).toBe('descending');
    await fireEvent.click(pages);
    expect(names()).toEqual(['page tables', 'slab', 'page cache', 'unknown']);
    await fireEvent.click(pages);
    expect(names()).toEqual(rows.map(({ name }) => name));
  });

  it('is filtered by words in any order, and copied as it is seen', async () => {
    const view = new TableView();
    show({ view });
    view.filter = 'TABLES page';
    await tick();
    expect(names()).toEqual(['page tables']);
    expect(view.csv()).toBe('name,pages\r\npage tables,3\r\n');
    view.filter = 'nothing of that';
    await tick();
    expect(screen.getByText('No row has these words.')).toBeTruthy();
  });

  it('is copied by keys: as text, and as CSV with all digits', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
    show();
    const region = screen.getByRole('region', { name: 'Owners' });
    await fireEvent.keyDown(region, { key: 'c', ctrlKey: true });
    expect(writeText).toHaveBeenLastCalledWith(
      'Name\tPages, 4 KiB\nslab\t20\npage cache\t1,000\nunknown\t–\npage tables\t3\n',
    );
    await fireEvent.keyDown(region, { key: 'C', ctrlKey: true, shiftKey: true });
    expect(writeText).toHaveBeenLastCalledWith(
      'name,pages\r\nslab,20\r\npage cache,1000\r\nunknown,\r\npage tables,3\r\n',
    );
    vi.unstubAllGlobals();
  });

  it('has its rows in groups until it is sorted', async () => {
    show({ groupOf: ({ name }: Row) => (name.startsWith('page') ? 'Pages' : 'Others') });
    const groups = (): number => document.querySelectorAll('.group').length;
    // Others, Pages, Others, Pages: groups follow each other as their rows do.
    expect(groups()).toBe(4);
    // A head, four titles, four rows.
    const indexes = (): (string | null)[] => screen.getAllByRole('row').map((row) => row.getAttribute('aria-rowindex'));
    expect(indexes()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('9');
    await fireEvent.click(screen.getByRole('button', { name: /Name/ }));
    expect(groups()).toBe(0);
    expect(indexes()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('of more than 500 rows draws only what is seen, and says how many there are', () => {
    const many = Array.from({ length: 20_000 }, (_, at): Row => ({ name: `row ${at}`, pages: at }));
    show({ rows: many });
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('20001');
    expect(names().length).toBeLessThan(200);
  });

  it('lets a row be chosen', async () => {
    const chosen: unknown[] = [];
    show({ onchoose: (first: unknown) => chosen.push(first), chosen: 'slab' });
    expect(screen.getByRole('button', { name: 'slab' }).getAttribute('aria-pressed')).toBe('true');
    await fireEvent.click(screen.getByRole('button', { name: 'page cache' }));
    expect(chosen).toEqual(['page cache']);
  });
});

describe('cells', () => {
  it('are ordered by size, or as words', () => {
    expect([10, 9, 100].sort(orderOf)).toEqual([9, 10, 100]);
    expect(['b', 'a'].sort(orderOf)).toEqual(['a', 'b']);
  });

  it('are found by what is shown', () => {
    expect(matches(rows[1], columns, '1,000')).toBe(true);
    expect(matches(rows[1], columns, '1000')).toBe(false);
    expect(matches(rows[1], columns, ' ')).toBe(true);
  });

  it('go into CSV quoted where they need it, and into text without breaks', () => {
    const shown = {
      columns: [{ id: 'a', label: 'A', unit: '' }],
      cells: [['x, "y"']],
      texts: [['two\nlines']],
    };
    expect(tableCsv(shown)).toBe('a\r\n"x, ""y"""\r\n');
    expect(tableText(shown)).toBe('A\ntwo lines\n');
  });
});
