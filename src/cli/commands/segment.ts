/** `numaq segment`: the designs of segments, and what one of them comes to on a machine before it runs. */
import {
  builtInSegments,
  InputError,
  type MachineProfile,
  numactlCommands,
  predictSegment,
  scaledDesign,
  type SegmentDesign,
  segmentMachineOf,
  type SegmentPrediction,
  segmentScript,
} from '../../sim/index.ts';
import { type Io, NO, OK } from '../io.ts';
import { type MachineOptions, readMachine } from '../machine-argument.ts';
import { readSegment } from '../segment-argument.ts';
import { figure, memory, table } from '../table.ts';

export interface SegmentOptions extends MachineOptions {
  readonly machine: string;
  readonly scale?: number;
  readonly predict?: true;
  readonly script?: true;
  readonly numactl?: true;
  readonly design?: true;
  readonly json?: true;
}

/** Lists the designs, or shows what was asked for of one. Returns the exit code: 1 where a call of it would fail. */
export async function segmentCommand(io: Io, argument: string | undefined, options: SegmentOptions): Promise<number> {
  if (argument === undefined) {
    const rows = builtInSegments().map(({ id, description }) => [id, description]);
    io.out(options.json ? json(builtInSegments()) : table(['id', 'what it lays out'], rows));
    return OK;
  }
  const profile = await readMachine(options.machine, options);
  const machine = segmentMachineOf(profile);
  const design = scaledDesign(await readSegment(argument), options.scale ?? 1, machine);
  const { predict, script, numactl } = options;
  const parts: string[] = [];
  if (options.design) parts.push(json(design));
  if (script) parts.push(json(segmentScript(design, machine)));
  if (numactl) parts.push(numactlText(design));
  if (parts.length > 0 && !predict) {
    io.out(parts.join('\n'));
    return OK;
  }
  const prediction = predicted(profile, design, argument);
  io.out([...parts, options.json ? json(prediction) : predictionText(profile, design, prediction)].join('\n'));
  return prediction.calls.every(({ result }) => result === 0) ? OK : NO;
}

function predicted(profile: MachineProfile, design: SegmentDesign, source: string): SegmentPrediction {
  try {
    return predictSegment(profile, design);
  } catch (error) {
    if (error instanceof InputError && error.source === '') throw new InputError(source, error.issues);
    throw error;
  }
}

function numactlText(design: SegmentDesign): string {
  const commands = numactlCommands(design);
  return commands.length === 0 ? 'No call binds this segment: there is nothing for numactl to do.\n' : lines(commands);
}

function predictionText(profile: MachineProfile, design: SegmentDesign, prediction: SegmentPrediction): string {
  const { ranges, nodes, groups, matrix, pteBytes, calls, warnings } = prediction;
  const ids = nodes.map(({ node }) => String(node));
  const size = design.ranges.reduce((sum, { kib }) => sum + kib, 0) / 1024;
  const head = `${design.title}: ${memory(size)} on ${profile.title}\n`;
  return [
    head,
    `${figure(round(prediction.remotePercent))} % of references remote; a miss takes ${figure(round(prediction.meanMissNs))} ns on average, ${figure(round(prediction.slowestMissNs))} ns for the slowest process (without queueing)\n`,
    table(
      ['range', 'pages', 'predicted numa_maps', 'remote %'],
      ranges.map(({ name, pages, numaMaps, remotePercent }) => [name, pages, numaMaps, round(remotePercent)]),
    ),
    table(
      ['node', 'free pages', 'of the segment', 'spilled', 'processes', 'serves %'],
      nodes.map((each) => [
        String(each.node),
        each.freePages,
        each.segmentPages,
        each.spilledPages,
        each.processes,
        round(each.servedPercent),
      ]),
    ),
    table(
      ['users', 'processes', 'nodes', 'remote %', 'mean miss ns'],
      groups.map((each) => [
        each.name,
        each.processes,
        each.nodes.join(','),
        round(each.remotePercent),
        round(each.meanMissNs),
      ]),
    ),
    ...(nodes.length > MOST_COLUMNS
      ? []
      : [
          `References from node (row) to the memory of node (column), % of all:\n${table(
            ['', ...ids],
            matrix.map((row, place) => [ids[place], ...row.map(round)]),
          )}`,
        ]),
    `Page tables: ${figure(pteBytes.perProcess / 1024)} KiB a process, ${figure(pteBytes.total / 1024)} KiB in all, in ${pteBytes.place}\n`,
    ...(calls.length === 0
      ? []
      : [
          table(
            ['caller', 'call', 'returns'],
            calls.map(({ by, text, result }) => [by, text, String(result)]),
          ),
        ]),
    ...(warnings.length === 0 ? [] : [lines(warnings)]),
  ].join('\n');
}

/** A matrix of more nodes than these is for the JSON. */
const MOST_COLUMNS = 16;

const round = (value: number): number => Math.round(value * 100) / 100;
const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
