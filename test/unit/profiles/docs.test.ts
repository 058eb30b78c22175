/** The generated parts of docs/ are current. After a change: `UPDATE_DOCS=1 npx vitest run test/unit/profiles/docs.test.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../src/sim/index.ts';
import { fieldReference, flavourTable, machineSources, machineTable } from './reference.ts';

const docs = new URL('../../../docs/', import.meta.url);

/** The text between `<!-- name -->` and `<!-- /name -->` of a page, and the page with that text replaced. */
function part(page: string, name: string, replacement: string): { readonly found: string; readonly replaced: string } {
  const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no <!-- ${name} --> in the page`);
  const begin = from + start.length;
  return {
    found: page.slice(begin, to).trim(),
    replaced: `${page.slice(0, begin)}\n${replacement}\n${page.slice(to)}`,
  };
}

describe('docs', () => {
  it.each([
    ['profile-format.md', 'fields', fieldReference],
    ['profile-format.md', 'flavours', flavourTable],
    ['machines.md', 'machines', machineTable],
    ['machines.md', 'sources', machineSources],
  ])('%s: its %s are those of the schema and the built-in machines', (file, name, make) => {
    const url = new URL(file, docs);
    const made = make();
    const { found, replaced } = part(readFileSync(url, 'utf8'), name, made);
    if (process.env.UPDATE_DOCS !== undefined) writeFileSync(url, replaced);
    else expect(found).toBe(made);
  });

  it('the example in profile-format.md is a machine', () => {
    const page = readFileSync(new URL('profile-format.md', docs), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(parseProfile(example, 'profile-format.md').machine.nodes).toHaveLength(2);
  });
});
