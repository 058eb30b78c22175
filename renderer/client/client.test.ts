// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Bridge } from '../../src/lab/contract.ts';
import { LabError } from './client.ts';
import { connectDesktop } from './desktop.ts';
import * as recent from './recent-store.ts';

describe('the client of the desktop', () => {
  const bridge = {
    formatMachine: (profile: unknown) => Promise.resolve({ ok: true, value: structuredClone(profile) }),
    openBuiltIn: (id: string) =>
      Promise.resolve({
        ok: false,
        failure: {
          kind: 'input',
          message: `there is no machine ${id}`,
          source: 'openBuiltIn',
          issues: [{ code: 'unknown', path: 'id', expected: 'a machine', found: id, message: 'no such machine' }],
        },
      }),
    on: () => () => undefined,
  } as unknown as Bridge;

  it('throws a failure as a LabError with its kind, source and issues', async () => {
    const failing = connectDesktop(bridge).openBuiltIn('nonesuch');
    await expect(failing).rejects.toBeInstanceOf(LabError);
    await expect(failing).rejects.toMatchObject({
      kind: 'input',
      source: 'openBuiltIn',
      message: 'there is no machine nonesuch',
      issues: [{ path: 'id' }],
    });
  });

  it('sends a proxy, which cannot be cloned, as plain data', async () => {
    const profile = new Proxy({ nodes: [{ cpus: 4 }] }, {});
    expect(() => structuredClone(profile)).toThrow();
    expect(await connectDesktop(bridge).formatMachine(profile)).toEqual({ nodes: [{ cpus: 4 }] });
  });

  it('carries an argument that is undefined as one that is null, as the browser door does', async () => {
    expect(await connectDesktop(bridge).formatMachine({ a: undefined, b: [undefined] })).toEqual({ b: [null] });
  });
});

describe('recent machines of the browser door', () => {
  beforeEach(() => localStorage.clear());
  const machine = (title: string): Parameters<typeof recent.keep>[0] => ({
    handle: null,
    name: `${title}.numaq.json`,
    title,
    text: `text of ${title}`,
  });

  it('stand newest first, and are found with their text', () => {
    const first = recent.keep(machine('one'));
    recent.keep(machine('two'));
    expect(recent.list().map(({ title }) => title)).toEqual(['two', 'one']);
    expect(recent.find(first).text).toBe('text of one');
    expect(recent.list()[0]).not.toHaveProperty('text');
  });

  it('keep one entry for a machine that is saved again, on top', () => {
    const handle = recent.keep(machine('one'));
    recent.keep(machine('two'));
    expect(recent.keep({ ...machine('one'), handle, text: 'newer' })).toBe(handle);
    expect(recent.list().map(({ title }) => title)).toEqual(['one', 'two']);
    expect(recent.find(handle).text).toBe('newer');
  });

  it('are twelve at most, and can be forgotten', () => {
    const handles = Array.from({ length: 15 }, (_, index) => recent.keep(machine(String(index))));
    expect(recent.list()).toHaveLength(12);
    expect(() => recent.find(handles[0] as string)).toThrow('no longer among the recent ones');
    recent.forget(handles[14] as string);
    expect(recent.list()[0]?.title).toBe('13');
  });

  it('keep what their picture is drawn from, of the last open or save', () => {
    const handle = recent.keep({ ...machine('one'), shape: { interconnect: 'ring', nodes: 8, cpus: 32 } });
    recent.keep(machine('two'));
    recent.keep({ ...machine('one'), handle, shape: { interconnect: 'ring', nodes: 9, cpus: 36 } });
    const [one, two] = recent.list();
    expect(one?.shape).toEqual({ interconnect: 'ring', nodes: 9, cpus: 36 });
    expect(two).not.toHaveProperty('shape');
  });

  it('lose a shape that is broken, and nothing else', () => {
    const entry = { handle: 'h', name: 'a.json', title: 'A', when: '2026-01-02T03:04:05.678Z' };
    for (const shape of [undefined, null, 7, {}, { interconnect: 'rings', nodes: 8, cpus: 32 }]) {
      localStorage.setItem('numaq.recent', JSON.stringify([{ ...entry, text: 'text', shape }]));
      expect(recent.list()).toEqual([entry]);
      expect(recent.find('h')).toEqual({ ...entry, text: 'text' });
    }
  });

  it('are none where the storage holds something else', () => {
    for (const broken of ['{', '7', '[{"handle":1}]', 'null']) {
      localStorage.setItem('numaq.recent', broken);
      expect(recent.list()).toEqual([]);
    }
  });
});
