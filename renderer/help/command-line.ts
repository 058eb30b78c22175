/**
 * The same on the command line: what a screen shows, as words of `numaq`. A machine is named by its built-in id or its
 * file, with a --set for each value that differs; what was designed in the window and is in no file yet is written to one by
 * the shell before. Notes, titles and sources of values change nothing that is computed and are left out. Pure.
 */
import type { XrayRequest } from '../../src/sim/kernel/alloc/xray.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { WorkloadSpec } from '../../src/sim/workloads/workload.ts';

/** A machine as it was opened or saved last, and as it is now. */
export interface MachineWords {
  /** Built-in id, or name of a file. */
  readonly name: string;
  readonly base: MachineProfile;
  readonly profile: MachineProfile;
}

/** A file that the commands read and that is not there yet. */
interface Written {
  readonly name: string;
  readonly text: string;
}

export interface CommandLine {
  /** Each as its words, `numaq` first. */
  readonly commands: readonly (readonly string[])[];
  readonly files: readonly Written[];
  /** What a person has to know before the commands do the same. */
  readonly notes: readonly string[];
}

const SILENT = ['title', 'notes', 'sources', 'format', 'version'];
const MIB = 2 ** 20;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** `path=value` for each value of `now` that `base` has not. */
export function settings(base: unknown, now: unknown, path = ''): readonly string[] {
  if (isObject(base) && isObject(now)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(now)])];
    return keys
      .filter((key) => path !== '' || !SILENT.includes(key))
      .flatMap((key) => settings(base[key], now[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(base) && Array.isArray(now) && base.length === now.length) {
    return now.flatMap((value, index) => settings(base[index], value, `${path}[${index}]`));
  }
  if (JSON.stringify(base) === JSON.stringify(now)) return [];
  if (now === undefined) return [`${path}=`];
  return [`${path}=${typeof now === 'string' ? now : JSON.stringify(now)}`];
}

/** The machine as words: its name, and a --set for each change. */
export function machineWords({ name, base, profile }: MachineWords): readonly string[] {
  return [name, ...settings(base, profile).flatMap((setting) => ['--set', setting])];
}

const setWords = (machine: MachineWords): readonly string[] => machineWords(machine).slice(1);

/** `0-3,8`. */
function listText(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; at += 1) {
    const first = numbers[at] ?? 0;
    while (numbers[at + 1] === (numbers[at] ?? 0) + 1) at += 1;
    const last = numbers[at] ?? 0;
    parts.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return parts.join(',');
}

const sizeText = (bytes: number): string => (bytes % MIB === 0 ? `${bytes / MIB}M` : `${bytes}`);

/** Ids of the designs that the lab brings along, to know one that was not changed. */
export interface KnownDesigns {
  idOf(design: unknown): string | null;
}

interface Group {
  readonly words: readonly string[];
  readonly files: readonly Written[];
  readonly notes: readonly string[];
}

function workloadWords(spec: WorkloadSpec, number: number, known: KnownDesigns): Group {
  const cpus = ['--cpus', listText(spec.cpus)];
  const start = spec.startNs === 0 ? [] : ['--start', `${spec.startNs}ns`];
  const scaled = (scale: number): readonly string[] => (scale === 1 ? [] : ['--scale', `${scale}`]);
  switch (spec.kind) {
    case 'trace': {
      const { trace, shared, limit } = spec;
      const segment =
        shared === undefined ? [] : ['--shared', `0x${shared.start.toString(16)}-0x${shared.end.toString(16)}`];
      const words = ['--trace', trace.path ?? trace.name, ...cpus, ...start, ...segment];
      const note = `Put the path of the trace where ${trace.name} stands: the window does not keep it.`;
      return {
        words: [...words, ...(limit === undefined ? [] : ['--limit', `${limit}`])],
        files: [],
        notes: trace.path === undefined ? [note] : [],
      };
    }
    case 'pattern': {
      const { pattern, bytes, references } = spec;
      const words = ['--pattern', pattern, '--bytes', sizeText(bytes), '--references', `${references}`];
      return { words: [...words, ...cpus, ...start], files: [], notes: [] };
    }
    case 'program': {
      const parameters = Object.entries(spec.parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      return {
        words: ['--workload', spec.program, ...scaled(spec.scale), ...parameters, ...cpus, ...start],
        files: [],
        notes: [],
      };
    }
    case 'script': {
      const name = `script-${number}.json`;
      const files = [{ name, text: JSON.stringify(spec.script, null, 2) }];
      return { words: ['--script', name, ...cpus, ...start], files, notes: [] };
    }
    case 'segment': {
      const design = designWords(spec.design, `segment-${number}.json`, known);
      return {
        words: ['--segment', design.name, ...scaled(spec.scale), ...cpus, ...start],
        files: design.files,
        notes: [],
      };
    }
  }
}

function designWords(
  design: unknown,
  file: string,
  known: KnownDesigns,
): { readonly name: string; readonly files: readonly Written[] } {
  const id = known.idOf(design);
  return id === null
    ? { name: file, files: [{ name: file, text: JSON.stringify(design, null, 2) }] }
    : { name: id, files: [] };
}

const one = (...words: readonly string[]): CommandLine => ({ commands: [['numaq', ...words]], files: [], notes: [] });

/** The built-in machines. */
export const machinesLine = (): CommandLine => one('machines');

/** The boot of a machine. */
export const bootLine = (machine: MachineWords): CommandLine => one('boot', ...machineWords(machine));

/** The X-ray of a request on the machine as it boots. */
export function xrayLine(machine: MachineWords, { node, mask, order, memalloc }: XrayRequest): CommandLine {
  const request = ['--node', `${node}`, '--mask', mask, '--order', `${order}`, ...(memalloc ? ['--memalloc'] : [])];
  return one('xray', ...machineWords(machine), ...request);
}

/** The predicted placement of a segment. */
export function segmentLine(machine: MachineWords, design: unknown, scale: number, known: KnownDesigns): CommandLine {
  const { name, files } = designWords(design, 'segment.json', known);
  const scaled = scale === 1 ? [] : ['--scale', `${scale}`];
  const words = ['numaq', 'segment', name, '--machine', machine.name, ...setWords(machine), ...scaled];
  return { commands: [words], files, notes: [] };
}

/** A run. */
export function runLine(
  machine: MachineWords,
  workloads: readonly WorkloadSpec[],
  seed: number,
  known: KnownDesigns,
  extra: readonly string[] = [],
): CommandLine {
  const groups = workloads.map((spec, index) => workloadWords(spec, index + 1, known));
  const words = groups.flatMap((group, index) => [...(index === 0 ? [] : ['--and']), ...group.words]);
  const seeded = seed === 0 ? [] : ['--seed', `${seed}`];
  return {
    commands: [['numaq', 'run', ...machineWords(machine), ...seeded, ...extra, ...words]],
    files: groups.flatMap((group) => group.files),
    notes: groups.flatMap((group) => group.notes),
  };
}

/** Several of them one after the other; a file of the same name is written once. */
export function joined(lines: readonly CommandLine[]): CommandLine {
  const files = new Map(lines.flatMap((line) => line.files).map((file) => [file.name, file]));
  return {
    commands: lines.flatMap((line) => line.commands),
    files: [...files.values()],
    notes: [...new Set(lines.flatMap((line) => line.notes))],
  };
}

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The lines as they are pasted into a shell. */
export function shellText({ commands, files }: CommandLine): string {
  const written = files.map(({ name, text }) => `cat > ${quoted(name)} <<'NUMAQ'\n${text}\nNUMAQ`);
  return [...written, ...commands.map((words) => words.map(quoted).join(' '))].join('\n');
}
