/**
 * A boot as text, in the words of the kernel where it has any (the logs of the 64 GB and 16 GB NUMA-Q boxes, 2003) and
 * as tables for what it does not print. Nodes that are alike are folded into one row. Tables keep to 100 columns; the
 * kernel's own lines are as long as it made them.
 */
import { grouped } from '../base/grouped.ts';
import { FRAME_BYTES, KB_PER_FRAME, KIB } from '../base/units.ts';
import { GIVEN } from '../kernel/boot/budget.ts';
import type { BootLayout, NodeLayout, Zonelist, ZoneLayout, ZoneRef } from '../kernel/boot/layout.ts';
import { nodeSpans } from '../kernel/boot/spans.ts';
import { hex } from '../kernel/boot/text.ts';
import { compiledKiB } from '../profiles/compilers.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import { heading, table, wrap, type Column } from './text-table.ts';

/** More nodes than this are folded where the kernel prints a line for each. */
const KERNEL_LINES = 16;
/** Machines with more nodes than that show the zonelists of this many. */
const FEW_LISTS = 4;
const WIDTH = 100;
/** Ranges of physical memory that are printed. */
const MAX_RANGES = 100;

/** Consecutive nodes for which `key` is the same, as runs. */
function runsOf(nodes: readonly NodeLayout[], key: (node: NodeLayout) => string): (readonly NodeLayout[])[] {
  const runs: NodeLayout[][] = [];
  let last = '';
  for (const node of nodes) {
    const own = key(node);
    const run = runs.at(-1);
    const follows = run !== undefined && own === last && node.id === run[run.length - 1].id + 1;
    if (follows) run.push(node);
    else runs.push([node]);
    last = own;
  }
  return runs;
}

/** `3` or `1-6`. */
function ids(run: readonly NodeLayout[]): string {
  return run.length === 1 ? `${run[0].id}` : `${run[0].id}-${run[run.length - 1].id}`;
}

/** `node 3` or `nodes 1-6`. */
const named = (run: readonly NodeLayout[]): string => `node${run.length === 1 ? '' : 's'} ${ids(run)}`;

/** The memory map as the BIOS gives it: RAM only, neighbouring nodes joined. */
function e820(profile: MachineProfile): string[] {
  const ranges: { start: number; end: number }[] = [];
  const spans = nodeSpans(profile.machine).sort((a, b) => a.startPfn - b.startPfn);
  for (const span of spans) {
    const holes = [...profile.machine.nodes[span.index].holes].sort((a, b) => a.startKiB - b.startKiB);
    const end = span.endPfn * FRAME_BYTES;
    let start = span.startPfn * FRAME_BYTES;
    for (const hole of [...holes.map((h) => ({ start: h.startKiB * KIB, end: h.endKiB * KIB })), { start: end, end }]) {
      const last = ranges.at(-1);
      if (hole.start > start) {
        if (last?.end === start) last.end = hole.start;
        else ranges.push({ start, end: hole.start });
      }
      start = Math.max(start, hole.end);
    }
  }
  const digits = (value: number): string => value.toString(16).padStart(16, '0');
  return ['BIOS-provided physical RAM map:'].concat(
    ranges.slice(0, MAX_RANGES).map(({ start, end }) => ` BIOS-e820: ${digits(start)} - ${digits(end)} (usable)`),
    ranges.length > MAX_RANGES ? [` ... and ${grouped(ranges.length - MAX_RANGES)} more ranges`] : [],
  );
}

/** Lines about windows: one pair a node as the kernel prints them, folded on large machines. */
function remapLines(layout: BootLayout): string[] {
  const windows = layout.nodes.filter((node) => node.kvaPages > 0);
  if (windows.length === 0) return [];
  const lines: string[] = [];
  if (windows.length <= KERNEL_LINES) {
    for (const { id, kvaPages, endPfn } of windows) {
      lines.push(`Reserving ${kvaPages} pages of KVA for lmem_map of node ${id}`);
      lines.push(`Shrinking node ${id} from ${endPfn} pages to ${endPfn - kvaPages} pages`);
    }
  } else {
    for (const run of runsOf(windows, (node) => `${node.kvaPages}`)) {
      lines.push(
        `Reserving ${run[0].kvaPages} pages of KVA for lmem_map of ${named(run)}${run.length > 1 ? ', each' : ''}`,
      );
    }
  }
  lines.push(`Reserving total of ${layout.memMap.kvaPagesTotal} pages for numa KVA remap`);
  return lines;
}

function remapAddresses(layout: BootLayout): string[] {
  const lines = [`Low memory ends at vaddr ${hex(layout.lowmemEnd)}`];
  const windows = layout.nodes.filter((node) => node.kvaPages > 0);
  if (windows.length === 0 || layout.maxLowPfn === 0) return lines;
  for (const run of windows.length <= KERNEL_LINES ? windows.map((node) => [node]) : [windows]) {
    const first = run[0];
    const last = run[run.length - 1];
    const range = `${hex(last.kvaStart)} - ${hex(first.kvaStart + first.kvaPages * FRAME_BYTES)}`;
    lines.push(`${named(run)} will remap to vaddr ${range}${run.length > 1 ? ', the first at the top' : ''}`);
  }
  lines.push(`High memory starts at vaddr ${hex(layout.lowmemEnd + layout.memMap.kvaPagesTotal * FRAME_BYTES)}`);
  return lines;
}

const zoneKey = (zone: ZoneLayout): string => {
  const { min, low, high, plenty } = zone.watermarks;
  const parts = [zone.name, zone.index, zone.fallback, zone.pages, zone.present, zone.batch, min, low, high, plenty];
  return [...parts, ...zone.lowmemReserve].join(' ');
};

/** `HighMem 3`, with `#1` for the second zone of a type and a mark for a fall-back zone. */
const zoneName = (zone: ZoneLayout): string => {
  return `${zone.name}${zone.index > 0 ? ` #${zone.index}` : ''}${zone.fallback ? ' (fall-back)' : ''}`;
};

function zoneTable(layout: BootLayout): string[] {
  const rows: { node: string; zone: ZoneLayout }[] = [];
  for (const run of runsOf(layout.nodes, (node) => node.zones.map(zoneKey).join('; '))) {
    for (const [place, zone] of run[0].zones.entries()) rows.push({ node: place === 0 ? ids(run) : '', zone });
    if (run[0].zones.length === 0) rows.push({ node: ids(run), zone: NO_ZONE });
  }
  const number = (title: string, of: (zone: ZoneLayout) => number | undefined): Column<(typeof rows)[number]> => ({
    title,
    right: true,
    of: ({ zone }) => (zone === NO_ZONE ? '' : grouped(of(zone) ?? 0)),
  });
  const columns: Column<(typeof rows)[number]>[] = [
    { title: 'node', of: ({ node }) => node },
    { title: 'zone', of: ({ zone }) => (zone === NO_ZONE ? 'no memory' : zoneName(zone)) },
    number('start', (zone) => zone.startPfn),
    number('pages', (zone) => zone.pages),
    number('present', (zone) => zone.present),
    number('batch', (zone) => zone.batch),
    number('min', (zone) => zone.watermarks.min),
    number('low', (zone) => zone.watermarks.low),
    number('high', (zone) => zone.watermarks.high),
  ];
  if (rows.some(({ zone }) => zone.watermarks.plenty !== undefined)) {
    columns.push(number('plenty', (zone) => zone.watermarks.plenty));
  }
  if (rows.some(({ zone }) => zone.lowmemReserve.some((pages) => pages > 0))) {
    columns.push({
      title: 'lowmem_reserve',
      of: ({ zone }) => (zone === NO_ZONE ? '' : zone.lowmemReserve.join(' ')),
    });
  }
  const unit =
    layout.clusterFrames === 1
      ? 'marks and batch in pages'
      : `marks and batch in clusters of ${layout.clusterFrames} pages`;
  return [heading(`Zones (4 kB pages; ${unit}; start of the first node of a row)`), ...table(columns, rows)];
}

const NO_ZONE: ZoneLayout = {
  name: 'HighMem',
  index: 0,
  fallback: false,
  startPfn: 0,
  pages: 0,
  present: 0,
  batch: 0,
  watermarks: { min: 0, low: 0, high: 0 },
  watermarksSet: false,
  lowmemReserve: [],
};

/** A list as text: zones of one type that follow each other share its name, and ids that count up are a range. */
function listText({ zones }: Zonelist): string {
  const parts: string[] = [];
  let before: ZoneRef | undefined;
  for (let at = 0; at < zones.length;) {
    const first = zones[at];
    let end = at + 1;
    while (
      zones[end]?.zone === first.zone &&
      zones[end].index === first.index &&
      zones[end].node === first.node + end - at
    )
      end++;
    const folded = end - at > 2;
    const index = first.index > 0 ? `#${first.index}` : '';
    const id = folded ? `${first.node}-${zones[end - 1].node}${index}` : `${first.node}${index}`;
    parts.push(before?.zone === first.zone ? ` ${id}` : `${before === undefined ? '' : ', '}${first.zone} ${id}`);
    before = first;
    at = folded ? end : at + 1;
  }
  return parts.join('');
}

/** The lists of the first nodes, or of those the layout carries; a class whose lists are those of the class before says so. */
function zonelistLines(layout: BootLayout): string[] {
  if (!layout.boots) return [];
  const lines = [heading('Zonelists')];
  if (layout.zonelists.length === 0) {
    return [...lines, `  ${grouped(layout.nodes.length)} nodes: one node’s at a time (numaq boot --node ID)`];
  }
  const carried = new Set(layout.zonelists.map(({ node }) => node));
  const all = carried.size === layout.nodes.length;
  const known = layout.nodes.filter(({ id }) => carried.has(id));
  const shown = known.slice(0, known.length > KERNEL_LINES ? FEW_LISTS : KERNEL_LINES);
  let before = { gfp: '', text: '' };
  for (const gfp of ['GFP_HIGHUSER', 'GFP_KERNEL', 'GFP_DMA'] as const) {
    const texts = new Map(
      layout.zonelists.filter((list) => list.gfp === gfp).map((list) => [list.node, listText(list)]),
    );
    const text = [...texts.values()].join('\n');
    const start = `  ${gfp.padEnd(13)} `;
    if (text.trim() === '') continue;
    if (text === before.text) lines.push(`${start}as ${before.gfp}`);
    else if (all && new Set(texts.values()).size === 1)
      lines.push(...wrap(`${start}every node: `, text.split('\n')[0], WIDTH));
    else {
      for (const { id } of shown) lines.push(...wrap(`${start}node ${id}: `, texts.get(id) ?? '', WIDTH));
      if (known.length > shown.length) lines.push(`${start}... and ${known.length - shown.length} more nodes`);
    }
    before = { gfp, text };
  }
  return lines;
}

/** The budget; sources that its items share are named once, under it. */
function budgetTable(layout: BootLayout): string[] {
  const limit = layout.maxmemPfn * KB_PER_FRAME;
  const given = layout.lowmemBudget.filter(({ formula }) => formula === GIVEN).map(({ source }) => source);
  const sources = [...new Set(given)];
  const columns: Column<BootLayout['lowmemBudget'][number]>[] = [
    { title: 'item', of: ({ item, assumed }) => `${item}${assumed ? ' *' : ''}` },
    { title: 'kB', right: true, of: ({ bytes }) => grouped(Math.ceil(bytes / KIB)) },
    { title: '%', right: true, of: ({ bytes }) => ((bytes / KIB / Math.max(1, limit)) * 100).toFixed(1) },
    {
      title: 'how',
      of: ({ formula, source }) => (formula === GIVEN ? `given [${sources.indexOf(source) + 1}]` : formula),
    },
  ];
  const lines = [heading(`Low memory: ${grouped(limit)} kB (maxmem)`), ...table(columns, layout.lowmemBudget, WIDTH)];
  lines.push(...sources.flatMap((source, place) => wrap(`  [${place + 1}] `, source, WIDTH)));
  if (layout.lowmemBudget.some(({ assumed }) => assumed)) lines.push('  *   rests on an assumed number');
  return lines;
}

function memoryLines(profile: MachineProfile, layout: BootLayout): string[] {
  const { dataKiB, initKiB } = profile.kernel;
  const codeKiB = compiledKiB(profile.kernel);
  const { meminfo } = layout;
  const physical = Math.max(0, ...layout.nodes.map((node) => node.endPfn)) * KB_PER_FRAME;
  const available = Math.max(0, meminfo.MemTotal - initKiB);
  const parts = `${codeKiB}k kernel code, ${meminfo.reserved}k reserved, ${dataKiB}k data, ${initKiB}k init, ${meminfo.HighTotal}k highmem`;
  const rows = Object.entries(meminfo).filter(([key]) => key !== 'reserved');
  return [
    `Memory: ${available}k/${physical}k available (${parts})`,
    `Freeing unused kernel memory: ${initKiB}k freed`,
    ...rows.map(([key, kb]) => `${`${key}:`.padEnd(10)} ${String(kb).padStart(12)} kB`),
  ];
}

const KINDS = { kernel: '', note: 'note: ', assumed: 'assumed: ' } as const;

function messageLines(layout: BootLayout): string[] {
  if (layout.messages.length === 0) return [];
  const lines = layout.messages.flatMap(({ kind, text }) => wrap(`  ${KINDS[kind]}`, text, WIDTH));
  return [heading('Messages'), ...lines];
}

function verdict(layout: BootLayout): string[] {
  if (layout.failure === undefined) return ['', 'It boots.'];
  return ['', ...wrap('It does not boot: ', layout.failure.message, WIDTH)];
}

/** The boot of `profile` as it is printed, lines ended by newlines. Issues, where there are any, are all there is. */
export function bootLog(profile: MachineProfile, layout: BootLayout): string {
  const lines = [profile.title, ''];
  if (layout.issues.length > 0) {
    lines.push(...layout.issues.flatMap(({ path, message }) => wrap(`${path}: `, message, WIDTH)));
    lines.push('', 'It does not boot: the profile contradicts itself.');
    return `${lines.join('\n')}\n`;
  }
  lines.push(...e820(profile));
  if (profile.machine.bits === 32) {
    lines.push(...remapLines(layout));
    lines.push(`${layout.highmemMiB}MB HIGHMEM available.`, `${layout.lowmemMiB}MB LOWMEM available.`);
    lines.push(`max_low_pfn = ${layout.maxLowPfn}, highstart_pfn = ${layout.maxmemPfn}`);
    lines.push(...remapAddresses(layout));
  }
  lines.push(...memoryLines(profile, layout));
  lines.push(...zoneTable(layout), ...budgetTable(layout), ...zonelistLines(layout), ...messageLines(layout));
  lines.push(...verdict(layout));
  return `${lines.join('\n')}\n`;
}
