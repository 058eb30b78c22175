/**
 * The one list of what the lab does for its doors: every method with the schema of its parameters, and every event.
 * Preload, ipc server, browser server and browser client are made from it; there is no second list. Everything that
 * crosses is plain data. A path never crosses: files are chosen in a dialog (desktop) or travel as text (browser), and
 * are named afterwards by an opaque handle.
 */
import { z } from 'zod';
import type {
  BootLayout,
  BuiltInSegment,
  CheckedSegment,
  Followed,
  FollowEvent,
  Issue,
  KernelTraits,
  LibraryWorkload,
  MachineProfile,
  Marker,
  Moment,
  RangePreset,
  RunReport,
  SampleFrame,
  Script,
  TraceInfo,
  Xray,
  XrayMask,
  Zonelist,
} from '../sim/index.ts';
import { turnSchema } from '../sim/workloads/operations.ts';
import { workloadSchema } from '../sim/workloads/workload.ts';
import { handle, name, runId, text } from './field-schemas.ts';
import type { LowMemory } from './low-memory.ts';
import type { MachineShape } from './machine-shape.ts';
import { historySchema } from './scheduling-schema.ts';
import {
  type KeptTabs,
  keptTabsSchema,
  type Looked,
  type RecoveredMachine,
  type RecoveredTabs,
  tabIdSchema,
  type UnsavedMachine,
  unsavedSchema,
  windowIdSchema,
} from './unsaved-schema.ts';

export interface MachineSummary extends MachineShape {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly memoryMiB: number;
  /** Where its figures come from, in two words: `boot log`, `measured`, `assumed`. */
  readonly basis: string;
  readonly year: string;
}

export interface FlavourSummary {
  readonly id: string;
  readonly title: string;
  /** Calls that bind memory in it. */
  readonly binding: KernelTraits['binding'];
}

/** A pattern of the workload registry. */
export interface PatternSummary {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** A program of the workload library, without its builder. */
export type LibrarySummary = Omit<LibraryWorkload, 'build'>;

/** What may be followed beside a reference by its number (engine/follow.ts). */
export interface FollowEventSummary {
  readonly id: FollowEvent;
  readonly title: string;
}

/** A script from a file, checked. */
export interface OpenedScript {
  readonly name: string;
  readonly script: Script;
}

/** A metric of engine/metrics.ts. */
export interface MetricSummary {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly description: string;
  /** Which way is better; 0 where neither is. */
  readonly better: -1 | 0 | 1;
}

/** What the window needs once: registries and the profile's JSON Schema with titles, units, ranges and defaults. */
export interface Catalogue {
  readonly version: string;
  readonly machines: readonly MachineSummary[];
  readonly flavours: readonly FlavourSummary[];
  readonly patterns: readonly PatternSummary[];
  readonly library: readonly LibrarySummary[];
  readonly followEvents: readonly FollowEventSummary[];
  readonly metrics: readonly MetricSummary[];
  readonly profileSchema: unknown;
}

/** A profile checked and booted: `layout` is there when the schema's issues are none. */
export interface Checked {
  readonly profile?: MachineProfile;
  readonly layout?: BootLayout;
  readonly issues: readonly Issue[];
  /** Paths (of numbers that the machine rests on) without a source. */
  readonly assumed: readonly string[];
}

/** An opened machine. `handle` names the file it came from; null for a built-in or an unsaved one. */
export interface OpenedMachine {
  readonly handle: string | null;
  readonly name: string;
  readonly checked: Checked;
}

export interface RecentMachine {
  readonly handle: string;
  readonly name: string;
  readonly title: string;
  /** ISO date of the last open or save. */
  readonly when: string;
  /** For its picture; left out where it is not known: of an entry of an older lab. */
  readonly shape?: MachineShape;
}

/** Designs of segments to begin with, ranges to add, and the design's JSON Schema with titles, units, ranges and defaults. */
export interface SegmentCatalogue {
  readonly designs: readonly BuiltInSegment[];
  readonly presets: readonly RangePreset[];
  readonly schema: unknown;
}
export type { CheckedSegment, LowMemory, MachineShape };
export type { KeptTabs, Looked, RecoveredMachine, RecoveredTabs, UnsavedMachine };

export interface SavedFile {
  readonly handle: string;
  readonly name: string;
}

/** A run read from a file: under `runId` it can be saved again, as one that was made here. */
export interface OpenedRun {
  readonly runId: string;
  /** The file's name. */
  readonly name: string;
  readonly report: RunReport;
}

/** What went wrong, as it crosses a process: rebuilt on the other side, never with a stack. */
export interface LabFailure {
  readonly kind: 'input' | 'invariant' | 'cancelled' | 'failed';
  readonly message: string;
  readonly source: string;
  readonly issues: readonly Issue[];
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: LabFailure };

export type RunState = 'preparing' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

const nothing = z.tuple([]);

const runRequestSchema = z.strictObject({
  profile: z.unknown(),
  workloads: z.array(workloadSchema).min(1).max(64),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** What earlier runs know of programs: result.scheduling.history of one. */
  history: historySchema.optional(),
});
export type RunRequest = z.output<typeof runRequestSchema>;

const xraySchema = z.strictObject({
  node: z.number().int().min(0).max(65_535),
  mask: z.enum(['GFP_HIGHUSER', 'GFP_KERNEL', 'GFP_ATOMIC', 'GFP_DMA'] satisfies XrayMask[]),
  order: z.number().int().min(0).max(30),
  memalloc: z.boolean(),
});

const followSchema = z.strictObject({
  cpu: z.number().int().min(0).max(16383),
  /** A reference by its number on that CPU (from 0), or the first event of a kind there. */
  what: z.union([
    z.strictObject({ record: z.number().int().min(0).max(1e12) }),
    z.strictObject({
      event: z.enum(['fault', 'anonymous', 'copy-on-write', 'major', 'reclaim', 'swap-in'] satisfies FollowEvent[]),
    }),
  ]),
  /** Knobs that were turned during the run, so that it is the same one. */
  turns: z.array(turnSchema).max(10_000).optional(),
});
export type FollowRequest = z.output<typeof followSchema>;

/** How far a paused run goes on. */
const stepSchema = z.union([
  /** To the next fault that needs a disk, reclaim, wake of kswapd, move of a task, mark of a script. */
  z.strictObject({ by: z.literal('event') }),
  /** To the kernel's next timer tick. */
  z.strictObject({ by: z.literal('tick') }),
  /** To the next request for pages that the first zone of its zonelist does not serve. */
  z.strictObject({ by: z.literal('miss') }),
  /** To the first moment at or after now + ns. */
  z.strictObject({ by: z.literal('time'), ns: z.number().positive().max(1e15) }),
]);
export type RunStep = z.output<typeof stepSchema>;

/** A run done again up to a moment. */
export interface Seen {
  /** The first moment at or after the time that was asked for; the end where that is later. */
  readonly moment: Moment;
  /** As far as it was. */
  readonly report: RunReport;
}

/** A file that a window made: a picture or a table. */
const madeFileSchema = z.strictObject({
  name,
  type: z.enum(['image/png', 'image/svg+xml', 'text/csv']),
  content: z.union([z.strictObject({ text }), z.strictObject({ base64: text })]),
});
export type MadeFile = z.output<typeof madeFileSchema>;

/** A method: the schema of its parameters, and (as a type only) what it returns. */
interface Method<P extends z.ZodType, R> {
  readonly params: P;
  readonly returns?: R;
}
const method = <R>() => {
  return <P extends z.ZodType>(params: P): Method<P, R> => ({ params });
};

/**
 * Every method. A method whose comment says "desktop" or "browser" is answered in that door only, since one opens
 * files by dialogs and the other by upload and download.
 */
export const methods = {
  /** Registries, schema, version. */
  catalogue: method<Catalogue>()(nothing),
  openBuiltIn: method<OpenedMachine>()(z.tuple([z.string().max(100)])),
  /** Validates and boots; pure, in milliseconds, on every edit. */
  check: method<Checked>()(z.tuple([z.unknown()])),
  /** A request for pages on the machine as it boots: its zonelist, every watermark test, where it lands. */
  xray: method<Xray>()(z.tuple([z.unknown(), xraySchema])),
  /** The same on the kernel of a run under way, as it stands; the run goes on as if nobody had asked. */
  xrayRun: method<Xray>()(z.tuple([runId, xraySchema])),
  /** Zonelists of one node, for machines too large to carry all of them. */
  zonelists: method<readonly Zonelist[]>()(z.tuple([z.unknown(), z.number().int().min(0)])),
  /** The size of memory at which boot fails, and the address space under every split; pure, asked after an edit has settled. */
  lowMemory: method<LowMemory>()(z.tuple([z.unknown()])),
  /** Text of a machine file to a machine; `name` is for messages. Browser: after an upload. */
  parseMachine: method<OpenedMachine>()(z.tuple([name, text])),
  /** The bytes of a machine file. Browser: for a download. */
  formatMachine: method<string>()(z.tuple([z.unknown()])),
  /** Desktop: a dialog; null when it was dismissed. */
  openMachine: method<OpenedMachine | null>()(nothing),
  openRecent: method<OpenedMachine>()(z.tuple([handle])),
  recentMachines: method<readonly RecentMachine[]>()(nothing),
  forgetRecent: method<null>()(z.tuple([handle])),
  /** Desktop: writes to the file named by `handle`, atomically, keeping the one before as a backup until it is whole. */
  saveMachine: method<SavedFile>()(z.tuple([handle, z.unknown()])),
  /** Desktop: a dialog; null when it was dismissed. */
  saveMachineAs: method<SavedFile | null>()(z.tuple([name, z.unknown()])),
  /** Keeps what a window has in a tab in a side file, atomically, so that a kill does not lose it. */
  keepUnsaved: method<null>()(z.tuple([unsavedSchema])),
  /** Keeps the order of a window's tabs, which one is looked at, the screen and what is selected. */
  keepTabs: method<null>()(z.tuple([keptTabsSchema])),
  /** Takes the side file of a window's tab away; null: of all of them. */
  dropUnsaved: method<null>()(z.tuple([windowIdSchema, tabIdSchema.nullable()])),
  /** What this window left when it was loaded again, or an earlier start of the lab left when it was killed; then it is this window's. */
  recoverUnsaved: method<RecoveredTabs | null>()(z.tuple([windowIdSchema])),
  /** Desktop: a dialog, then the trace is read, packed and counted; null when the dialog was dismissed. */
  openTrace: method<TraceInfo | null>()(nothing),
  /** Traces opened since the lab was started. */
  traces: method<readonly TraceInfo[]>()(nothing),
  /** Desktop: a dialog, then the script is checked; null when it was dismissed. Rejects with every mistake and its place. */
  openScript: method<OpenedScript | null>()(nothing),
  /** Text of a script file to a script; `name` is for messages. Browser: after an upload. */
  parseScript: method<OpenedScript>()(z.tuple([name, text])),
  segmentDesigns: method<SegmentCatalogue>()(nothing),
  /** Checks a segment's design on a machine and says what it comes to; pure, in milliseconds, on every edit. */
  predictSegment: method<CheckedSegment>()(z.tuple([z.strictObject({ profile: z.unknown(), design: z.unknown() })])),
  /** With a step the run goes no further than that, and is paused there. */
  startRun: method<string>()(z.tuple([runRequestSchema, stepSchema.optional()])),
  pauseRun: method<null>()(z.tuple([runId])),
  resumeRun: method<null>()(z.tuple([runId])),
  cancelRun: method<null>()(z.tuple([runId])),
  /** A paused run goes on for a step, and is paused again; one that runs is paused at the step's end. */
  stepRun: method<null>()(z.tuple([runId, stepSchema])),
  /** Holds a run to so many ns of virtual time a second of real time; null: as fast as it can. What comes out is the same. */
  paceRun: method<null>()(z.tuple([runId, z.number().positive().max(1e12).nullable()])),
  /**
   * A run as it was at a time (ns), by doing it again: on from where the last seek of the same run stands where that
   * is before, else from its beginning. One at a time: another one, or stopSeeking, cancels it.
   */
  seek: method<Seen>()(
    z.tuple([
      runRequestSchema,
      z.strictObject({ timeNs: z.number().min(0).max(1e18), turns: z.array(turnSchema).max(10_000).optional() }),
    ]),
  ),
  /** A request for pages on the kernel where the last seek stands. */
  xraySeen: method<Xray>()(z.tuple([xraySchema])),
  stopSeeking: method<null>()(nothing),
  /** The report of a run that is done. */
  runReport: method<RunReport>()(z.tuple([runId])),
  /** Turns a knob of /proc/sys/vm of a run under way; its run file has it, with the time. */
  turnKnob: method<null>()(z.tuple([runId, turnSchema.shape.name, turnSchema.shape.value])),
  /** The report of a run that is under way, as far as it is; the run goes on as if nobody had asked. */
  interimReport: method<RunReport>()(z.tuple([runId])),
  /**
   * Does a run again from its beginning up to one reference, and says what was done for it. One at a time: another one,
   * or stopFollowing, cancels it.
   */
  follow: method<Followed>()(z.tuple([runRequestSchema, followSchema])),
  stopFollowing: method<null>()(nothing),
  /** Desktop: a dialog, then the run file is checked and read; null when it was dismissed. Rejects with what is wrong with it, and where. */
  openRun: method<OpenedRun | null>()(nothing),
  /** Text of a run file to a run, likewise; `name` is for messages. Browser: after an upload. */
  parseRun: method<OpenedRun>()(z.tuple([name, text])),
  /** The bytes of a run file, as `numaq run --out` writes it. Browser: for a download. */
  formatRun: method<string>()(z.tuple([runId])),
  /** Desktop: a dialog; null when it was dismissed. */
  saveRunAs: method<SavedFile | null>()(z.tuple([runId, name])),
  /** Saves what a window made, under the name that is chosen, which comes back. Desktop: a dialog; null when it was dismissed. */
  saveFile: method<string | null>()(z.tuple([madeFileSchema])),
} as const;

export type MethodName = keyof typeof methods;
type Params<M extends MethodName> =
  z.output<(typeof methods)[M]['params']> extends infer T extends readonly unknown[] ? T : never;
export type Returns<M extends MethodName> = (typeof methods)[M] extends Method<z.ZodType, infer R> ? R : never;

/** The lab as its doors call it. Bad input and cancellations come back as a LabFailure, thrown as LabError by the client. */
export type LabApi = { readonly [M in MethodName]: (...params: Params<M>) => Promise<Returns<M>> };

/** Every event, name to payload. */
export interface LabEvents {
  /** At most 30 a second for each run. `frames` are the rows made since the last one. */
  readonly runProgress: {
    readonly runId: string;
    readonly state: RunState;
    /** 0 to 1. */
    readonly progress: number;
    readonly timeNs: number;
    /** References simulated so far. */
    readonly references: number;
    readonly frames: readonly SampleFrame[];
    /** Moments since the last event, oldest first: one a sample row, or fewer where rows come faster than the screen takes them. */
    readonly moments: readonly Moment[];
    /** Markers since the last event. */
    readonly markers: readonly Marker[];
    /** Markers of the run so far that were not kept, since there are too many of their kind. */
    readonly markersLeftOut?: number;
    readonly failure?: LabFailure;
  };
  /** Reading of a trace: 0 to 1. */
  readonly traceProgress: { readonly name: string; readonly progress: number };
  /** A command chosen in the desktop's menu, or a file opened from outside: the window acts as if its own key was pressed. */
  readonly command: { readonly id: string };
  readonly machineOpened: OpenedMachine;
}
export type EventName = keyof LabEvents;
export const eventNames: readonly EventName[] = ['runProgress', 'traceProgress', 'command', 'machineOpened'];

/**
 * What the desktop's preload puts on the window as `numaq`: every method, the events and the page's size, nothing else. Results are not
 * thrown across, since an Error loses its fields on the way.
 */
export type Bridge = {
  readonly [M in MethodName]: (...params: Params<M>) => Promise<Result<Returns<M>>>;
} & {
  /** Returns the function that stops listening. */
  readonly on: <E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void) => () => void;
  /** Scales the page: 1 is its normal size. */
  readonly zoom: (factor: number) => void;
};
