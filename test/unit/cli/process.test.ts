import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../bundle.ts';
import { emptyFolder, names } from '../lab/folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'numaq-cli-'));
let cli = '';
beforeAll(async () => {
  cli = await bundle('src/cli/cli.ts', folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

describe('the bundle of the command line, as a process', () => {
  it('exits with 0, 1 and 2, and prints no stack', async () => {
    expect((await run('boot', 'smp-8way')).code).toBe(0);
    expect((await run('boot', 'numaq-64g-8quad', '--set', 'kernel.structPageBytes=64')).code).toBe(1);
    const refused = await run('boot', 'smp-9way');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^numaq: no built-in machine "smp-9way"; did you mean smp-8way\?.*\n$/);
  });

  it('prints all of a large answer into a pipe', async () => {
    const { stdout } = await run('boot', 'altix-4700-4096n', '--json');
    expect((JSON.parse(stdout) as { nodes: unknown[] }).nodes).toHaveLength(4096);
  });

  it.skipIf(process.platform === 'win32')('is silent when its reader goes away', async () => {
    const child = spawn('sh', ['-c', `"$0" "$1" boot altix-4700-4096n --json | head -c 10`, process.execPath, cli]);
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
  });

  it.skipIf(!existsSync('/dev/full'))('says in one line that what it prints finds no room', async () => {
    const sentence = 'numaq: standard output: cannot write it: expected room on the disk, found a full disk (ENOSPC)\n';
    for (const args of [['machines'], ['boot', 'numaq-64g-8quad'], ['--help']]) {
      const child = spawn('sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, cli, ...args]);
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += chunk));
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect([code, stderr]).toEqual([2, sentence]);
    }
    const deaf = spawn('sh', ['-c', '"$0" "$1" boot nothing 2> /dev/full', process.execPath, cli]);
    expect(await new Promise((resolve) => deaf.on('close', resolve))).toBe(2);
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind after Ctrl-C', async () => {
    const temp = emptyFolder();
    const trace = join(emptyFolder(), 'a.din');
    writeFileSync(trace, '0 1000\n'.repeat(2_000_000));
    const args = [cli, 'run', 'smp-8way', '--trace', trace, '--cpus', '0-7'];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temp } });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const poll = setInterval(() => {
      if (names(temp).length === 0) return;
      clearInterval(poll);
      child.kill('SIGINT');
    }, 5);
    expect(await ended).toBe(130);
    clearInterval(poll);
    expect(names(temp)).toEqual([]);
  });
});

describe('bin/numaq.mjs', () => {
  it('runs the command', async () => {
    const { code, stderr, stdout } = await new Promise<Ended>((resolve) => {
      execFile(process.execPath, ['bin/numaq.mjs', 'patterns'], (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, stdout: out, stderr: err }),
      );
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('false-sharing');
    expect(existsSync('dist/cli/cli.cjs')).toBe(true);
  });
});
