import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecentMachines } from '../../../src/lab/recent.ts';
import { emptyFolder } from './folders.ts';

const WHEN = '2026-01-02T03:04:05.678Z';

const BROKEN_SHAPES = [
  null,
  'ring',
  [],
  {},
  { interconnect: 'ring', nodes: 8 },
  { interconnect: 'rings', nodes: 8, cpus: 32 },
  { interconnect: 'toString', nodes: 8, cpus: 32 },
  { interconnect: 'ring', nodes: 0, cpus: 32 },
  { interconnect: 'ring', nodes: 2.5, cpus: 32 },
  { interconnect: 'ring', nodes: 8, cpus: -1 },
  { interconnect: 'ring', nodes: 8, cpus: '32' },
];

describe('recent machines', () => {
  it('come newest first, each file once, and are there again tomorrow', async () => {
    const folder = join(emptyFolder(), 'not', 'yet');
    const recent = new RecentMachines(folder);
    await recent.add('/machines/a.numaq.json', { title: 'A' }, WHEN);
    await recent.add('/machines/b.numaq.json', { title: 'B' }, WHEN);
    await recent.add('/machines/a.numaq.json', { title: 'A again' }, WHEN);
    const tomorrow = await new RecentMachines(folder).list();
    expect(tomorrow.map(({ name, title, when }) => [name, title, when])).toEqual([
      ['a.numaq.json', 'A again', WHEN],
      ['b.numaq.json', 'B', WHEN],
    ]);
  });

  it('are named by a handle that is no path and leads back to one', async () => {
    const folder = emptyFolder();
    const handle = await new RecentMachines(folder).add('/machines/a.numaq.json', { title: 'A' });
    expect(handle).toMatch(/^[0-9a-f]{32}$/);
    expect(await new RecentMachines(folder).pathOf(handle)).toBe('/machines/a.numaq.json');
    await expect(new RecentMachines(folder).pathOf('/etc/passwd')).rejects.toThrow('expected a machine of the list');
  });

  it('forget a machine, which its open window can still save', async () => {
    const recent = new RecentMachines(emptyFolder());
    const handle = await recent.add('/machines/a.numaq.json', { title: 'A' });
    await recent.forget(handle);
    expect(await recent.list()).toEqual([]);
    expect(await recent.pathOf(handle)).toBe('/machines/a.numaq.json');
  });

  it('are twelve at most', async () => {
    const recent = new RecentMachines(emptyFolder());
    await Promise.all(Array.from({ length: 20 }, (_, index) => recent.add(`/m/${index}.json`, { title: `${index}` })));
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
      await recent.add('/machines/a.numaq.json', { title: 'A' });
      expect(await recent.list()).toHaveLength(1);
    },
  );

  it('that are whole survive beside broken ones', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'recent.json'), JSON.stringify([7, { path: '/a.json', title: 'A', when: WHEN }]));
    expect((await new RecentMachines(folder).list()).map(({ title }) => title)).toEqual(['A']);
  });

  it('keep what their picture is drawn from, of the last open or save', async () => {
    const folder = emptyFolder();
    const recent = new RecentMachines(folder);
    await recent.add('/machines/a.json', { title: 'A', shape: { interconnect: 'ring', nodes: 8, cpus: 32 } });
    await recent.add('/machines/b.json', { title: 'B', shape: { interconnect: 'mesh', nodes: 64, cpus: 256 } });
    await recent.add('/machines/c.json', { title: 'C' });
    await recent.add('/machines/a.json', { title: 'A', shape: { interconnect: 'ring', nodes: 9, cpus: 36 } });
    const [a, c, b] = await new RecentMachines(folder).list();
    expect(a?.shape).toEqual({ interconnect: 'ring', nodes: 9, cpus: 36 });
    expect(c).not.toHaveProperty('shape');
    expect(b?.shape).toEqual({ interconnect: 'mesh', nodes: 64, cpus: 256 });
  });

  it('of a list without pictures, as an older lab wrote it, are listed without', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'recent.json'), JSON.stringify([{ path: '/a.json', title: 'A', when: WHEN }]));
    const recent = new RecentMachines(folder);
    const [entry] = await recent.list();
    expect(entry).toEqual({ handle: expect.any(String), name: 'a.json', title: 'A', when: WHEN });
    await recent.add('/b.json', { title: 'B' });
    expect((await recent.list()).map(({ title, shape }) => [title, shape])).toEqual([
      ['B', undefined],
      ['A', undefined],
    ]);
  });

  it.each(BROKEN_SHAPES)('of a broken shape %j lose the shape alone', async (shape) => {
    const folder = emptyFolder();
    const whole = { interconnect: 'none', nodes: 1, cpus: 2 };
    writeFileSync(
      join(folder, 'recent.json'),
      JSON.stringify([
        { path: '/a.json', title: 'A', when: WHEN, shape },
        { path: '/b.json', title: 'B', when: WHEN, shape: whole },
      ]),
    );
    const [a, b] = await new RecentMachines(folder).list();
    expect(a).toEqual({ handle: expect.any(String), name: 'a.json', title: 'A', when: WHEN });
    expect(b?.shape).toEqual(whole);
  });

  it('do not break anything when they cannot be written', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'recent.json'));
    const handle = await new RecentMachines(folder).add('/machines/a.numaq.json', { title: 'A' });
    expect(handle).toHaveLength(32);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await new RecentMachines(file).add('/machines/a.numaq.json', { title: 'A' });
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});
