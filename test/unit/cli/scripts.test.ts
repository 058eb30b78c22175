import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportText } from '../../../src/cli/run-report.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { emptyFolder } from '../lab/folders.ts';
import { madeUpReport } from '../lab/reports.ts';
import { numaq, type Outcome } from './run-cli.ts';

function expectRefused(outcome: Outcome, message: string): void {
  expect(outcome.err).toContain(message);
  expect(outcome.err).not.toMatch(/\n\s+at /);
  expect(outcome.code).toBe(2);
}

const MAIN = [
  { op: 'mmap', as: 'memory', bytes: 65536, anonymous: true },
  { op: 'transaction', name: 'sweep', mark: 'begin' },
  { op: 'touch', region: 'memory', write: true },
  { op: 'transaction', name: 'sweep', mark: 'end' },
  { op: 'sleep', ns: 2e6 },
];

function scriptFile(main: readonly unknown[] = MAIN): string {
  const path = join(emptyFolder(), 'mine.json');
  const script = {
    format: 'numaq-lab/script',
    version: 1,
    title: 'My own',
    programs: { main },
    start: [{ program: 'main' }],
  };
  writeFileSync(path, JSON.stringify(script));
  return path;
}

describe('the report of a run with a kernel', () => {
  const { result } = madeUpReport;
  const proc: RunReport['result']['proc'] = {
    meminfo: [],
    zones: [],
    requests: {
      requests: 0,
      visits: 0,
      fallbackEntries: 0,
      failures: 0,
      refusedThoughFree: 0,
      pressureToFailureNs: -1,
    },
    slabs: [],
    vmstat: [],
    tasks: [],
    moreTasks: 0,
    segments: [],
    profile: [
      ['user', 3e6],
      ['idle', 9e6],
      ['do_anonymous_page', 750_000],
      ['copy_page_range', 250_000],
    ],
    locks: [],
    lowmem: [],
    unused: { anonymous: 0, pageCache: 0, pageTables: 0 },
    sysctls: [],
  };
  const spent = { meanNs: 1500, p50Ns: 1000, p95Ns: 2e6, p99Ns: 3e6, maxNs: 4e9 };
  const row = { name: 'lookup', count: 1234, fromNs: 1e6, toNs: 3e6, ...spent };

  it('lists calls that the kernel refused, and says nothing where it refused none', () => {
    const row = { task: 7, program: 'main', place: 'programs.main[2]', call: 'mbind', result: 'EIO', count: 1200 };
    const text = reportText({ ...madeUpReport, result: { ...result, calls: [row] } });
    expect(text).toContain('Calls that failed\n');
    expect(text).toMatch(/^mbind +EIO +1,200 +main +7 +programs\.main\[2\]$/m);
    expect(reportText(madeUpReport)).not.toContain('Calls that failed');
  });

  it('says like time(1) what it took, lists its transactions, and shows where the kernel spent its time', () => {
    const totals = { ...result.totals, userNs: 3e6, systemNs: 1e6 };
    const text = reportText({
      ...madeUpReport,
      result: { ...result, elapsedNs: 2e6, totals, transactions: [row], proc },
    });
    // 4 ms of CPU time in 2 ms.
    expect(text).toContain('\nElapsed 2 ms, user 3 ms, system 1 ms, CPU 200 %\n');
    expect(text).toMatch(
      /\nname +count +a second +mean +50 % +95 % +99 % +longest\nlookup +1,234 +617,000 +1\.5 µs +1 µs +2 ms +3 ms +4 s\n/,
    );
    // 1,234 of them in 2 ms, whatever came before.
    expect(text).toContain('\nTransactions, all of them in 2 ms from 1 ms on: 617,000 a second\n');
    // Programs and idle time have no part in the kernel's.
    expect(text).toMatch(
      /\nKernel functions \(share of system time\)\nfunction +time +share\ndo_anonymous_page +750 µs +75\.0 %\ncopy_page_range +250 µs +25\.0 %\n/,
    );
  });

  it('has none of that where there is no kernel and nothing was marked', () => {
    const text = reportText({ ...madeUpReport, result: { ...result, transactions: [], proc: null } });
    expect(text).not.toMatch(/Elapsed|Transactions|Kernel functions/);
  });
});

describe('numaq run --workload', () => {
  it('runs a program of the library at a scale, with its parameters', async () => {
    const options = [
      '--workload',
      'fork-children',
      '--scale',
      '3/1000',
      '--param',
      'ptePages=4',
      '--param',
      'touched=1',
    ];
    const { code, out, err } = await numaq('run', 'pc-256m', ...options);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('  fork-children on CPU 0, scale 0.003, ptePages 4, touched 1\n');
    expect(out).toMatch(/^Elapsed .*s, user .*s, system .*s, CPU \d+ %$/m);
    expect(out).toMatch(
      /^Transactions, all of them in .* from .* on: .* a second\nname +count +a second +mean .*\nfork +3 /m,
    );
    expect(out).toMatch(/^copy_page_range +.*%$/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('refuses a program, a parameter or a scale that there is not', async () => {
    expectRefused(await numaq('run', 'pc-256m', '--workload', 'compil'), 'expected one of compile, shell-script');
    const wrong = ['--workload', 'compile', '--param'];
    expectRefused(
      await numaq('run', 'pc-256m', ...wrong, 'jbos=3'),
      'workloads[0].parameters.jbos: expected a parameter of the workload (jobs, ',
    );
    expectRefused(await numaq('run', 'pc-256m', ...wrong, 'jobs=0'), 'expected a whole number from 1 to 4096, found 0');
    expectRefused(await numaq('run', 'pc-256m', ...wrong, 'jobs'), 'expected NAME=VALUE such as jobs=16');
    expectRefused(await numaq('run', 'pc-256m', '--workload', 'compile', '--scale', '2'), 'a share above 0, up to 1');
    expectRefused(
      await numaq('run', 'pc-256m', '--pattern', 'stream', '--scale', '1'),
      '--scale belongs to --workload and --segment',
    );
  });
});

describe('numaq run --script', () => {
  it('runs a script from a file', async () => {
    const { code, out, err } = await numaq('run', 'pc-256m', '--script', scriptFile());
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('  My own on CPU 0\n');
    expect(out).toMatch(/^sweep +1 /m);
  });

  it('names the file and the place of what is wrong in it', async () => {
    const far = scriptFile([...MAIN, { op: 'touch', region: 'memroy' }]);
    expectRefused(await numaq('run', 'pc-256m', '--script', far), `${far}: programs.main[5].region: expected a region`);
    const small = scriptFile([{ op: 'mmap', as: 'm', bytes: 0, anonymous: true }]);
    expectRefused(await numaq('run', 'pc-256m', '--script', small), `${small}: programs.main[0].bytes: expected`);
    const broken = join(emptyFolder(), 'broken.json');
    writeFileSync(broken, '{"format": \n 1,}');
    expectRefused(await numaq('run', 'pc-256m', '--script', broken), 'broken.json: line 2, column 4: expected');
    expectRefused(await numaq('run', 'pc-256m', '--script', '/no/such'), 'expected a file, found nothing');
  });

  it('says which tasks wait for each other for ever', async () => {
    const alone = scriptFile([{ op: 'barrier', name: 'b', parties: 2 }]);
    expectRefused(await numaq('run', 'pc-256m', '--script', alone), 'programs.main[0]: expected enough parties');
  });
});

describe('numaq run --sysctl', () => {
  it('turns a knob during the run, and says so', async () => {
    const { code, out, err } = await numaq('run', 'pc-256m', '--script', scriptFile(), '--sysctl', 'swappiness=10@1ms');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('  My own on CPU 0\n  swappiness = 10 after 1 ms\n');
  });

  it('and a program of the library come out the same when the run file is verified', async () => {
    const file = join(emptyFolder(), 'a.numaq-run.json');
    const workload = ['--workload', 'fork-children', '--scale', '0.001', '--param', 'ptePages=2', '--cpus', '0'];
    const run = await numaq('run', 'pc-256m', ...workload, '--sysctl', 'swappiness=10@1ms', '--out', file);
    expect([run.code, run.err]).toEqual([0, '']);
    expect((await numaq('verify', file)).out).toMatch(/: identical/);
  });

  it('refuses a knob that there is not, before anything runs', async () => {
    const run = ['run', 'pc-256m', '--script', scriptFile(), '--sysctl'];
    expectRefused(await numaq(...run, 'swapiness=10'), 'expected one of swappiness, lower_zone_protection, ');
    expectRefused(await numaq(...run, 'swappiness'), 'expected NAME=VALUE@TIME such as swappiness=0@5ms');
  });
});

describe('numaq run --events', () => {
  it('writes a timeline that Perfetto opens: faults on their CPU, knobs among them', async () => {
    const file = join(emptyFolder(), 'a.json');
    const options = ['--script', scriptFile(), '--sysctl', 'swappiness=10@1ms', '--events', file];
    const { code, out, err } = await numaq('run', 'pc-256m', ...options);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Written to ${file}\n`);
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: { name: string; ph: string }[] };
    // 16 pages of the mapping are touched first.
    expect(traceEvents.filter(({ name, ph }) => name === 'fault' && ph === 'X')).toHaveLength(16);
    expect(traceEvents.map(({ name }) => name)).toContain('swappiness=10');
  });

  it('refuses a file that cannot be written before it runs', async () => {
    expectRefused(
      await numaq('run', 'pc-256m', '--script', scriptFile(), '--events', '/no/such/a.json'),
      '/no/such/a.json',
    );
  });
});

describe('numaq workloads', () => {
  it('lists the library, as a table and as JSON', async () => {
    const { code, out } = await numaq('workloads');
    expect(code).toBe(0);
    expect(out).toMatch(/^compile +make -jN/m);
    const list = JSON.parse((await numaq('workloads', '--json')).out) as { id: string; parameters: unknown[] }[];
    expect(list.map(({ id }) => id)).toContain('rmap-test');
    expect(list.every(({ parameters }) => parameters.length > 0)).toBe(true);
  });

  it('shows one: what it imitates, its parameters, and where they come from', async () => {
    const { out } = await numaq('workloads', 'rmap-test');
    expect(out).toContain("A. Morton's rmap-test");
    expect(out).toMatch(/^processes +100 +a whole number from 1 to 10000$/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expectRefused(await numaq('workloads', 'rmaptest'), 'did you mean rmap-test?');
  });

  it('prints a script that runs', async () => {
    const given = ['--scale', '0.003', '--param', 'ptePages=3', '--machine', 'pc-256m'];
    const { out } = await numaq('workloads', 'fork-children', '--script', ...given);
    const file = join(emptyFolder(), 'mine.json');
    writeFileSync(file, out);
    const ran = await numaq('run', 'pc-256m', '--script', file);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^fork +3 /m);
  });
});
