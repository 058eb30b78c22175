/**
 * Who may import whom: sim/base <- hardware <- kernel <- engine; workloads and profiles know base, interop knows types;
 * lab knows the simulator by its one door; the doors know lab; the renderer knows the contract's types and its client;
 * Electron is imported where the app starts and in the preload, nowhere else. Read from the import lines themselves.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Import {
  readonly file: string;
  readonly line: number;
  /** A path from the root, or a package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
}

/** What a folder's files may import; `types` comes on top of `values`. Paths are prefixes; itself it may always import. */
interface Layer {
  readonly folder: string;
  readonly values: readonly string[];
  readonly types?: readonly string[];
}

const simFolders = ['base', 'hardware', 'kernel', 'engine', 'workloads', 'profiles', 'interop'].map(
  (name) => `src/sim/${name}/`,
);
const [base, hardware, kernel, engine, workloads, profiles, interop] = simFolders;
const door = 'src/sim/index.ts';
/** How records are laid out: the one thing that hardware knows of workloads. */
const records = 'src/sim/workloads/trace.ts';

const layers: readonly Layer[] = [
  { folder: base, values: [] },
  { folder: hardware, values: [base, records], types: [profiles] },
  { folder: kernel, values: [base, hardware, profiles], types: [workloads] },
  { folder: engine, values: [base, hardware, kernel, profiles, workloads] },
  { folder: workloads, values: [base, 'zod'], types: [profiles] },
  { folder: profiles, values: [base, 'zod'] },
  { folder: interop, values: [base, workloads], types: [kernel, profiles, engine] },
  { folder: door, values: simFolders },
  { folder: 'src/lab/', values: [door, 'node:', 'zod', 'write-file-atomic', 'package.json'] },
  { folder: 'src/cli/', values: [door, 'src/lab/', 'node:', 'commander', 'package.json'] },
  { folder: 'src/web/', values: [door, 'src/lab/', 'node:', 'sirv'] },
  { folder: 'electron/main/', values: [door, 'src/lab/', 'node:'], types: ['electron'] },
  { folder: 'electron/preload/', values: ['src/lab/contract.ts'], types: ['electron', 'src/lab/'] },
  {
    folder: 'renderer/',
    values: [
      'svelte',
      'bits-ui',
      'tinykeys',
      'chart.js',
      'svgcanvas',
      'html-to-image',
      '@tanstack/',
      '@lucide/svelte',
      '@fontsource',
      'dompurify',
      'marked',
      '@xyflow/svelte',
    ],
    types: ['src/lab/', ...simFolders],
  },
];

/** Files that a layer's rule does not hold for, and what they may import besides. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // The schemas of the contract's parameters are the workloads' own; not by the door, behind which the preload would get
  // the whole simulator.
  'src/lab/contract.ts': ['src/sim/workloads/workload.ts', 'src/sim/workloads/operations.ts'],
  // A boot log is read and written with the kernel's own figures.
  'src/sim/interop/boot-log.ts': ['src/sim/kernel/boot/', 'src/sim/profiles/compilers.ts'],
  // Plain text of plain data: asking the lab for it would send the snapshot there and back.
  'renderer/panels/results/ProcText.svelte': ['src/sim/interop/proc-text.ts'],
  // A followed reference as text is the simulator's as well.
  'renderer/panels/results/Follow.svelte': ['src/sim/interop/follow-text.ts'],
  // The names of the knobs, for a list to choose from.
  'renderer/panels/results/Knobs.svelte': ['src/sim/workloads/operations.ts'],
  // A page keeps its own recent machines, with the same figures for their pictures as the lab does.
  'renderer/client/browser.ts': ['src/lab/machine-shape.ts'],
  'renderer/client/recent-store.ts': ['src/lab/machine-shape.ts'],
  'electron/main/main.ts': ['electron'],
  'electron/preload/preload.ts': ['electron'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The script of a file: of a Svelte component everything else blanked out, so that lines stay where they are. */
function scriptOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (!file.endsWith('.svelte')) return text;
  let script = '';
  let at = 0;
  for (const match of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[0].indexOf('>') + 1;
    script += text.slice(at, start).replace(/[^\n]/g, ' ') + match[1];
    at = start + match[1].length;
  }
  return script;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean): void => {
    if (!ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    const target = text.startsWith('.') ? normalize(join(dirname(file), text)) : text;
    const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1;
    found.push({ file, line, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const eachIsType =
        clause?.name === undefined &&
        named !== undefined &&
        ts.isNamedImports(named) &&
        named.elements.length > 0 &&
        named.elements.every((element) => element.isTypeOnly);
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || eachIsType);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      const named = node.exportClause;
      const eachIsType =
        named !== undefined && ts.isNamedExports(named) && named.elements.every((element) => element.isTypeOnly);
      add(node.moduleSpecifier, node.isTypeOnly || eachIsType);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Helpers of the renderer's tests lie beside what they test. */
const forTestsOnly = (file: string): boolean => file.endsWith('/testing.ts');

function violations(layer: Layer): string[] {
  const files = layer.folder.endsWith('/') ? filesBelow(layer.folder) : [layer.folder];
  return files
    .filter((file) => !forTestsOnly(file))
    .flatMap(importsOf)
    .flatMap(({ file, line, target, typeOnly }) => {
      const allowed = [
        layer.folder,
        ...layer.values,
        ...(exceptions[file] ?? []),
        ...(typeOnly ? (layer.types ?? []) : []),
      ];
      if (allowed.some((prefix) => target.startsWith(prefix))) return [];
      return [`${file}:${line} imports ${typeOnly ? 'types of ' : ''}${target}`];
    });
}

describe('imports', () => {
  it.each(layers)('of $folder go one way', (layer) => {
    expect(violations(layer)).toEqual([]);
  });

  it('of the simulator name no package but zod', () => {
    const packages = filesBelow('src/sim/')
      .flatMap(importsOf)
      .filter(({ target }) => !target.startsWith('src/'));
    expect([...new Set(packages.map(({ target }) => target))]).toEqual(['zod']);
  });

  it('leave no file of the product to no layer', () => {
    const known = ['src/', 'electron/', 'renderer/'].flatMap(filesBelow);
    expect(known.length).toBeGreaterThan(200);
    expect(known.filter((file) => !layers.some(({ folder }) => file.startsWith(folder)))).toEqual([]);
  });

  it('carry the extension', () => {
    const bare = ['src/', 'electron/', 'renderer/']
      .flatMap(filesBelow)
      .flatMap(importsOf)
      .filter(({ target }) => /^(src|electron|renderer)\//.test(target) && !/\.(ts|svelte|css|json)$/.test(target));
    expect(bare).toEqual([]);
  });
});
