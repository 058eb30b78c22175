/**
 * What will run: programs with their CPUs, and the seed. A program is a WorkloadSpec that may still lack its trace or script; its
 * CPUs follow the machine until a person names some.
 */
import type { LibrarySummary, OpenedScript, PatternSummary } from '../../../src/lab/contract.ts';
import type { TraceInfo } from '../../../src/sim/workloads/trace.ts';
import type { SegmentDesign } from '../../../src/sim/workloads/segment/design.ts';
import type {
  PatternWorkload,
  ProgramWorkload,
  ScriptWorkload,
  TraceWorkload,
  WorkloadSpec,
} from '../../../src/sim/workloads/workload.ts';
import { formatNumber, formatRanges } from '../format.ts';
import { UndoSteps } from '../../state/undo-steps.svelte.ts';
import { freeCpus, sharedCpus } from './cpus.ts';
import { cpusText, segmentTitle } from './workload-title.ts';

/** A program keeps to this many CPUs until a person says otherwise: a machine of 16,384 should not start by surprise. */
const DEFAULT_CPUS = 16;
const DEFAULT_BYTES = 16 * 1024 * 1024;
const DEFAULT_REFERENCES = 500_000;
/** The full size of a library program takes minutes; the effects are there at a hundredth. */
const DEFAULT_SCALE = 0.01;

interface Common {
  /** Names the program in lists; never shown. */
  readonly key: number;
  /** null: the first CPUs of the machine. */
  readonly cpus: readonly number[] | null;
  readonly startNs: number;
}
export type TraceProgram = Common & Omit<TraceWorkload, 'cpus' | 'startNs'>;
type PatternProgram = Common & Omit<PatternWorkload, 'cpus' | 'startNs'>;
type LibraryProgram = Common & Omit<ProgramWorkload, 'cpus' | 'startNs'>;
/** `script` is null until a file has been opened. */
type ScriptProgram = Common & { readonly kind: 'script'; readonly name: string; readonly script: Script | null };
type Script = ScriptWorkload['script'];
/** The segment on the table (see WorkloadState.useSegment); its CPUs are those of its creator and users. */
type SegmentProgram = Common & { readonly kind: 'segment' };
export type ProgramDraft = TraceProgram | PatternProgram | LibraryProgram | ScriptProgram | SegmentProgram;

/** What a program may become. */
export type ProgramChoice =
  | { readonly pattern: string }
  | { readonly trace: TraceInfo | null }
  | { readonly program: string }
  | { readonly script: OpenedScript | null }
  | { readonly segment: true };

/** Everything that undo brings back. */
interface Values {
  readonly programs: readonly ProgramDraft[];
  readonly seed: number;
  readonly segmentScale: number;
  readonly keepHistory: boolean;
}

export class WorkloadState {
  // Seed 0 is the command line's default: the same run in every door.
  readonly #steps = new UndoSteps<Values>({
    programs: [],
    seed: 0,
    segmentScale: 1,
    keepHistory: false,
  });
  /** The design that programs of kind segment run, with the CPUs that it takes. It follows the designer, which has an undo of its own. */
  segment = $state.raw<{ readonly design: SegmentDesign; readonly cpus: readonly number[] } | null>(null);
  /** Shows the segment designer; set by the window that has one. */
  ondesign: (() => void) | null = null;
  readonly patterns: readonly PatternSummary[];
  readonly library: readonly LibrarySummary[];
  #lastKey = 0;

  constructor(patterns: readonly PatternSummary[], library: readonly LibrarySummary[] = []) {
    this.patterns = patterns;
    this.library = library;
    if (patterns.length > 0) this.addPattern();
    this.#steps.start(this.#steps.now);
  }

  get programs(): readonly ProgramDraft[] {
    return this.#steps.now.programs;
  }

  set programs(programs: readonly ProgramDraft[]) {
    this.#change({ programs });
  }

  get seed(): number {
    return this.#steps.now.seed;
  }

  set seed(seed: number) {
    this.#change({ seed });
  }

  /** Sizes and references of the segment's run against the design's. */
  get segmentScale(): number {
    return this.#steps.now.segmentScale;
  }

  /** A run begins with what the last one knows of programs, which kernels that predict place tasks by. */
  get keepHistory(): boolean {
    return this.#steps.now.keepHistory;
  }

  set keepHistory(keepHistory: boolean) {
    this.#change({ keepHistory });
  }

  get canUndo(): boolean {
    return this.#steps.canUndo;
  }

  get canRedo(): boolean {
    return this.#steps.canRedo;
  }

  /** Takes the last change of the workload back. */
  undo(): void {
    this.#steps.undo();
  }

  redo(): void {
    this.#steps.redo();
  }

  #change(change: Partial<Values>): void {
    this.#steps.change({ ...this.#steps.now, ...change });
  }

  addPattern(pattern: string = this.patterns[0]?.id ?? '', cpus: readonly number[] | null = null): void {
    const common = { key: ++this.#lastKey, cpus, startNs: 0 };
    this.programs = [
      ...this.programs,
      { ...common, kind: 'pattern', pattern, bytes: DEFAULT_BYTES, references: DEFAULT_REFERENCES },
    ];
  }

  /** Adds a program on CPUs that no other one has, where there are any. */
  addBeside(cpuCount: number): void {
    const lists = this.programs.map((program) => this.#cpusOf(program, cpuCount));
    const free = freeCpus(lists, cpuCount);
    this.addPattern(undefined, free.length === 0 ? null : free.slice(0, DEFAULT_CPUS));
  }

  /** What becomes of a program on CPUs that others have too, as a sentence; null where it has them for itself. */
  overlapOf(program: ProgramDraft, cpuCount: number): string | null {
    const cpusOf = (one: ProgramDraft): readonly number[] => this.#cpusOf(one, cpuCount);
    const others = this.programs.filter(({ key }) => key !== program.key);
    const both = sharedCpus(cpusOf(program), others.map(cpusOf));
    if (both.length === 0) return null;
    const which = both.length === 1 ? `CPU ${both[0]} has` : `CPUs ${formatRanges(both)} have`;
    return `${which} several programs: they take turns there.`;
  }

  remove(key: number): void {
    this.programs = this.programs.filter((program) => program.key !== key);
  }

  /** Makes a program something else; its CPUs and start stay. */
  become(key: number, what: ProgramChoice): void {
    this.#replace(key, (program) => {
      const common = { key, cpus: program.cpus, startNs: program.startNs };
      if ('segment' in what) return { ...common, cpus: null, kind: 'segment' };
      if ('trace' in what) return { ...common, kind: 'trace', trace: traceName(what.trace) };
      if ('script' in what) {
        return { ...common, kind: 'script', name: what.script?.name ?? '', script: what.script?.script ?? null };
      }
      if ('program' in what) {
        const scale = program.kind === 'program' ? program.scale : DEFAULT_SCALE;
        return { ...common, kind: 'program', program: what.program, scale, parameters: {} };
      }
      const { bytes, references } =
        program.kind === 'pattern' ? program : { bytes: DEFAULT_BYTES, references: DEFAULT_REFERENCES };
      return { ...common, kind: 'pattern', pattern: what.pattern, bytes, references };
    });
  }

  /** Changes what programs of all kinds have. */
  change(key: number, change: Partial<Pick<Common, 'cpus' | 'startNs'>>): void {
    this.#replace(key, (program) => ({ ...program, ...change }));
  }

  changePattern(key: number, change: Partial<Pick<PatternProgram, 'bytes' | 'references'>>): void {
    this.#replace(key, (program) => (program.kind === 'pattern' ? { ...program, ...change } : program));
  }

  /** Sets or, with undefined, takes away the shared segment or the limit of a replay. */
  changeTrace(key: number, change: { shared?: TraceWorkload['shared']; limit?: number | undefined }): void {
    this.#replace(key, (program) => {
      if (program.kind !== 'trace') return program;
      const { shared = undefined, limit = undefined, ...rest } = { ...program, ...change };
      return { ...rest, ...(shared === undefined ? {} : { shared }), ...(limit === undefined ? {} : { limit }) };
    });
  }

  /** Takes a design: the workload is that segment, unless one of its programs is already. */
  useSegment(design: SegmentDesign, cpus: readonly number[]): void {
    this.segment = { design, cpus };
    if (this.programs.some(({ kind }) => kind === 'segment')) return;
    this.programs = [{ key: ++this.#lastKey, cpus: null, startNs: 0, kind: 'segment' }];
  }

  scaleSegment(scale: number): void {
    this.#change({ segmentScale: scale });
  }

  changeScale(key: number, scale: number): void {
    this.#replace(key, (program) => (program.kind === 'program' ? { ...program, scale } : program));
  }

  /** Sets a figure of a library program; the library's own value takes it out again. */
  changeParameter(key: number, name: string, value: number | string): void {
    this.#replace(key, (program) => {
      if (program.kind !== 'program') return program;
      const own = this.libraryOf(program)?.parameters.find((parameter) => parameter.name === name)?.value;
      const others = Object.entries(program.parameters).filter(([other]) => other !== name);
      return { ...program, parameters: Object.fromEntries(value === own ? others : [...others, [name, value]]) };
    });
  }

  /** The library's entry of a program; undefined of other kinds. */
  libraryOf(program: ProgramDraft): LibrarySummary | undefined {
    return program.kind === 'program' ? this.library.find(({ id }) => id === program.program) : undefined;
  }

  #cpusOf(program: ProgramDraft, cpuCount: number): readonly number[] {
    if (program.kind === 'segment') return this.segment?.cpus ?? [];
    return program.cpus ?? defaultCpus(cpuCount);
  }

  #replace(key: number, change: (program: ProgramDraft) => ProgramDraft): void {
    this.programs = this.programs.map((program) => (program.key === key ? change(program) : program));
  }

  /** What keeps the programs from running on a machine of `cpuCount` CPUs, as a sentence; null where nothing does. */
  problem(cpuCount: number): string | null {
    if (this.programs.length === 0) return 'Add a program to run.';
    for (const program of this.programs) {
      const issue = this.problemOf(program, cpuCount);
      if (issue !== null) return issue;
    }
    return null;
  }

  /** As problem(), of one program. */
  problemOf(program: ProgramDraft, cpuCount: number): string | null {
    if (cpuCount === 0) return 'The machine has no CPU.';
    if (program.kind === 'trace' && program.trace.sha256 === '') return 'Open a trace file to replay.';
    if (program.kind === 'script' && program.script === null) return 'Open a script file to run.';
    if (program.kind === 'segment') return this.segment === null ? 'Design the segment first.' : null;
    if (program.cpus !== null && program.cpus.length === 0) return 'Name the CPUs to run on.';
    const missing = program.cpus?.find((cpu) => cpu >= cpuCount);
    if (missing !== undefined) {
      return `CPU ${missing} is not there: the machine has CPUs 0-${formatNumber(cpuCount - 1).replace(/,/g, '')}.`;
    }
    return null;
  }

  /** The programs as the lab takes them; call it only where problem() is null. */
  specs(cpuCount: number): WorkloadSpec[] {
    return this.programs.flatMap((program): WorkloadSpec | [] => {
      const cpus = [...(program.cpus ?? defaultCpus(cpuCount))];
      const { startNs } = program;
      if (program.kind === 'pattern') {
        const { kind, pattern, bytes, references } = program;
        return { kind, pattern, cpus, startNs, bytes, references };
      }
      if (program.kind === 'program') {
        const { kind, program: id, scale, parameters } = program;
        return { kind, program: id, cpus, startNs, scale, parameters: { ...parameters } };
      }
      if (program.kind === 'script') {
        return program.script === null ? [] : { kind: program.kind, script: program.script, cpus, startNs };
      }
      if (program.kind === 'segment') {
        if (this.segment === null) return [];
        const { design, cpus: own } = this.segment;
        return { kind: program.kind, design, cpus: [...own], startNs, scale: this.segmentScale };
      }
      const { kind, trace, shared, limit } = program;
      const options = { ...(shared === undefined ? {} : { shared }), ...(limit === undefined ? {} : { limit }) };
      return { kind, trace, cpus, startNs, ...options };
    });
  }

  /** One line that names what runs: `sort.lackey.gz on CPUs 0-15`. */
  title(cpuCount: number): string {
    if (this.programs.length === 0) return 'Nothing';
    const one = (program: ProgramDraft): string => {
      if (program.kind !== 'segment') return `${this.nameOf(program)} ${cpusText(this.#cpusOf(program, cpuCount))}`;
      return this.segment === null ? 'Shared segment' : segmentTitle(this.segment.design);
    };
    return this.programs.map(one).join(' + ');
  }

  /** Where a program runs: `on CPUs 0-15`; where a segment's does is the design's own. */
  whereOf(program: ProgramDraft, cpuCount: number): string {
    return program.kind === 'segment' ? '' : cpusText(this.#cpusOf(program, cpuCount));
  }

  /** The title of a pattern, a library program or a script, or the trace's name. */
  nameOf(program: ProgramDraft): string {
    if (program.kind === 'program') return this.libraryOf(program)?.title ?? program.program;
    if (program.kind === 'script') return program.script?.title ?? 'Script';
    if (program.kind === 'segment') return this.segment?.design.title ?? 'Shared segment';
    if (program.kind === 'trace') return program.trace.name === '' ? 'Trace' : program.trace.name;
    return this.patterns.find((pattern) => pattern.id === program.pattern)?.title ?? program.pattern;
  }
}

/** The CPUs that a program runs on while nobody named any. */
export function defaultCpus(cpuCount: number): number[] {
  return Array.from({ length: Math.min(cpuCount, DEFAULT_CPUS) }, (_, cpu) => cpu);
}

function traceName(trace: TraceInfo | null): TraceWorkload['trace'] {
  return { name: trace?.name ?? '', sha256: trace?.sha256 ?? '' };
}
