import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProfile } from '../../../src/sim/profiles/format.ts';
import { emptyFolder, names } from '../lab/folders.ts';
import { smallMachine } from '../lab/reports.ts';
import { numaq, numaqWith, type Outcome } from './run-cli.ts';

const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

function machineFile(folder = emptyFolder()): string {
  const path = join(folder, 'small.numaq.json');
  writeFileSync(path, formatProfile(smallMachine));
  return path;
}

function traceFile(folder: string, lines = 3000): string {
  const path = join(folder, 'tiny.lackey');
  const line = (i: number): string => ` ${'LSM'[i % 3]} 1ffe${((i * 24) % 65536).toString(16).padStart(4, '0')},8\n`;
  writeFileSync(path, Array.from({ length: lines }, (_, i) => line(i)).join(''));
  return path;
}

const small = ['--pattern', 'random', '--cpus', '0,4', '--bytes', '256K', '--references', '2k'];

function expectRefused(outcome: Outcome, message: string): void {
  expect(outcome.err).toContain(message);
  expect(outcome.err).not.toMatch(/\n\s+at /);
  expect(outcome.code).toBe(2);
}

describe('numaq', () => {
  it('prints its version and help', async () => {
    expect(await numaq('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const help = await numaq('--help');
    expect(help.code).toBe(0);
    expect(help.out).toContain('Examples:');
    for (const command of ['machines', 'boot', 'run', 'verify', 'pack', 'patterns']) {
      const { code, out } = await numaq(command, '--help');
      expect([code, out.startsWith(`Usage: numaq ${command}`)]).toEqual([0, true]);
    }
  });

  it.each([[[]], [['bot']], [['boot']], [['boot', 'a', 'b']], [['machines', '--jsn']], [['machines', '--and']]])(
    'refuses %j with code 2',
    async (args) => {
      const { code, out, err } = await numaq(...args);
      expect([code, out]).toEqual([2, '']);
      expect(err).not.toBe('');
    },
  );

  it('says in its help what hexadecimal sizes of a lackey trace are for', async () => {
    for (const command of ['run', 'verify', 'pack']) {
      const help = (await numaq(command, '--help')).out.replace(/\s+/g, ' ');
      expect(help).toContain("hex: as DineroIV's extended din reads copied sizes; gives its published counts");
    }
  });

  it('lists its commands for an unknown one, and names one that is near', async () => {
    const list = 'there are machines, patterns, workloads, boot, run, follow, segment, xray, proc, verify, pack';
    for (const name of ['foo', 'help', 'constructor']) {
      expectRefused(await numaq(name), `error: no command "${name}"; ${list}\n`);
    }
    expectRefused(await numaq('bot'), `error: no command "bot"; did you mean boot?; ${list}\n`);
    expectRefused(await numaq('machine', '--json'), 'did you mean machines?');
  });

  it('lists machines and patterns, as tables and as JSON', async () => {
    const { code, out } = await numaq('machines');
    expect(code).toBe(0);
    expect(out).toContain('numaq-64g-8quad-pgcl32k');
    const machines = JSON.parse((await numaq('machines', '--json')).out) as {
      id: string;
      title: string;
      line: string;
    }[];
    expect(machines.find(({ id }) => id === 'altix-3700-128n')).toMatchObject({ nodes: 128, cpus: 512 });
    expect(machines.every(({ title, line }) => title !== '' && line !== '')).toBe(true);
    const patterns = JSON.parse((await numaq('patterns', '--json')).out) as { id: string }[];
    expect(patterns.map(({ id }) => id)).toContain('first-touch');
    expect((await numaq('patterns')).out).toContain('first-touch');
  });
});

describe('numaq boot', () => {
  // The published boot log of the 64 GB box, 2.5.65-mm2.
  it('prints the 64 GB box as its kernel did', async () => {
    const { code, out } = await numaq('boot', 'numaq-64g-8quad');
    expect(code).toBe(0);
    expect(out).toContain('268MB LOWMEM available.');
    expect(out).toContain('64632MB HIGHMEM available.');
  });

  it('prints JSON with the names that scripts rely on', async () => {
    const layout = JSON.parse((await numaq('boot', 'numaq-64g-8quad', '--json')).out) as Record<string, never>;
    expect(Object.keys(layout)).toEqual(
      expect.arrayContaining([
        'nodes',
        'maxLowPfn',
        'lowmemEnd',
        'lowmemMiB',
        'highmemMiB',
        'memMap',
        'lowmemBudget',
        'zonelists',
        'watermarks',
        'boots',
      ]),
    );
    expect(layout).toMatchObject({ boots: true, maxLowPfn: 68608, lowmemMiB: 268, highmemMiB: 64632 });
    expect(layout['memMap']).toMatchObject({ bytesPerFrame: 44, kvaPagesTotal: 160768 });
    expect(layout['nodes'][0]).toMatchObject({ id: 0, startPfn: 0, endPfn: 2097152, kvaPages: 0 });
    expect(layout['nodes'][1]).toMatchObject({ kvaPages: 23040, kvaStart: 0xf2600000 });
    expect(layout['nodes'][0]['zones'][0]).toMatchObject({ name: 'DMA', startPfn: 0, pages: 4096, present: 3999 });
  });

  it('follows --cluster and --set', async () => {
    const low = async (...args: string[]): Promise<number> =>
      (JSON.parse((await numaq('boot', 'numaq-64g-8quad', '--json', ...args)).out) as { lowmemMiB: number }).lowmemMiB;
    expect(await low('--cluster', '8')).toBeGreaterThan(2 * (await low()));
    // Seven windows of 2,097,152 frames (node 7: 8,184 MiB) x 40 B, each rounded up to 2 MiB: 6 x 82 + 80 of 896 MiB.
    expect(await low('--set', 'kernel.structPageBytes=40')).toBe(896 - 6 * 82 - 80);
    const twice = await low('--set', 'kernel.structPageBytes=60', '--set', 'kernel.structPageBytes=40');
    expect(twice).toBe(896 - 6 * 82 - 80);
  });

  it('shows the zonelists of one node with --node, however many there are', async () => {
    const large = 'altix-3700-128n';
    expect((await numaq('boot', large)).out).toContain('128 nodes: one node’s at a time (numaq boot --node ID)');
    expect((await numaq('boot', large, '--node', '5')).out).toMatch(/GFP_HIGHUSER {2}node 5: Normal 5/);
    const lists = async (...args: string[]): Promise<{ node: number; zones: unknown[] }[]> => {
      const { out } = await numaq('boot', '--json', ...args);
      return (JSON.parse(out) as { zonelists: { node: number; zones: unknown[] }[] }).zonelists;
    };
    expect(await lists(large)).toEqual([]);
    const [list, ...others] = await lists(large, '--node', '5');
    expect([list.node, list.zones[0], others.length]).toEqual([5, { node: 5, zone: 'Normal', index: 0 }, 2]);
    const small = 'numaq-64g-8quad';
    expect(await lists(small, '--node', '6')).toEqual((await lists(small)).filter(({ node }) => node === 6));
    expectRefused(await numaq('boot', small, '--node', '8'), 'the id of one of the 8 nodes (0 to 7)');
    expectRefused(await numaq('boot', small, '--node', 'all'), 'expected the id of a node such as 3');
  });

  it('answers no with code 1, naming what broke it', async () => {
    const { code, out } = await numaq('boot', 'numaq-64g-8quad', '--set', 'kernel.structPageBytes=64');
    expect(code).toBe(1);
    expect(out).toMatch(/mem_map/);
    const json = await numaq('boot', 'numaq-64g-8quad', '--set', 'kernel.structPageBytes=64', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ boots: false });
  });

  it('takes a file, and a file before a built-in machine of its name, but not a folder', async () => {
    const folder = emptyFolder();
    const before = process.cwd();
    try {
      process.chdir(folder);
      mkdirSync('smp-8way');
      expect((await numaq('boot', 'smp-8way')).out).not.toContain('Two quads');
      writeFileSync('laptop-1g', formatProfile(smallMachine));
      expect((await numaq('boot', 'laptop-1g')).out).toContain('Two quads');
    } finally {
      process.chdir(before);
    }
    expect((await numaq('boot', machineFile())).code).toBe(0);
  });

  it('refuses what is no machine in one sentence', async () => {
    expectRefused(await numaq('boot', 'numaq-64g-8qad'), 'did you mean numaq-64g-8quad?');
    expectRefused(await numaq('boot', 'xyz'), 'there are numaq-4g-4quad');
    expectRefused(
      await numaq('boot', 'no/such.json'),
      'no/such.json: cannot read it: expected a file, found nothing under this name',
    );
    expectRefused(await numaq('boot', emptyFolder()), 'expected a file, found a folder (EISDIR)');
    expectRefused(await numaq('boot', 'smp-8way', '--cluster', '3'), 'expected 1, 2, 4, 8, 16, 32 or 64');
    expectRefused(await numaq('boot', 'smp-8way', '--set', 'kernel.structPageBites=4'), 'kernel.structPageBites');
    expectRefused(
      await numaq('boot', 'smp-8way', '--set', 'kernel.structPageBytes=4'),
      'expected a whole number from 8 to 256',
    );
    expectRefused(await numaq('boot', 'smp-8way', '--set', 'kernel'), '--set');
    expectRefused(await numaq('boot', 'smp-8way', '--set', 'machine.nodes[0].startMiB=1'), 'smp-8way: ');
    const file = machineFile();
    writeFileSync(file, formatProfile(smallMachine).slice(0, 300));
    expectRefused(await numaq('boot', file), 'small.numaq.json: line ');
  });
});

describe('numaq run', () => {
  it('prints a report in lines of at most 100 characters', async () => {
    const { code, out, err } = await numaq('run', machineFile(), ...small);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Two quads “für” tests\n  random on CPUs 0,4, 256 KiB, 2,000 references a CPU\n');
    expect(out).toMatch(/^Nodes\nnode/m);
    expect(out).toMatch(/^CPUs\ncpu/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('writes a run file that comes out the same again, and prints the same bytes as JSON', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.numaq-run.json');
    const machine = machineFile();
    const first = await numaq('run', machine, ...small, '--seed', '5', '--out', file);
    expect(first.out).toContain(`Written to ${file}\n`);
    const json = await numaq('run', machine, ...small, '--seed', '5', '--json');
    expect(json.out).toBe(readFileSync(file, 'utf8'));
    expect(await numaq('verify', file)).toEqual({ code: 0, out: `${file}: identical\n`, err: '' });
    const other = await numaq('run', machine, ...small, '--seed', '6', '--json');
    expect(other.out).not.toBe(json.out);
  });

  it('runs several workloads, each with its own options, parted by --and', async () => {
    const trace = traceFile(emptyFolder());
    const further = [
      '--and',
      '--pattern',
      'stream',
      '--cpus',
      '4-5',
      '--bytes',
      '64K',
      '--references',
      '500',
      '--start',
      '1ms',
    ];
    const { out, err } = await numaq('run', machineFile(), '--trace', trace, '--cpus', '0-1', ...further, '--json');
    expect(err).toBe('');
    const { config } = JSON.parse(out) as { config: { workloads: unknown[] } };
    expect(config.workloads).toMatchObject([
      { kind: 'trace', trace: { name: 'tiny.lackey', path: trace }, cpus: [0, 1], startNs: 0 },
      { kind: 'pattern', pattern: 'stream', cpus: [4, 5], startNs: 1e6, bytes: 65536, references: 500 },
    ]);
  });

  it('says in the report and in the help that programs on the same CPU take turns', async () => {
    const again = ['--and', '--pattern', 'stream', '--bytes', '64K', '--references', '500', '--cpus'];
    const apart = await numaq('run', machineFile(), ...small, ...again, '1-3');
    expect(apart.out).not.toContain('take turns');
    const shared = await numaq('run', machineFile(), ...small, ...again, '3-5');
    expect(shared.out).toContain('  Programs that share a CPU take turns there: 4\n');
    expect((await numaq('run', '--help')).out).toContain('Programs on the same CPUs take turns as the kernel');
  });

  it('writes samples for a spreadsheet', async () => {
    const file = join(emptyFolder(), 'a.csv');
    const { out } = await numaq('run', machineFile(), ...small, '--csv', file, '--json');
    const { samples } = (JSON.parse(out) as { result: { samples: { columns: string[]; rows: number[][] } } }).result;
    const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^Time \(ns\),References,Instructions,Reads,/);
    expect(lines.map((line) => line.split(',').map(Number))).toEqual(samples.rows);
  });

  it('puts --policy and --cluster into the configuration', async () => {
    const args = ['run', machineFile(), ...small, '--policy', 'interleave:0-1', '--cluster', '4', '--json'];
    const { config } = JSON.parse((await numaq(...args)).out) as { config: { profile: { kernel: object } } };
    expect(config.profile.kernel).toMatchObject({
      pageMmuShift: 2,
      placement: { policy: 'interleave', nodes: [0, 1] },
    });
  });

  it('draws progress on a terminal only, and takes the bar away', async () => {
    const quiet = await numaq('run', machineFile(), '--trace', traceFile(emptyFolder()));
    expect(quiet.err).toBe('');
    const { err } = await numaqWith({ drawsProgress: true }, 'run', machineFile(), '--trace', traceFile(emptyFolder()));
    expect(err).toContain('█');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });

  it('ends with code 130 after Ctrl-C, and writes nothing', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.json');
    const args = ['run', machineFile(), '--pattern', 'stream', '--references', '1G', '--out', file];
    const outcome = await numaqWith({ interrupted: AbortSignal.timeout(50) }, ...args);
    expect(outcome).toEqual({ code: 130, out: '', err: 'numaq: cancelled\n' });
    expect(names(folder)).toEqual([]);
  });

  it('refuses what cannot be run in one sentence', async () => {
    const machine = machineFile();
    const folder = emptyFolder();
    const text = join(folder, 'letter.txt');
    writeFileSync(text, 'Dear Sir or Madam,\nthis is no trace.\n');
    expectRefused(
      await numaq('run', machine),
      'each workload takes one of --trace FILE, --pattern ID, --workload ID, --script FILE and --segment DESIGN',
    );
    expectRefused(await numaq('run', machine, ...small, '--trace', 'x'), 'each workload takes one of');
    expectRefused(await numaq('run', machine, ...small, '--and'), 'each workload takes one of');
    expectRefused(await numaq('run', machine, ...small, '--and', '--sed', '5'), "unknown option '--sed'");
    expectRefused(await numaq('run', machine, '--pattern', 'strem'), 'expected one of stream, chase');
    expectRefused(await numaq('run', machine, ...small, '--limit', '5'), '--shared and --limit belong to --trace');
    expectRefused(await numaq('run', machine, '--trace', text), 'letter.txt: ');
    expectRefused(
      await numaq('run', machine, '--trace', join(folder, 'no')),
      'expected a file, found nothing under this name',
    );
    expectRefused(await numaq('run', machine, '--trace', folder), 'found a folder');
    expectRefused(
      await numaq('run', machine, '--pattern', 'stream', '--cpus', '0-99'),
      'CPUs 0 to 7 are there, asked for 0-99\n',
    );
    expectRefused(await numaq('run', machine, '--pattern', 'stream', '--cpus', '0,0'), 'each CPU once');
    expectRefused(await numaq('run', machine, ...small, '--policy', 'bind:9'), 'kernel.placement');
    expectRefused(await numaq('run', machine, '--pattern', 'stream', '--bytes', '8G'), 'workloads[0].bytes');
    expectRefused(
      await numaq('run', 'numaq-64g-8quad', ...small, '--set', 'kernel.structPageBytes=64'),
      'NUMA-Q, 64 GB, 8 quads: ',
    );
  });

  it('says before the run that a file cannot be written, in one line', async () => {
    const machine = machineFile();
    const folder = emptyFolder();
    writeFileSync(join(folder, 'file'), '');
    // A run of this many references would take hours.
    const long = ['run', machine, '--pattern', 'stream', '--references', '1e12'];
    for (const option of ['--out', '--csv']) {
      for (const [path, found] of [
        [join(folder, 'no', 'a.json'), 'a folder that is there, found none (ENOENT)'],
        [join(folder, 'file', 'a.json'), 'a folder on the way to the file, found a file (ENOTDIR)'],
        [folder, 'a file, found a folder (EISDIR)'],
      ] as const) {
        const outcome = await numaq(...long, option, path);
        const err = `numaq: ${path}: cannot write it: expected ${found}. Nothing was run\n`;
        expect(outcome).toEqual({ code: 2, out: '', err });
      }
    }
    expect(names(folder)).toEqual(['file']);
  });
});

describe('numaq verify', () => {
  async function runFile(): Promise<{ folder: string; file: string }> {
    const folder = emptyFolder();
    const file = join(folder, 'a.numaq-run.json');
    const trace = traceFile(folder);
    expect((await numaq('run', machineFile(), '--trace', trace, '--cpus', '0,4', '--out', file)).code).toBe(0);
    return { folder, file };
  }

  it('says where one byte was changed, with code 1', async () => {
    const { file } = await runFile();
    const text = readFileSync(file, 'utf8');
    const line = text.slice(0, text.indexOf('"elapsedNs": ')).split('\n').length;
    writeFileSync(
      file,
      text.replace(/("elapsedNs": )(\d)/, (_, key: string, digit: string) => key + ((Number(digit) + 1) % 10)),
    );
    const { code, out } = await numaq('verify', file);
    expect(code).toBe(1);
    expect(out).toContain(`line ${line}, column 18, result.elapsedNs: was changed after it was written`);
    const json = JSON.parse((await numaq('verify', file, '--json')).out) as object;
    expect(json).toMatchObject({ kind: 'changed', path: 'result.elapsedNs' });
  });

  it('finds the trace beside the run file, or where --trace says, and refuses another one', async () => {
    const { folder, file } = await runFile();
    const elsewhere = emptyFolder();
    const moved = join(elsewhere, 'a.numaq-run.json');
    writeFileSync(moved, readFileSync(file));
    expect((await numaq('verify', moved)).code).toBe(0);
    const packed = join(elsewhere, 'packed');
    expect((await numaq('pack', join(folder, 'tiny.lackey'), packed)).out).toContain(
      '3,000 records: 0 fetches, 1,000 reads',
    );
    expect((await numaq('verify', moved, '--trace', packed)).out).toBe(`${moved}: identical\n`);
    writeFileSync(join(folder, 'tiny.lackey'), ' L 1000,8\n');
    expectRefused(await numaq('verify', file), 'expected the trace that was run (SHA-256 ');
  });

  it('is the reader of run files that boot and run send people to', async () => {
    const { file } = await runFile();
    const sentence = `numaq: ${file}: format: this is a run file (numaq verify reads it), not a machine\n`;
    for (const args of [
      ['boot', file],
      ['run', file, ...small],
    ]) {
      expect(await numaq(...args)).toEqual({ code: 2, out: '', err: sentence });
    }
  });

  it('says that the trace is not here', async () => {
    const { file } = await runFile();
    const text = readFileSync(file, 'utf8');
    const { rmSync } = await import('node:fs');
    rmSync(join(file, '..', 'tiny.lackey'));
    expectRefused(await numaq('verify', file), 'is not here: name it with --trace FILE');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('says where a file is broken', async () => {
    const { file } = await runFile();
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 1000));
    expectRefused(await numaq('verify', file), 'a.numaq-run.json: line ');
    expectRefused(
      await numaq('verify', machineFile()),
      'this is a machine (numaq boot and numaq run read it), not a run file\n',
    );
    writeFileSync(file, '{ "format": "a letter" }');
    expectRefused(await numaq('verify', file), 'this is no run file of NUMA-Q Lab');
    expectRefused(await numaq('verify', join(file, 'no')), 'cannot read it');
  });
});
