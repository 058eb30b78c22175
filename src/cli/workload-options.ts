/**
 * Workloads on the command line: the options of one, and several of them parted by `--and`, each with its own options:
 * `--trace sort.gz --cpus 0-7 --and --pattern stream --cpus 8-15 --start 5ms`.
 */
import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type MachineProfile, patterns, type SizeNotation, type TraceInfo, type WorkloadSpec } from '../sim/index.ts';
import { addressRange, arrayBytes, count, duration, numberList } from './values.ts';

export interface WorkloadOptions {
  readonly trace?: string;
  readonly pattern?: string;
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
/** A pattern without --cpus takes no more than these of a machine. */
const MOST_CPUS = 16;

/** Adds the options of one workload. */
export function workloadOptions(command: Command): Command {
  return command
    .option('--trace <file>', 'replay a memory trace: lackey, din, extended din or packed, plain or gzip')
    .option('--pattern <id>', 'run a pattern: see numaq patterns', patternId)
    .option(
      '--cpus <list>',
      'its CPUs, such as 0-15 or 0,4,8 (default: 0 for a trace, up to 16 for a pattern)',
      numberList,
    )
    .option('--start <time>', 'when it starts, such as 5ms', duration, 0)
    .addOption(lackeySizes())
    .option('--shared <start-end>', 'trace: these addresses are one segment for all copies', addressRange)
    .option('--limit <records>', 'trace: stop each copy after this many records', count)
    .option('--bytes <size>', 'pattern: size of its array (default: 64M)', arrayBytes)
    .option('--references <number>', 'pattern: references of each CPU (default: 1M)', count);
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

/** What is wrong with the options of one workload together, or undefined. */
export function conflict(options: WorkloadOptions): string | undefined {
  const { trace, pattern, bytes, references, shared, limit } = options;
  if ((trace === undefined) === (pattern === undefined))
    return 'each workload takes one of --trace FILE and --pattern ID';
  if (trace !== undefined && (bytes ?? references) !== undefined) return '--bytes and --references belong to --pattern';
  if (pattern !== undefined && (shared ?? limit) !== undefined) return '--shared and --limit belong to --trace';
  return undefined;
}

/** The workload that the options mean; `trace` is the opened trace of one with `--trace`. */
export function workloadOf(options: WorkloadOptions, profile: MachineProfile, trace?: TraceInfo): WorkloadSpec {
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
  return {
    kind: 'pattern',
    pattern: options.pattern ?? '',
    cpus: [...(options.cpus ?? Array.from({ length: Math.min(all, MOST_CPUS) }, (_, cpu) => cpu))],
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
