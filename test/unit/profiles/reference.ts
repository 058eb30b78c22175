/** The parts of docs/ that are made from the schema and the built-in machines, as Markdown. */
import {
  builtins,
  flavours,
  profileJsonSchema,
  traitsOf,
  type BuiltIn,
  type FieldSchema,
} from '../../../src/sim/index.ts';
import { describeSchema } from '../../../src/sim/profiles/describe.ts';
import { discriminatorOf } from '../../../src/sim/profiles/json-schema.ts';
import { box, kernel } from './machines.ts';

type Row = readonly string[];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A part of the profile with fields of its own: one table of the reference. */
interface Section {
  readonly path: string;
  readonly title: string;
  readonly schema: FieldSchema;
}

function defaultText(schema: FieldSchema, required: boolean): string {
  if (schema.default === undefined) return required ? 'required' : 'may be left out';
  return typeof schema.default === 'object' && Object.keys(schema.default ?? {}).length === 0
    ? 'empty'
    : `\`${JSON.stringify(schema.default)}\``;
}

/** The fields of an object as rows, and the sections that its objects and lists of objects open. */
function fieldsOf({ path, title, schema }: Section): { readonly text: string; readonly inner: readonly Section[] } {
  const inner: Section[] = [];
  const rows = Object.entries(schema.properties ?? {}).map(([key, field]): Row => {
    const below = field.type === 'array' && field.items !== undefined ? field.items : field;
    const open = below.properties !== undefined || below.oneOf !== undefined;
    const at = `${path === '' ? '' : `${path}.`}${key}${below === field ? '' : '[]'}`;
    const name = field.title ?? below.title ?? key;
    if (open) inner.push({ path: at, title: below.title ?? name, schema: below });
    const takes = open && below !== field ? `${describeSchema(field)}, each as below` : describeSchema(field);
    return [
      `\`${key}\``,
      [name, field.description].filter(Boolean).join('. '),
      open && below === field && below.oneOf === undefined ? 'an object, as below' : takes,
      defaultText(field, schema.required?.includes(key) ?? false),
    ];
  });
  const head = path === '' ? '### The file' : `### ${title}: \`${path}\``;
  return { text: `${head}\n\n${table(['field', 'what', 'takes', 'default'], rows)}`, inner };
}

function variantsOf(section: Section): string {
  const variants = section.schema.oneOf ?? [];
  const key = discriminatorOf(variants) ?? 'kind';
  const parts = variants.map((variant) => {
    const fields = Object.entries(variant.properties ?? {}).filter(([name]) => name !== key);
    const title = `**\`"${key}": ${JSON.stringify(variant.properties?.[key]?.const)}\`** (${variant.title ?? ''})`;
    if (fields.length === 0) return `${title}: no fields more.`;
    const rest: FieldSchema = { ...variant, properties: Object.fromEntries(fields) };
    const { text, inner } = fieldsOf({ ...section, schema: rest });
    const below = inner.map(sectionText).map((part) => `\n\n${part.replace(/^### /, '#### ')}`);
    return `${title}\n\n${text.split('\n').slice(2).join('\n')}${below.join('')}`;
  });
  return `### ${section.title}: \`${section.path}\`\n\nOne of these, told apart by \`${key}\`.\n\n${parts.join('\n\n')}`;
}

function sectionText(section: Section): string {
  if (section.schema.oneOf !== undefined) return variantsOf(section);
  const { text, inner } = fieldsOf(section);
  return [text, ...inner.map(sectionText)].join('\n\n');
}

/** Every field of a profile, a table a part. */
export function fieldReference(): string {
  return sectionText({ path: '', title: 'The file', schema: profileJsonSchema() });
}

const gib = (mib: number): string => (mib < 1024 ? `${mib} MB` : `${Math.round(mib / 1024).toLocaleString('en')} GB`);

function machineRow(machine: BuiltIn): Row {
  const { machine: spec, kernel } = machine.profile();
  const traits = traitsOf(kernel, spec);
  const total = (of: 'cpus' | 'memoryMiB'): number => spec.nodes.reduce((sum, node) => sum + node[of], 0);
  return [
    `\`${machine.id}\``,
    machine.line,
    String(spec.nodes.length),
    total('cpus').toLocaleString('en'),
    gib(total('memoryMiB')),
    `${kernel.flavour}, ${traits.structPage.bytes} B${traits.structPage.assumed ? ' (assumed)' : ''}`,
    machine.basis,
  ];
}

/** The flavours, with what each comes to on a 64 GB PAE box as it was published. */
export function flavourTable(): string {
  const rows = flavours.map((flavour): Row => {
    const traits = traitsOf(kernel(flavour.id), box({ nodes: 8, memoryMiB: 8192 }));
    const order = traits.zonelistOrder === traits.watermarks ? '' : `, zonelists of ${traits.zonelistOrder}`;
    return [
      `\`${flavour.id}\``,
      flavour.title,
      `${traits.structPage.bytes} B`,
      traits.rmap === traits.anonRmap ? traits.rmap : `${traits.rmap}, ${traits.anonRmap}`,
      `${traits.reclaim}, ${traits.lruLock} lock${traits.pagevecs ? ', pagevecs' : ''}`,
      flavour.highpte,
      flavour.kvaRemap,
      `${traits.watermarks}${order}`,
      `${traits.lastPkmap} at 0x${traits.pkmapBase.toString(16)}`,
    ];
  });
  const head = ['flavour', 'what it is', 'struct page', 'reverse map', 'reclaim', 'highpte', 'KVA remap', 'marks of'];
  return table([...head, 'kmap pool'], rows);
}

/** All built-in machines in one table. */
export function machineTable(): string {
  const head = ['id', 'what it is', 'nodes', 'CPUs', 'memory', 'kernel, struct page', 'basis'];
  return table(head, builtins.map(machineRow));
}

/** Where the numbers of each built-in machine come from. */
export function machineSources(): string {
  return builtins
    .map((machine) => {
      const rows = Object.entries(machine.profile().sources).map(([path, source]): Row => [`\`${path}\``, source]);
      return `### ${machine.id}\n\n${table(['numbers', 'source'], rows)}`;
    })
    .join('\n\n');
}
