import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecentMachines } from '../../../src/lab/recent.ts';
import { emptyFolder } from './folders.ts';

const WHEN = '2026-01-02T03:04:05.678Z';

describe('recent machines', () => {
  it('come newest first, each file once, and are there again tomorrow', async () => {
    const folder = join(emptyFolder(), 'not', 'yet');
    const recent = new RecentMachines(folder);
    await recent.add('/machines/a.numaq.json', 'A', WHEN);
    await recent.add('/machines/b.numaq.json', 'B', WHEN);
    await recent.add('/machines/a.numaq.json', 'A again', WHEN);
    const tomorrow = await new RecentMachines(folder).list();
    expect(tomorrow.map(({ name, title, when }) => [name, title, when])).toEqual([
      ['a.numaq.json', 'A again', WHEN],
      ['b.numaq.json', 'B', WHEN],
    ]);
  });

  it('are named by a handle that is no path and leads back to one', async () => {
    const folder = emptyFolder();
    const handle = await new RecentMachines(folder).add('/machines/a.numaq.json', 'A');
    expect(handle).toMatch(/^[0-9a-f]{32}$/);
    expect(await new RecentMachines(folder).pathOf(handle)).toBe('/machines/a.numaq.json');
    await expect(new RecentMachines(folder).pathOf('/etc/passwd')).rejects.toThrow('expected a machine of the list');
  });

  it('forget a machine, which its open window can still save', async () => {
    const recent = new RecentMachines(emptyFolder());
    const handle = await recent.add('/machines/a.numaq.json', 'A');
    await recent.forget(handle);
    expect(await recent.list()).toEqual([]);
    expect(await recent.pathOf(handle)).toBe('/machines/a.numaq.json');
  });

  it('are twelve at most', async () => {
    const recent = new RecentMachines(emptyFolder());
    await Promise.all(Array.from({ length: 20 }, (_, index) => recent.add(`/m/${index}.json`, `${index}`)));
    const titles = (await recent.list()).map(({ title }) => title);
    expect(titles).toEqual(['19', '18', '17', '16', '15', '14', '13', '12', '11', '10', '9', '8']);
  });

  it.each(['', '{', 'null', '{"a": 1}', '[1, {"path": ""}, {"path": "/a", "title": 3, "when": "x"}]', '\u0000\u0001'])(
    'of a broken list %j are those that can be read',
    async (text) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'recent.json'), text);
      const recent = new RecentMachines(folder);
      expect(await recent.list()).toEqual([]);
      await recent.add('/machines/a.numaq.json', 'A');
      expect(await recent.list()).toHaveLength(1);
    },
  );

  it('that are whole survive beside broken ones', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'recent.json'), JSON.stringify([7, { path: '/a.json', title: 'A', when: WHEN }]));
    expect((await new RecentMachines(folder).list()).map(({ title }) => title)).toEqual(['A']);
  });

  it('do not break anything when they cannot be written', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'recent.json'));
    const handle = await new RecentMachines(folder).add('/machines/a.numaq.json', 'A');
    expect(handle).toHaveLength(32);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await new RecentMachines(file).add('/machines/a.numaq.json', 'A');
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});
