import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder } from '../lab/folders.ts';
import { numaq } from './run-cli.ts';

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, err } = await numaq(...args);
  expect(code).toBe(2);
  return err;
}

it('refuses one file for two things that a run writes, before it runs', async () => {
  const file = join(emptyFolder(), 'a.json');
  const run = ['run', 'pc-256m', '--pattern', 'stream'];
  expect(await refusal(...run, '--out', file, '--events', file)).toContain(
    '--events: expected another file than --out',
  );
});

it('refuses the options of a script where no script is printed', async () => {
  expect(await refusal('workloads', 'compile', '--scale', '0.1')).toContain('expected --script');
  expect(await refusal('workloads', '--script')).toContain('--script: expected the id of a workload');
});

it('follows one reference, and offers no files that following does not write', async () => {
  const follow = ['follow', 'pc-256m', '--pattern', 'stream'];
  expect(await refusal(...follow, '--record', '3', '--event', 'fault')).toContain('--record or --event');
  expect(await refusal(...follow, '--out', 'a.json')).toContain("unknown option '--out'");
  expect(await refusal(...follow, '--and', '--pattern', 'stream', '--csv', 'a')).toContain("unknown option '--csv'");
});
