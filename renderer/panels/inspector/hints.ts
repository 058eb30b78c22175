/** What a field's tool tip says: what it is, what it may be, what holds where it is left out, and where its number is from. */
import type { Issue } from '../../../src/sim/base/errors.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { isWithin, parsePath } from '../../state/path.ts';
import { formatExact, formatRanges } from '../format.ts';
import { expectedNumber } from './check-field.ts';
import { controlOf, join, schemaAt, type SchemaNode } from './schema.ts';
import { fieldTitle } from './titles.ts';

/** The source of the number at `path`: that of the longest prefix of it which has one; `nodes[].cpus` speaks for every node. */
export function sourceOf(sources: MachineProfile['sources'], path: string): string | undefined {
  let best: string | undefined;
  const every = path.replace(/\[\d+\]/g, '[]');
  for (const at of Object.keys(sources)) {
    if ((isWithin(path, at) || isWithin(every, at)) && (best === undefined || at.length > best.length)) best = at;
  }
  return best === undefined ? undefined : sources[best];
}

/** The tool tip of the field at `path`, one statement a line. */
export function hintOf(path: string, node: SchemaNode, profile: MachineProfile | null): string {
  const lines: string[] = [];
  if (node.description !== undefined) lines.push(node.description);
  if (controlOf(node) === 'number') lines.push(capital(`${expectedNumber(node)}${node.unit ? ` ${node.unit}` : ''}.`));
  if (typeof node.default === 'number' || typeof node.default === 'string') {
    if (node.default !== '') lines.push(`Default: ${defaultText(node)}.`);
  }
  const source = profile === null ? undefined : sourceOf(profile.sources, path);
  if (source !== undefined) lines.push(/^assumed\b/.test(source) ? capital(source) : `Source: ${source}`);
  lines.push(path);
  return lines.join('\n');
}

function defaultText(node: SchemaNode): string {
  const value = typeof node.default === 'number' ? formatExact(node.default) : String(node.default);
  return node.unit === undefined ? value : `${value} ${node.unit}`;
}

/** An issue as a sentence at the field of `path`; it names its own place, by `name`, where that is another one. */
export function issueText(issue: Issue, path: string, name: (path: string) => string): string {
  const place = issue.path === path || issue.path === '' ? '' : name(issue.path);
  const message = grouped(issue.message);
  const sentence = place === '' ? capital(message) : `${place}: ${message}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Numbers of a message as all others on the screen: `67108864` is `67,108,864`. */
function grouped(message: string): string {
  return message.replace(/(?<![\w.,"])\d{4,15}(?![\w,"]|\.\d)/g, (digits) => formatExact(Number(digits)));
}

/** Which nodes there are, where an issue is about a node's id; empty elsewhere. */
export function nodesThere(issue: Issue, profile: MachineProfile | null): string {
  if (profile === null || !/\.(?:from|to|node|nodes)(?:\[\d+\])?$/.test(issue.path)) return '';
  const ids = profile.machine.nodes.map(({ id }) => id).sort((a, b) => a - b);
  return ids.length === 1 ? ` There is node ${ids[0]}.` : ` There are nodes ${formatRanges(ids)}.`;
}

/**
 * The most memory that a node can have where a larger one pushes the nodes behind it out of reach: what was typed less
 * the part of the last node that lies beyond. undefined where the issues are of another kind.
 */
export function memoryLimit(
  issues: readonly Issue[],
  path: string,
  value: unknown,
  profile: MachineProfile | null,
): number | undefined {
  if (profile === null || typeof value !== 'number' || !/^machine\.nodes\[\d+\]\.memoryMiB$/.test(path))
    return undefined;
  if (issues.length === 0 || issues.some(({ code }) => code !== 'out-of-reach')) return undefined;
  const ends = issues.map(({ found }) => Number((/end at ([\d,]+) MiB/.exec(found)?.[1] ?? '').replace(/,/g, '')));
  const limit = value - (Math.max(...ends) - (profile.machine.pae ? 65536 : 4096));
  return limit >= 0 && limit < value ? limit : undefined;
}

/** A limit that an issue at `path` itself names (`at most 6,656 MiB`), to be offered as the fix. */
export function limitIn(issues: readonly Issue[], path: string): number | undefined {
  const own = issues.find((issue) => issue.path === path);
  const limit = /\b(?:at most|at least) ([\d,]+(?:\.\d+)?)/.exec(own?.expected ?? '')?.[1];
  return limit === undefined ? undefined : Number(limit.replace(/,/g, ''));
}

/** A place in the profile as a person knows it: `Node 7, Memory`, `Kernel, PAGE_MMUSHIFT`. */
export function placeName(path: string, schema: SchemaNode, profile: MachineProfile | null): string {
  const names: string[] = [];
  let at = '';
  for (const step of parsePath(path)) {
    at = join(at, step);
    if (at === 'machine' || at === 'machine.nodes') continue;
    const node = schemaAt(schema, at, profile);
    if (typeof step === 'number') {
      const id = at.startsWith('machine.nodes[') && names.length === 0 ? profile?.machine.nodes[step]?.id : step;
      names.push(`${node?.title ?? ''} ${id ?? step}`.trim());
    } else names.push(node === undefined ? step : fieldTitle(at, node));
  }
  return names.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
