/**
 * What the configurations of runs differ in: every value of the profile, the workloads, the seed and (of runs that are
 * done) what the kernel's flavour came to. Names, notes and sources are left out: they change nothing of a run. Pure.
 */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import { getAt } from '../../state/path.ts';
import type { Cell } from '../results/csv.ts';
import { formatBytes, formatExact, formatRanges, formatTime } from '../format.ts';
import { placeName } from '../inspector/hints.ts';
import { join, schemaAt, type SchemaNode } from '../inspector/schema.ts';
import { fieldTitle } from '../inspector/titles.ts';

/** What a run was made of. */
export interface Configured {
  readonly start: {
    readonly profile: MachineProfile;
    readonly workloads: readonly WorkloadSpec[];
    readonly seed: number;
  };
  readonly report: RunReport | null;
}

/** A value by its place, of all runs; `texts` as they are shown, a dash where a run has none. */
export interface Parameter {
  readonly path: string;
  readonly label: string;
  readonly unit: string;
  readonly description: string;
  readonly texts: readonly string[];
}

export interface Differences {
  readonly differ: readonly Parameter[];
  readonly same: readonly Parameter[];
  /** Words of the first difference that tells each run from the others: `32 KiB`, `highpte on`; empty where none does. */
  readonly short: readonly string[];
}

const NAMES = ['format', 'version', 'title', 'notes', 'sources', 'description'];
/** Of what the flavour comes to, what the profile or the sentence of a choice already says. */
const TRAITS_LEFT_OUT = ['flavour', 'mmuShift', 'patches'];

/** Of a run that has no value of its own. */
const UNSTATED: readonly string[] = ['by rule', '–'];
/** Says nothing without its field's name. */
const WORDLESS = /^(by rule|on|off|none|empty|–|[\d.,\s-]+)$/;

type Leaf = string | number | boolean | null;

/** Every plain value of plain data by its path; a list of plain values is one value. */
function leavesOf(value: unknown, path: string, into: Map<string, Leaf>): Map<string, Leaf> {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) into.set(path, listText(value));
    else value.forEach((item, at) => leavesOf(item, join(path, at), into));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) leavesOf(child, join(path, key), into);
  } else if (value !== undefined) into.set(path, value as Leaf);
  return into;
}

/** CPUs and nodes as ranges, other lists as they are. */
function listText(list: readonly unknown[]): string {
  const whole = list.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0);
  if (!whole) return list.join(', ');
  return new Set(list).size === list.length ? formatRanges(list as number[]) : list.join(', ');
}

function valuesOf({ start, report }: Configured): Map<string, Leaf> {
  const values = new Map<string, Leaf>();
  for (const [key, part] of Object.entries(start.profile)) {
    if (!NAMES.includes(key)) leavesOf(part, key, values);
  }
  leavesOf(start.workloads, 'workloads', values);
  values.set('seed', start.seed);
  if (report === null) return values;
  const { turns, sampleNs } = report.config;
  values.set('sampleNs', sampleNs);
  if (turns !== undefined) leavesOf(turns, 'turns', values);
  values.set('engine', report.engine);
  for (const [key, trait] of Object.entries(report.kernel ?? {})) {
    if (!TRAITS_LEFT_OUT.includes(key)) leavesOf(trait, `traits.${key}`, values);
  }
  return values;
}

/** How the values at a path are called and written. */
function parameterOf(
  path: string,
  leaves: readonly (Leaf | undefined)[],
  about: About,
  runs: readonly Configured[],
): Parameter {
  // Of a node or program that only some runs have, one of these.
  const run = runs[leaves.findIndex((leaf) => leaf !== undefined)] as Configured;
  const node = about.schema === undefined ? undefined : schemaAt(about.schema, path, run.start.profile);
  return {
    path,
    label: labelOf(path, node, about, run.start.profile),
    unit: node?.unit ?? '',
    description: node?.description ?? '',
    texts: leaves.map((leaf, at) => textOf(path, leaf, node, about, runs[at]?.start.profile)),
  };
}

/** What names paths and values. */
export interface About {
  readonly schema: SchemaNode | undefined;
  readonly flavours: readonly { readonly id: string; readonly title: string }[];
}

const NAMED: Readonly<Record<string, string>> = {
  seed: 'Seed',
  sampleNs: 'Sample interval',
  engine: 'Simulator',
  'kernel.pageMmuShift': 'Page cluster',
};

function labelOf(path: string, node: SchemaNode | undefined, about: About, profile: MachineProfile): string {
  if (NAMED[path] !== undefined) return NAMED[path];
  const workload = /^workloads\[(\d+)\]\.?(.*)$/.exec(path);
  if (workload !== null) return `Program ${Number(workload[1]) + 1}, ${inWords(workload[2])}`;
  const turn = /^turns\[(\d+)\]\.?(.*)$/.exec(path);
  if (turn !== null) return `Knob ${Number(turn[1]) + 1}, ${inWords(turn[2])}`;
  if (path.startsWith('traits.')) return `Kernel: ${inWords(path.slice('traits.'.length))}`;
  return about.schema === undefined || node === undefined ? path : placeName(path, about.schema, profile);
}

/** `parameters.objects` is "objects", `startNs` "start". */
function inWords(path: string): string {
  const words = path
    .split('.')
    .filter((step) => step !== 'parameters')
    .map((step) => fieldTitle(step.replace(/Ns$/, ''), {}).toLowerCase());
  return words.join(', ');
}

/** Left out within something that is there: a rule holds. */
const byRule = (path: string, profile: MachineProfile | undefined): boolean =>
  getAt(profile, path.slice(0, Math.max(0, path.lastIndexOf('.')))) !== undefined;

function textOf(
  path: string,
  leaf: Leaf | undefined,
  node: SchemaNode | undefined,
  about: About,
  profile: MachineProfile | undefined,
): string {
  if (leaf === undefined) return node !== undefined && byRule(path, profile) ? 'by rule' : '–';
  if (leaf === null) return 'none';
  if (typeof leaf === 'boolean') return leaf ? 'on' : 'off';
  if (path === 'kernel.flavour') return about.flavours.find(({ id }) => id === leaf)?.title ?? String(leaf);
  if (typeof leaf === 'string') return leaf === '' ? 'empty' : leaf;
  if (path === 'kernel.pageMmuShift') return formatBytes(4096 << leaf);
  if (path === 'seed') return String(leaf);
  if (/^(workloads|turns).*bytes$/i.test(path)) return formatBytes(leaf);
  if (/Ns$/.test(path)) return formatTime(leaf);
  if (node?.unit === 'MiB' && leaf !== 0 && leaf % 1024 === 0) return `${formatExact(leaf / 1024)} GiB`;
  return node?.unit === undefined ? formatExact(leaf) : `${formatExact(leaf)} ${node.unit}`;
}

/** What differs between the runs, the first being the baseline, and what is the same in all. */
export function differencesOf(runs: readonly Configured[], about: About): Differences {
  const values = runs.map(valuesOf);
  const differ: Parameter[] = [];
  const same: Parameter[] = [];
  for (const path of new Set(values.flatMap((each) => [...each.keys()]))) {
    const leaves = values.map((each) => each.get(path));
    const list = leaves.every((leaf) => leaf === leaves[0]) ? same : differ;
    list.push(parameterOf(path, leaves, about, runs));
  }
  return { differ, same, short: shortNames(differ, runs.length) };
}

/** What a run is called by: a value that all state rather than one that a rule gives, with its field's name where it does not speak for itself. */
function shortNames(differ: readonly Parameter[], runs: number): string[] {
  const told = differ.filter(({ path }) => !path.startsWith('traits.'));
  const stated = told.filter(({ texts }) => !texts.some((text) => UNSTATED.includes(text)));
  const ranked = [...stated, ...told.filter((parameter) => !stated.includes(parameter))];
  return Array.from({ length: runs }, (_, at) => {
    const own = ranked.find(({ texts }) => texts[at] !== texts[0]) ?? (at === 0 ? ranked[0] : undefined);
    if (own === undefined) return '';
    const text = own.texts[at] ?? '';
    return WORDLESS.test(text) ? `${own.label.slice(own.label.lastIndexOf(', ') + 1).trim()} ${text}` : text;
  });
}

/** The differences as further rows of a comparison's CSV: the value of each run, and whether it differs from the baseline's. */
export function differencesCsv({ differ }: Differences, letters: readonly string[]): Cell[][] {
  return differ.map(({ label, texts }) => [
    'Configuration',
    label,
    '',
    texts[0] ?? '',
    ...letters.slice(1).flatMap((_, at) => {
      const text = texts[at + 1] ?? '';
      return [text, '', text === texts[0] ? 'same' : 'differs'];
    }),
  ]);
}
