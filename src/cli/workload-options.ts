/**
 * Workloads on the command line: the options of one, and several of them parted by `--and`, each with its own options:
 * `--trace sort.gz --cpus 0-7 --and --pattern stream --cpus 8-15 --start 5ms`.
 */
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type MachineProfile,
  patterns,
  type Script,
  segmentCpus,
  type SegmentDesign,
  segmentMachineOf,
  type SizeNotation,
  type TraceInfo,
  type WorkloadSpec,
} from '../sim/index.ts';
import { addressRange, arrayBytes, count, duration, numberList, type Parameter, parameter, scale } from './values.ts';

export interface WorkloadOptions {
  readonly trace?: string;
  readonly pattern?: string;
  readonly workload?: string;
  readonly script?: string;
  readonly segment?: string;
  readonly scale?: number;
  readonly param?: readonly Parameter[];
  readonly lackeySizes?: SizeNotation;
  readonly cpus?: readonly number[];
  readonly start: number;
  readonly shared?: { readonly start: number; readonly end: number };
  readonly limit?: number;
  readonly bytes?: number;
  readonly references?: number;
}

const BYTES = 64 * 2 ** 20;
const REFERENCES = 1_000_000;
/** A workload without --cpus takes no more than these of a machine. */
const MOST_CPUS = 16;

/** Adds the options of one workload. */
export function workloadOptions(command: Command): Command {
  return command
    .option('--trace <file>', 'replay a memory trace: lackey, din, extended din or packed, plain or gzip')
    .option('--pattern <id>', 'run a pattern: see numaq patterns', patternId)
    .option('--workload <id>', 'run a program of the library, such as compile')
    .option('--script <file>', 'run a script: a workload of operations as a file')
    .option('--segment <design>', 'run the design of a segment: a file, or see numaq segment')
    .option(
      '--cpus <list>',
      'its CPUs, such as 0-15 or 0,4,8 (default: 0 for a trace, those of the design for a segment, else up to 16)',
      numberList,
    )
    .option('--start <time>', 'when it starts, such as 5ms', duration, 0)
    .addOption(lackeySizes())
    .option('--shared <start-end>', 'trace: these addresses are one segment for all copies', addressRange)
    .option('--limit <records>', 'trace: stop each copy after this many records', count)
    .option('--bytes <size>', 'pattern: size of its array (default: 64M)', arrayBytes)
    .option('--references <number>', 'pattern: references of each CPU (default: 1M)', count)
    .option('--scale <share>', 'workload, segment: sizes and counts, such as 0.01 for a hundredth (default: 1)', scale)
    .option(
      '--param <name=value>',
      'workload: change one of its figures, such as jobs=16 (repeatable)',
      (text: string, before: readonly Parameter[] = []) => [...before, parameter(text)],
    );
}

/** For figures taken with DineroIV from sizes that were copied as lackey writes them, in decimal: it reads hexadecimal. */
export function lackeySizes(): Option {
  return new Option(
    '--lackey-sizes <notation>',
    "lackey trace: how sizes are read; hex: as DineroIV's extended din reads copied sizes; gives its published counts",
  ).choices(['decimal', 'hex']);
}

/** The arguments before the first `--and`, and those of each further workload. */
export function splitWorkloads(args: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [[]];
  for (const argument of args) {
    if (argument === '--and') groups.push([]);
    else groups.at(-1)?.push(argument);
  }
  return groups;
}

const kindsOf = ({ trace, pattern, workload, script, segment }: WorkloadOptions): readonly string[] =>
  [trace, pattern, workload, script, segment].filter((kind) => kind !== undefined);

/** They say which workload it is, well or badly. */
export const namesWorkload = (options: WorkloadOptions): boolean => kindsOf(options).length > 0;

/** What is wrong with the options of one workload together, or undefined. */
export function conflict(options: WorkloadOptions): string | undefined {
  const { trace, pattern, workload, segment, bytes, references, shared, limit } = options;
  if (kindsOf(options).length !== 1)
    return 'each workload takes one of --trace FILE, --pattern ID, --workload ID, --script FILE and --segment DESIGN';
  if (pattern === undefined && (bytes ?? references) !== undefined)
    return '--bytes and --references belong to --pattern';
  if (trace === undefined && (shared ?? limit) !== undefined) return '--shared and --limit belong to --trace';
  if (workload === undefined && options.param !== undefined) return '--param belongs to --workload';
  if (workload === undefined && segment === undefined && options.scale !== undefined)
    return '--scale belongs to --workload and --segment';
  return undefined;
}

/** What an option named has been opened to: the trace of `--trace`, the script of `--script`, the design of `--segment`. */
export interface Opened {
  readonly trace?: TraceInfo;
  readonly script?: Script;
  readonly segment?: SegmentDesign;
}

/** The workload that the options mean. */
export function workloadOf(
  options: WorkloadOptions,
  profile: MachineProfile,
  { trace, script, segment }: Opened = {},
): WorkloadSpec {
  const all = profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
  const startNs = options.start;
  if (trace !== undefined && options.trace !== undefined) {
    const { shared, limit } = options;
    return {
      kind: 'trace',
      trace: { name: basename(options.trace), sha256: trace.sha256, path: options.trace },
      cpus: [...(options.cpus ?? [0])],
      startNs,
      ...(shared === undefined ? {} : { shared }),
      ...(limit === undefined ? {} : { limit }),
    };
  }
  if (segment !== undefined) {
    const cpus = [...(options.cpus ?? segmentCpus(segment, segmentMachineOf(profile)))];
    return { kind: 'segment', design: segment, cpus, startNs, scale: options.scale ?? 1 };
  }
  const cpus = [...(options.cpus ?? Array.from({ length: Math.min(all, MOST_CPUS) }, (_, cpu) => cpu))];
  if (script !== undefined) return { kind: 'script', script, cpus, startNs };
  if (options.workload !== undefined) {
    const parameters = Object.fromEntries(options.param ?? []);
    return { kind: 'program', program: options.workload, cpus, startNs, scale: options.scale ?? 1, parameters };
  }
  return {
    kind: 'pattern',
    pattern: options.pattern ?? '',
    cpus,
    startNs,
    bytes: options.bytes ?? BYTES,
    references: options.references ?? REFERENCES,
  };
}

function patternId(text: string): string {
  const ids = patterns.map(({ id }) => id);
  if (ids.includes(text)) return text;
  throw new InvalidArgumentError(`expected one of ${ids.join(', ')}, found ${JSON.stringify(text.slice(0, 60))}`);
}
