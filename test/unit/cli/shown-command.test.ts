/** The command lines that the window shows do what they say: each is given to `numaq` itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  bootLine,
  type CommandLine,
  type KnownDesigns,
  machinesLine,
  type MachineWords,
  quoted,
  runLine,
  segmentLine,
  settings,
  shellText,
  xrayLine,
} from '../../../renderer/help/command-line.ts';
import {
  builtInById,
  builtInSegments,
  type MachineProfile,
  validateProfile,
  type WorkloadSpec,
} from '../../../src/sim/index.ts';
import { numaq, type Outcome } from './run-cli.ts';

const known: KnownDesigns = {
  idOf: (design) => builtInSegments().find((one) => JSON.stringify(one.design) === JSON.stringify(design))?.id ?? null,
};
const profileOf = (id: string): MachineProfile => validateProfile(builtInById(id)?.profile(), id);
const asIs = (id: string): MachineWords => ({ name: id, base: profileOf(id), profile: profileOf(id) });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Runs the only command of a line, its files in a folder of their own. */
async function run(line: CommandLine, ...more: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'numaq-shown-'));
  folders.push(folder);
  for (const { name, text } of line.files) writeFileSync(join(folder, name), text);
  const names = line.files.map(({ name }) => name);
  const words = (line.commands[0] ?? []).slice(1).map((word) => (names.includes(word) ? join(folder, word) : word));
  return numaq(...words, ...more);
}

describe('the command line of what is shown', () => {
  it('lists the machines', async () => {
    expect((await run(machinesLine())).code).toBe(0);
  });

  it('boots the machine with every edit that was made of it', async () => {
    const base = profileOf('numaq-64g-8quad');
    const nodes = base.machine.nodes.map((node) => (node.id === 3 ? { ...node, memoryMiB: 4096 } : node));
    const profile = {
      ...base,
      title: 'Mine',
      machine: { ...base.machine, nodes },
      kernel: { ...base.kernel, pageMmuShift: 3, structPageBytes: 60 },
    };
    const line = bootLine({ name: 'numaq-64g-8quad', base, profile });
    expect(line.commands[0]).toEqual([
      'numaq',
      'boot',
      'numaq-64g-8quad',
      '--set',
      'machine.nodes[3].memoryMiB=4096',
      '--set',
      'kernel.pageMmuShift=3',
      '--set',
      'kernel.structPageBytes=60',
    ]);
    expect((await run(line)).code).toBe(0);
  });

  it('sets lists of another length as a whole, and takes away what is gone', () => {
    const base = { a: { list: [1, 2], gone: 1, text: 'x' } };
    expect(settings(base, { a: { list: [1], text: 'y' } })).toEqual(['a.list=[1]', 'a.gone=', 'a.text=y']);
  });

  it('runs the same workloads with the same seed on the same machine', async () => {
    const base = profileOf('pc-256m');
    const profile = { ...base, kernel: { ...base.kernel, pageMmuShift: 1 } };
    const workloads: readonly WorkloadSpec[] = [
      { kind: 'pattern', pattern: 'stream', cpus: [0], startNs: 0, bytes: 1 << 20, references: 2000 },
      { kind: 'pattern', pattern: 'random', cpus: [0], startNs: 5000, bytes: 70_000, references: 1000 },
    ];
    const line = runLine({ name: 'pc-256m', base, profile }, workloads, 7, known);
    const { code, out } = await run(line, '--json');
    expect(code).toBe(0);
    const { config } = JSON.parse(out) as { config: { profile: MachineProfile; workloads: unknown; seed: number } };
    expect(config.workloads).toEqual(workloads);
    expect(config.seed).toBe(7);
    expect(config.profile.kernel.pageMmuShift).toBe(1);
  });

  it('runs a program of the library, and a script that is in no file yet', async () => {
    const program: WorkloadSpec = {
      kind: 'program',
      program: 'compile',
      cpus: [0],
      startNs: 0,
      scale: 0.001,
      parameters: { jobs: 1 },
    };
    const words = runLine(asIs('pc-256m'), [program], 0, known).commands[0];
    expect(words?.join(' ')).toBe('numaq run pc-256m --workload compile --scale 0.001 --param jobs=1 --cpus 0');
    const written = await numaq('workloads', 'compile', '--script', '--scale', '0.001', '--machine', 'pc-256m');
    const script = JSON.parse(written.out) as Extract<WorkloadSpec, { kind: 'script' }>['script'];
    const line = runLine(asIs('pc-256m'), [{ kind: 'script', script, cpus: [0], startNs: 0 }], 0, known);
    expect((await run(line)).code).toBe(0);
  });

  it('predicts a segment by its id, or by a file where it was changed', async () => {
    const [first] = builtInSegments();
    if (first === undefined) throw new Error('there is no design');
    const machine = asIs('numaq-16g-4quad');
    expect(segmentLine(machine, first.design, 1, known).files).toEqual([]);
    expect((await run(segmentLine(machine, first.design, 1, known))).code).toBe(0);
    const changed = segmentLine(machine, { ...first.design, title: "Bob's" }, 0.5, known);
    expect(changed.files.map(({ name }) => name)).toEqual(['segment.json']);
    expect((await run(changed)).code).toBe(0);
    expect(shellText(changed)).toContain("cat > segment.json <<'NUMAQ'\n");
  });

  it('lays the same request open', async () => {
    const line = xrayLine(asIs('numaq-64g-8quad'), { node: 3, mask: 'GFP_KERNEL', order: 2, memalloc: true });
    const { code, out } = await run(line, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ request: { node: 3, mask: 'GFP_KERNEL', order: 2, memalloc: true } });
  });

  it('says that a trace’s path is to be put in', () => {
    const trace: WorkloadSpec = {
      kind: 'trace',
      trace: { name: 'sort.lackey.gz', sha256: 'x' },
      cpus: [0, 1, 2, 8],
      startNs: 0,
    };
    const line = runLine(asIs('pc-256m'), [trace], 0, known);
    expect(line.commands[0]?.slice(3)).toEqual(['--trace', 'sort.lackey.gz', '--cpus', '0-2,8']);
    expect(line.notes).toEqual(['Put the path of the trace where sort.lackey.gz stands: the window does not keep it.']);
  });

  it('quotes words as a shell takes them', () => {
    expect(quoted('--set')).toBe('--set');
    expect(quoted('machine.nodes[3].cpus=2')).toBe("'machine.nodes[3].cpus=2'");
    expect(quoted("it's")).toBe(`'it'\\''s'`);
  });
});
