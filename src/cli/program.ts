/** The command `numaq`: its commands, options and help. What each does is in commands/. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import {
  Cancelled,
  followEvents,
  InputError,
  InvariantError,
  nearest,
  type ProcFile,
  procFiles,
  shorten,
  XRAY_MASKS,
} from '../sim/index.ts';
import { bootCommand, type BootOptions } from './commands/boot.ts';
import { followCommand, type FollowOptions } from './commands/follow.ts';
import { machinesCommand, patternsCommand } from './commands/machines.ts';
import { packCommand, type PackOptions } from './commands/pack.ts';
import { procCommand } from './commands/proc.ts';
import { runCommand } from './commands/run.ts';
import { segmentCommand, type SegmentOptions } from './commands/segment.ts';
import { workloadsCommand, type WorkloadsOptions } from './commands/workloads.ts';
import { verifyCommand, type VerifyOptions } from './commands/verify.ts';
import { xrayCommand, type XrayOptions } from './commands/xray.ts';
import { BOOT_EXAMPLES, EXAMPLES, FOLLOW_EXAMPLES, RUN_EXAMPLES, SEGMENT_EXAMPLES, XRAY_EXAMPLES } from './examples.ts';
import { BAD_INPUT, INTERRUPTED, type Io, OK } from './io.ts';
import { collect, machineOptions } from './machine-argument.ts';
import { mergeRunOptions, runConflict, type RunOptions, runOptions, settingOptions } from './run-options.ts';
import { duration, nodeId, type Parameter, parameter, scale, wholeNumber } from './values.ts';
import {
  conflict,
  lackeySizes,
  namesWorkload,
  splitWorkloads,
  type WorkloadOptions,
  workloadOptions,
} from './workload-options.ts';

const MACHINE = 'id of a built-in machine (see numaq machines), or a file';

/** Runs the command line `args` (without node and script). Resolves to the exit code; never rejects. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [first = [], ...further] = splitWorkloads(args);
  let code = OK;
  const done = (result: number): void => {
    code = result;
  };
  const program = new Command('numaq')
    .description('NUMA-Q Lab: machines, boots and runs on the command line')
    .version(version, '--version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(numaq --help shows how)')
    .addHelpText('after', EXAMPLES);
  addLists(program, io, done);
  addBoot(program, io, done);
  addRun(program, io, done, further);
  addFollow(program, io, done, further);
  addSegment(program, io, done);
  addXray(program, io, done, further);
  addProc(program, io, done);
  addVerify(program, io, done);
  addPack(program, io, done);
  program.on('command:*', ([name]: readonly string[]) => program.error(unknownCommand(name ?? '', program.commands)));
  for (const command of [program, ...program.commands]) configure(command, io);
  try {
    if (further.length > 0 && !['run', 'follow', 'xray'].includes(first[0] ?? '')) {
      program.error('error: --and belongs to numaq run, numaq follow and numaq xray');
    }
    await program.parseAsync(first, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

type Done = (code: number) => void;

/** With names as short as these, two edits lead anywhere: only one that begins alike is taken for a typing mistake. */
function unknownCommand(name: string, commands: readonly Command[]): string {
  const names = commands.map((command) => command.name());
  const near = nearest(name, names);
  const hint = near !== undefined && near[0] === name[0] ? `; did you mean ${near}?` : '';
  return `error: no command ${JSON.stringify(shorten(name, 60))}${hint}; there are ${names.join(', ')}`;
}

/** Throws instead of ending the process, and prints to `io`. */
function configure(command: Command, io: Io): Command {
  return command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
}

function addLists(program: Command, io: Io, done: Done): void {
  program
    .command('machines')
    .description('list the built-in machines')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => done(machinesCommand(io, options)));
  program
    .command('patterns')
    .description('list the patterns for numaq run --pattern')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => done(patternsCommand(io, options)));
  program
    .command('workloads')
    .description('list the programs for numaq run --workload, or show one')
    .argument('[id]', 'one of them: what it imitates, its parameters and their sources')
    .option('--json', 'as JSON')
    .option('--script', 'print its script, to be edited and run with --script')
    .option('--machine <machine>', 'with --script: the machine that it is made for', 'numaq-16g-4quad')
    .option('--scale <share>', 'with --script: sizes and counts, such as 0.01 (default: 1)', scale)
    .option(
      '--param <name=value>',
      'with --script: change one of its figures (repeatable)',
      (text: string, before: readonly Parameter[] = []) => [...before, parameter(text)],
    )
    .action(async (id: string | undefined, options: WorkloadsOptions) => done(await workloadsCommand(io, id, options)));
}

function addBoot(program: Command, io: Io, done: Done): void {
  machineOptions(program.command('boot'))
    .description('boot a machine and print its memory layout like a boot log; exit code 1 where it does not boot')
    .argument('<machine>', MACHINE)
    .option('--node <id>', 'the zonelists of this node only; above 64 nodes there are none without it', nodeId)
    .option('--json', 'as JSON')
    .addHelpText('after', BOOT_EXAMPLES)
    .action(async (machine: string, options: BootOptions) => done(await bootCommand(io, machine, options)));
}

/** `further`: the arguments of each workload behind an `--and`. */
function addRun(program: Command, io: Io, done: Done, further: readonly (readonly string[])[]): void {
  const run = program.command('run');
  runOptions(workloadOptions(run))
    .description('run workloads on a machine and print a report; further workloads follow after --and')
    .argument('<machine>', MACHINE)
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (machine: string, first: RunOptions & WorkloadOptions) => {
      const groups = [first, ...further.map((args) => parseGroup(args, io))];
      const merged = mergeRunOptions(groups);
      const wrong = [...groups.map(conflict), runConflict(merged)].find((message) => message !== undefined);
      if (wrong !== undefined) run.error(`error: ${wrong}`);
      done(await runCommand(io, machine, merged, groups));
    });
}

/** The options behind an `--and`: of its workload, and of the run, which may stand anywhere. Throws a CommanderError. */
function parseGroup(args: readonly string[], io: Io, ofRun = runOptions): RunOptions & WorkloadOptions {
  const command = configure(ofRun(workloadOptions(new Command('--and').helpOption(false))), io);
  return command.allowExcessArguments(false).parse(args, { from: 'user' }).opts();
}

function addFollow(program: Command, io: Io, done: Done, further: readonly (readonly string[])[]): void {
  const follow = program.command('follow');
  settingOptions(workloadOptions(follow))
    .option('--json', 'the steps as JSON')
    .description('run up to one reference of a CPU and print what was done for it, step by step')
    .argument('<machine>', MACHINE)
    .option('--on <cpu>', 'the CPU whose reference it is', wholeNumber, 0)
    .option('--record <number>', 'its number on that CPU, from 0', wholeNumber)
    .addOption(
      new Option('--event <kind>', 'the first of its kind on that CPU (default: fault)').choices(
        Object.keys(followEvents),
      ),
    )
    .addHelpText('after', FOLLOW_EXAMPLES)
    .action(async (machine: string, first: FollowOptions & WorkloadOptions) => {
      const groups = [first, ...further.map((args) => parseGroup(args, io, settingOptions))];
      const one = first.record === undefined || first.event === undefined;
      const wrong = one
        ? groups.map(conflict).find((message) => message !== undefined)
        : 'one reference is followed: --record or --event';
      if (wrong !== undefined) follow.error(`error: ${wrong}`);
      const { on, record, event } = first;
      const chosen = { on, ...(record === undefined ? {} : { record }), ...(event === undefined ? {} : { event }) };
      done(await followCommand(io, machine, { ...mergeRunOptions(groups), ...chosen }, groups));
    });
}

function addSegment(program: Command, io: Io, done: Done): void {
  machineOptions(program.command('segment'))
    .description(
      'say where the pages of a shared segment come to lie; exit code 1 where a call that binds it would fail',
    )
    .argument('[design]', 'id of a design of the library (without it: a list of them), or a file')
    .option('--machine <machine>', MACHINE, 'numaq-16g-4quad')
    .option('--scale <share>', 'sizes and references, such as 0.01 (default: 1)', scale)
    .option('--predict', 'the predicted placement; the default unless one of the following is asked for')
    .option('--script', 'its script, for numaq run --script')
    .option('--numactl', 'equivalent numactl commands')
    .option('--design', 'the design itself, to be edited')
    .option('--json', 'the prediction as JSON')
    .addHelpText('after', SEGMENT_EXAMPLES)
    .action(async (design: string | undefined, options: SegmentOptions) => {
      done(await segmentCommand(io, design, options));
    });
}

function addXray(program: Command, io: Io, done: Done, further: readonly (readonly string[])[]): void {
  const xray = program.command('xray');
  settingOptions(workloadOptions(xray))
    .description(
      'walk a zonelist for a request on a booted machine, or on one at a time of a run, watermark by watermark; exit code 1 where no zone gives',
    )
    .argument('<machine>', MACHINE)
    .option('--node <id>', 'the node that asks', nodeId, 0)
    .addOption(new Option('--mask <gfp>', 'what is asked for').choices(XRAY_MASKS).default('GFP_HIGHUSER'))
    .option('--order <number>', 'a block of 2^order pages', wholeNumber, 0)
    .option('--memalloc', 'the caller reclaims already (PF_MEMALLOC)')
    .option('--at <time>', 'with a workload: when, such as 5ms (default: its end)', duration)
    .option('--json', 'as JSON')
    .addHelpText('after', XRAY_EXAMPLES)
    .action(async (machine: string, first: XrayOptions & RunOptions & WorkloadOptions) => {
      const groups = [first, ...further.map((args) => parseGroup(args, io, settingOptions))];
      const runs = groups.length > 1 || namesWorkload(first);
      const wrong = runs
        ? groups.map(conflict).find((message) => message !== undefined)
        : first.at === undefined
          ? undefined
          : '--at is a time of a run: it takes a workload, such as --workload compile';
      if (wrong !== undefined) xray.error(`error: ${wrong}`);
      done(await xrayCommand(io, machine, { ...first, ...mergeRunOptions(groups) }, runs ? groups : []));
    });
}

function addProc(program: Command, io: Io, done: Done): void {
  program
    .command('proc')
    .description('print what /proc said at the end of a run, as the kernel printed it')
    .argument('<file>', 'a run file, as --out writes it')
    .addArgument(new Argument('[reports...]', 'which of them').choices(procFiles).default(['meminfo'], 'meminfo'))
    .action(async (file: string, files: readonly ProcFile[]) => done(await procCommand(io, file, files)));
}

function addVerify(program: Command, io: Io, done: Done): void {
  program
    .command('verify')
    .description('run a run file again and compare; exit code 1 where it is not identical')
    .argument('<file>', 'a run file, as --out writes it')
    .option('--trace <file>', 'where its trace is now (repeatable)', collect)
    .addOption(lackeySizes())
    .option('--json', 'the verdict as JSON')
    .action(async (file: string, options: VerifyOptions) => done(await verifyCommand(io, file, options)));
}

function addPack(program: Command, io: Io, done: Done): void {
  program
    .command('pack')
    .description('convert a trace to the packed form, which opens at once')
    .argument('<in>', 'a trace: lackey, din, extended din or packed, plain or gzip')
    .argument('<out>', 'the packed file')
    .addOption(lackeySizes())
    .action(async (from: string, to: string, options: PackOptions) => done(await packCommand(io, from, to, options)));
}

/** Prints what went wrong, without a stack, and returns the exit code. */
function explain(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : BAD_INPUT;
  if (error instanceof Cancelled) {
    io.err('numaq: cancelled\n');
    return INTERRUPTED;
  }
  if (error instanceof InvariantError) {
    io.err(`numaq: the model contradicts itself: ${error.message} ${JSON.stringify(error.state).slice(0, 2000)}\n`);
    return BAD_INPUT;
  }
  const message = error instanceof Error ? error.message.slice(0, 2000) : String(error);
  const lines = error instanceof InputError ? message.split('\n') : [message];
  io.err(lines.map((line) => `numaq: ${line}\n`).join(''));
  return BAD_INPUT;
}
