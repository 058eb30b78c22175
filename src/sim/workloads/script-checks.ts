/**
 * What a schema cannot say of a script: that what an operation names is there, and that forks come to an end. A name of a
 * region need only be given anywhere in the script, since a child has the regions of its parent.
 */
import type { Operation } from './operations.ts';
import type { Script } from './script.ts';

export interface ScriptFault {
  readonly path: readonly (string | number)[];
  /** What belongs there. */
  readonly expected: string;
}

/** A script as it comes out of its schema. */
type Body = Pick<Script, 'files' | 'segments' | 'images' | 'programs' | 'start'>;

/** What is wrong, in the order of the script. */
export function checkScript(script: Body): readonly ScriptFault[] {
  const faults: ScriptFault[] = [];
  const regions = new Set<string>(['text', 'data', 'bss', 'stack']);
  const created = new Set(Object.keys(script.files));
  const most = Math.max(0, ...Object.values(script.images).map((image) => image.libraries.length));
  for (let number = 0; number < most; number++) regions.add(`lib${number}`).add(`lib${number}.data`);
  visit(script.programs, (operation) => {
    if (operation.op === 'mmap' || operation.op === 'brk') regions.add(operation.as);
    if (operation.op === 'create') created.add(operation.file);
  });
  const known: Known = {
    regions,
    files: created,
    segments: new Set(Object.keys(script.segments)),
    images: new Set(Object.keys(script.images)),
    programs: new Set(Object.keys(script.programs)),
  };
  visit(script.programs, (operation, path) => checkOperation(operation, path, known, faults));
  for (const [index, { program, cpus, nodes }] of script.start.entries()) {
    need(known.programs, program, ['start', index, 'program'], 'a program', faults);
    if (cpus !== undefined && nodes !== undefined) {
      faults.push({ path: ['start', index, 'nodes'], expected: 'either "cpus" or "nodes"' });
    }
  }
  faults.push(...endlessForks(script.programs));
  return faults;
}

interface Known {
  readonly regions: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
  readonly images: ReadonlySet<string>;
  readonly programs: ReadonlySet<string>;
}

type Path = readonly (string | number)[];

function checkOperation(operation: Operation, path: Path, known: Known, faults: ScriptFault[]): void {
  if ('region' in operation) need(known.regions, operation.region, [...path, 'region'], 'a region', faults);
  if ('file' in operation && operation.file !== undefined) {
    need(known.files, operation.file, [...path, 'file'], 'a file', faults);
  }
  switch (operation.op) {
    case 'compute': {
      const { workingSet } = operation;
      if (workingSet === undefined) return;
      need(known.regions, workingSet.region, [...path, 'workingSet', 'region'], 'a region', faults);
      return;
    }
    case 'mmap': {
      const { file, segment, anonymous } = operation;
      const kinds = [file, segment, anonymous].filter((kind) => kind !== undefined).length;
      if (kinds !== 1) faults.push({ path, expected: 'exactly one of "file", "segment" and "anonymous"' });
      if (segment !== undefined) need(known.segments, segment, [...path, 'segment'], 'a segment', faults);
      return;
    }
    case 'fork':
    case 'vfork':
    case 'clone':
      need(known.programs, operation.program, [...path, 'program'], 'a program', faults);
      return;
    case 'exec':
      need(known.images, operation.image, [...path, 'image'], 'an image', faults);
      return;
    default:
  }
}

function need(names: ReadonlySet<string>, name: string, path: Path, what: string, faults: ScriptFault[]): void {
  if (names.has(name)) return;
  const list = [...names].slice(0, 12).join(', ');
  faults.push({
    path,
    expected: names.size === 0 ? `${what}: the script has none` : `${what} of the script (${list})`,
  });
}

/** Calls `each` with every operation and its place, bodies of repeats included. */
function visit(programs: Script['programs'], each: (operation: Operation, path: Path) => void): void {
  const walk = (operations: readonly Operation[], path: Path): void => {
    for (const [index, operation] of operations.entries()) {
      each(operation, [...path, index]);
      if (operation.op === 'repeat') walk(operation.body, [...path, index, 'body']);
    }
  };
  for (const [name, operations] of Object.entries(programs)) walk(operations, ['programs', name]);
}

/** Programs that fork themselves, by whatever way round: they would never end. */
function endlessForks(programs: Script['programs']): readonly ScriptFault[] {
  const children = new Map<string, Map<string, Path>>();
  visit(programs, (operation, path) => {
    if (operation.op !== 'fork' && operation.op !== 'vfork' && operation.op !== 'clone') return;
    const from = String(path[1]);
    const known = children.get(from) ?? new Map<string, Path>();
    if (!known.has(operation.program)) known.set(operation.program, [...path, 'program']);
    children.set(from, known);
  });
  const done = new Set<string>();
  const above: string[] = [];
  const faults: ScriptFault[] = [];
  const walk = (name: string): void => {
    if (done.has(name)) return;
    above.push(name);
    for (const [child, path] of children.get(name) ?? []) {
      if (above.includes(child)) faults.push({ path, expected: 'a program that does not come back to this one' });
      else walk(child);
    }
    above.pop();
    done.add(name);
  };
  for (const name of children.keys()) walk(name);
  return faults;
}
